package ldapsrc_test

import (
	"crypto/tls"
	"io"
	"log"
	"net/http/httptest"
	"strings"
	"testing"

	"ldap2scim/ldapsrc"
)

// A server that speaks an older TLS is not spoken to.
func TestTLSMinVersion(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		server  uint16
		least   string
		refused bool
	}{
		{tls.VersionTLS12, "", false},
		{tls.VersionTLS12, "1.2", false},
		{tls.VersionTLS12, "1.3", true},
		{tls.VersionTLS11, "", true},
		{tls.VersionTLS13, "1.3", false},
	} {
		server := httptest.NewUnstartedServer(nil)
		server.TLS = &tls.Config{MinVersion: test.server, MaxVersion: test.server}
		server.Config.ErrorLog = log.New(io.Discard, "", 0)
		server.StartTLS()
		_, err := ldapsrc.Open(t.Context(), ldapsrc.Config{
			URL: strings.Replace(server.URL, "https", "ldaps", 1), InsecureSkipVerify: true, TLSMinVersion: test.least,
			BindDN: "ends a line\r\n", Password: password("b"), Kind: "openldap", Base: suffix,
		})
		server.Close()
		// What is there speaks HTTP and answers that it understands no line of
		// the bind.
		if err == nil || strings.Contains(err.Error(), "protocol version") != test.refused {
			t.Errorf("%+v: got %v", test, err)
		}
	}
}

func TestTransportMistakes(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(*ldapsrc.Config)
		want   string
	}{
		"min version":          {func(c *ldapsrc.Config) { c.TLSMinVersion = "1.1" }, `tls_min_version: "1.1"`},
		"half a certificate":   {func(c *ldapsrc.Config) { c.CertFile = "x.pem" }, "cert_file: and key_file belong together"},
		"no certificate":       {func(c *ldapsrc.Config) { c.CertFile, c.KeyFile = "/nowhere.pem", "/nowhere.key" }, ""},
		"bind":                 {func(c *ldapsrc.Config) { c.Bind = "gssapi" }, `bind: "gssapi" is not one of`},
		"anonymous and a name": {func(c *ldapsrc.Config) { c.Bind = "anonymous" }, "bind: anonymous takes no bind_dn"},
		"external in plain":    {func(c *ldapsrc.Config) { c.Bind, c.BindDN, c.Password = "external", "", nil }, "bind: external needs ldapi://"},
		"socket":               {func(c *ldapsrc.Config) { c.StartTLS, c.URL = false, "ldapi:///run/x" }, ""},
		"no socket":            {func(c *ldapsrc.Config) { c.StartTLS, c.URL = false, "ldapi://run" }, "url: ldapi:// takes the path"},
		"socket and StartTLS":  {func(c *ldapsrc.Config) { c.URL = "ldapi://%2Frun%2Fx" }, "start_tls: is for ldap:// only; an ldapi://"},
		"second url":           {func(c *ldapsrc.Config) { c.URLs = []string{"http://x"} }, `url: the scheme is "http"`},
		"second url in plain":  {func(c *ldapsrc.Config) { c.URL, c.StartTLS, c.URLs = "ldaps://x", false, []string{"ldap://y"} }, "unencrypted to y"},
		"referrals":            {func(c *ldapsrc.Config) { c.Referrals = "chase" }, `referrals: "chase"`},
		"credentials":          {func(c *ldapsrc.Config) { c.ReferralCredentials = "all" }, `referral_credentials: "all"`},
	} {
		c := load(t, example)
		test.change(&c)
		err := c.Validate()
		if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("%s: got %v, want %q", name, err, test.want)
		}
	}
}
