package ldapsrc_test

import (
	"bytes"
	"io"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/go-ldap/ldap/v3"

	"ldap2scim/ldapsrc"
	"ldap2scim/plan"
	"ldap2scim/testservers"
)

// slapd is OpenLDAP with the same company.
func slapd(t *testing.T, o testservers.SlapdOptions) (*testservers.Directory, ldapsrc.Config) {
	t.Helper()
	var ldif bytes.Buffer
	if _, err := sameCompany("").WriteLDIF(&ldif); err != nil {
		t.Fatal(err)
	}
	return slapdWith(t, &ldif, o)
}

func slapdWith(t *testing.T, ldif io.Reader, o testservers.SlapdOptions) (*testservers.Directory, ldapsrc.Config) {
	t.Helper()
	d := testservers.Slapd(t, ldif, o)
	return d, ldapsrc.Config{
		Kind: "openldap", URL: d.URL, BindDN: d.ReaderDN, Password: password(d.ReaderPassword), Base: suffix, Timeout: time.Minute,
	}
}

// Each way to bind, in each kind of connection, reads the same from OpenLDAP.
func TestSlapdBinds(t *testing.T) {
	t.Parallel()
	d, simple := slapd(t, testservers.SlapdOptions{})
	external := simple
	external.Bind, external.BindDN, external.Password = "external", "", nil
	for name, test := range map[string]struct {
		config ldapsrc.Config
		change func(*ldapsrc.Config)
		tls    string
	}{
		"simple, StartTLS": {simple, func(c *ldapsrc.Config) { c.StartTLS, c.CAFile = true, d.CAFile }, "TLS 1.3"},
		"simple, ldaps":    {simple, func(c *ldapsrc.Config) { c.URL, c.CAFile, c.TLSMinVersion = d.LDAPSURL, d.CAFile, "1.3" }, "TLS 1.3"},
		"simple, ldapi":    {simple, func(c *ldapsrc.Config) { c.URL = d.SocketURL }, ""},
		"external, ldapi":  {external, func(c *ldapsrc.Config) { c.URL = d.SocketURL }, ""},
		"external, ldaps": {external, func(c *ldapsrc.Config) {
			c.URL, c.CAFile, c.CertFile, c.KeyFile = d.LDAPSURL, d.CAFile, d.ClientCert, d.ClientKey
		}, "TLS 1.3"},
		"external, StartTLS": {external, func(c *ldapsrc.Config) {
			c.StartTLS, c.CAFile, c.CertFile, c.KeyFile = true, d.CAFile, d.ClientCert, d.ClientKey
		}, "TLS 1.3"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := test.config
			test.change(&c)
			got, proof, err := read(t, c)
			if err != nil || !proof.Complete || count(got, plan.Person) != 120 || count(got, plan.Group) != 25 {
				t.Errorf("got %d entries, %+v, %v", len(got), proof, err)
			}
			facts, err := open(t, c).Check(t.Context())
			if err != nil || facts.TLS != test.tls || facts.Vendor != "OpenLDAP" {
				t.Errorf("got %+v, %v, want TLS %q", facts, err, test.tls)
			}
		})
	}
	nobody := external
	nobody.URL, nobody.Bind = d.URL, "anonymous"
	if _, _, err := read(t, nobody); !ldap.IsErrorWithCode(err, ldap.LDAPResultNoSuchObject) {
		t.Errorf("anonymous: got %v, want that the base is not shown", err)
	}
}

// The line that is printed does, pasted into a shell, what was read.
func TestSlapdCommand(t *testing.T) {
	t.Parallel()
	d, c := slapd(t, testservers.SlapdOptions{})
	c.URL, c.Bind, c.BindDN, c.Password = d.SocketURL, "external", "", nil
	_, proof, err := read(t, c)
	if err != nil {
		t.Fatal(err)
	}
	for _, search := range proof.Searches {
		output, err := exec.CommandContext(t.Context(), "sh", "-c", search.Request).Output()
		if err != nil {
			t.Fatalf("%s: %v", search.Request, err)
		}
		if n := bytes.Count(append([]byte("\n"), output...), []byte("\ndn:")); n != search.Entries {
			t.Errorf("%s: got %d entries, want %d", search.Request, n, search.Entries)
		}
	}
}

// A page that the server refuses is made smaller until it fits.
func TestSlapdPageLimit(t *testing.T) {
	t.Parallel()
	_, c := slapd(t, testservers.SlapdOptions{SizeLimit: 10, PageLimit: 7})
	got, proof, err := read(t, c)
	if err != nil || !proof.Complete || count(got, plan.Person) != 120 {
		t.Fatalf("got %d entries, %+v, %v", len(got), proof, err)
	}
	for _, search := range proof.Searches[1:] { // the first is before people
		if !strings.Contains(search.Request, "pr=4/noprompt") && !strings.Contains(search.Request, "pr=7/noprompt") || search.Pages < 4 {
			t.Errorf("got %+v, want pages that fit into 7", search)
		}
	}
}
