package ldapsrc_test

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/go-ldap/ldap/v3"

	"ldap2scim/ldapsrc"
	"ldap2scim/ldapsrc/ldaptest"
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

func TestPageSizeIsLowered(t *testing.T) {
	t.Parallel()
	d := company(25)
	refuse := ldaptest.Fault{Base: people, Page: 1, Act: ldaptest.Answer, Code: 53}
	var s *ldaptest.Server
	calls := 0
	d.Faults = []ldaptest.Fault{{Base: people, Page: 1, Act: ldaptest.Call, Do: func() {
		if calls++; calls == 2 {
			s.Break()
		}
	}}, refuse}
	s = start(t, d)
	c := config(s)
	c.PageSize = 40
	got, proof, err := read(t, c)
	if err != nil || !proof.Complete || count(got, plan.Person) != 25 {
		t.Fatalf("got %d people, %+v, %v", count(got, plan.Person), proof, err)
	}
	if search := proof.Searches[0]; search.Pages != 3 || !strings.Contains(search.Request, "pr=10/noprompt") {
		t.Errorf("got %+v, want 3 pages of 10", search)
	}
}

// The first server that answers is read.
func TestFailover(t *testing.T) {
	t.Parallel()
	good := start(t, company(3))
	gone := "ldap://" + closedPort(t)
	busy := start(t, ldaptest.Directory{Faults: []ldaptest.Fault{{On: ldaptest.Binds, Act: ldaptest.Answer, Code: 52}}})
	refusing := start(t, ldaptest.Directory{Faults: []ldaptest.Fault{{On: ldaptest.Binds, Act: ldaptest.Answer, Code: 49}}})
	for name, test := range map[string]struct {
		urls []string
		code uint16
		text string
	}{
		"the second":      {urls: []string{gone, good.URL()}},
		"the third":       {urls: []string{busy.URL(), gone, good.URL()}},
		"the first":       {urls: []string{good.URL(), gone}},
		"wrong password":  {urls: []string{gone, refusing.URL(), good.URL()}, code: 49, text: refusing.URL()},
		"none":            {urls: []string{gone, busy.URL()}, code: 52, text: gone},
		"only urls":       {urls: []string{"", good.URL()}},
		"one that is not": {urls: []string{gone}, text: "connection refused"},
	} {
		c := config(good)
		c.URL, c.URLs = test.urls[0], test.urls[1:]
		source, err := ldapsrc.Open(t.Context(), c)
		if err == nil {
			proof, err := source.Read(t.Context(), func(plan.Entry) error { return nil })
			if err != nil || !proof.Complete || proof.Searches[0].Entries != 3 {
				t.Errorf("%s: got %+v, %v", name, proof, err)
			}
			if err := source.Close(); err != nil {
				t.Error(err)
			}
		}
		var failure *ldapsrc.Error
		switch {
		case test.text == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case test.text != "" && (err == nil || !strings.Contains(err.Error(), test.text) || !errors.As(err, &failure) || failure.Hint() == ""):
			t.Errorf("%s: got %v, want it to say %q, and a hint", name, err, test.text)
		case test.code != 0 && !ldap.IsErrorWithCode(err, test.code):
			t.Errorf("%s: got %v, want result %d", name, err, test.code)
		}
	}
}

// A lost connection is made again, and the search begun again, as long as
// nobody has an entry of it.
func TestLostBeforeTheFirstEntry(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		times int
		fine  bool
	}{"once": {1, true}, "twice": {2, true}, "always": {99, false}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := company(25)
			var s *ldaptest.Server
			left := test.times
			d.Faults = []ldaptest.Fault{{Base: groups, Act: ldaptest.Call, Do: func() {
				if left--; left < 0 {
					s.Break()
				}
			}}, {Base: groups, Act: ldaptest.HangUp}}
			s = start(t, d)
			// The faults of a search were chosen before Break: one more.
			if test.fine {
				left--
			}
			got, proof, err := read(t, config(s))
			if test.fine && (err != nil || !proof.Complete || len(got) != 26 || len(proof.Searches) != 2) {
				t.Errorf("got %d entries, %+v, %v", len(got), proof, err)
			}
			var failure *ldapsrc.Error
			if !test.fine && (!errors.As(err, &failure) || !failure.Temporary() || proof.Complete || len(got) != 25) {
				t.Errorf("got %d entries, %+v, %v, want a temporary error", len(got), proof, err)
			}
		})
	}
}

// After its first entry a search is an error, and a read from the beginning
// connects again by itself.
func TestLostAfterTheFirstEntry(t *testing.T) {
	t.Parallel()
	d := company(25)
	d.Faults = []ldaptest.Fault{{Base: people, Page: 2, After: 5, Act: ldaptest.HangUp}}
	server := start(t, d)
	s := open(t, config(server))
	n := 0
	yield := func(plan.Entry) error { n++; return nil }
	proof, err := s.Read(t.Context(), yield)
	var failure *ldapsrc.Error
	if !errors.As(err, &failure) || !failure.Temporary() || proof.Complete || n != 15 {
		t.Errorf("got %d entries, %+v, %v, want a temporary error after 15", n, proof, err)
	}
	server.Break()
	n = 0
	if proof, err := s.Read(t.Context(), yield); err != nil || !proof.Complete || n != 26 {
		t.Errorf("again: got %d entries, %+v, %v, want all 26", n, proof, err)
	}
}

// A server that is gone in the middle of a read is replaced by the next one.
func TestFailoverBetweenSearches(t *testing.T) {
	t.Parallel()
	first, err := ldaptest.Start(company(5))
	if err != nil {
		t.Fatal(err)
	}
	second := start(t, company(5))
	c := config(first)
	c.URLs = []string{second.URL()}
	s := open(t, c)
	n := 0
	proof, err := s.Read(t.Context(), func(plan.Entry) error {
		if n++; n == 5 {
			return first.Close()
		}
		return nil
	})
	if err != nil || !proof.Complete || n != 6 || second.Searches() == 0 {
		t.Errorf("got %d entries, %+v, %v, want 6, the last from the second server", n, proof, err)
	}
}

func TestReferrals(t *testing.T) {
	t.Parallel()
	child := company(7)
	child.Anonymous = true
	other := start(t, child)
	closed := company(7) // lets nobody read without a bind
	private := start(t, closed)
	for name, test := range map[string]struct {
		fault  ldaptest.Fault
		to     string
		change func(*ldapsrc.Config)
		people int
		why    string
	}{
		"refused":                 {to: other.URL(), change: func(c *ldapsrc.Config) {}, people: 3, why: "was not followed"},
		"ignored":                 {to: other.URL(), change: func(c *ldapsrc.Config) { c.Referrals = "ignore" }, people: 3},
		"followed":                {to: other.URL(), change: func(c *ldapsrc.Config) { c.Referrals = "follow" }, people: 10},
		"followed by nobody":      {to: private.URL(), change: func(c *ldapsrc.Config) { c.Referrals = "follow" }, people: 3, why: "could not be followed"},
		"followed as the same":    {to: private.URL(), change: func(c *ldapsrc.Config) { c.Referrals, c.ReferralCredentials = "follow", "same" }, people: 10},
		"followed to nowhere":     {to: "ldap://" + closedPort(t), change: func(c *ldapsrc.Config) { c.Referrals = "follow" }, people: 3, why: "connection refused"},
		"followed from the base":  {fault: ldaptest.Fault{On: ldaptest.Looks, Act: ldaptest.Answer, Code: 10}, to: other.URL(), change: func(c *ldapsrc.Config) { c.Referrals = "follow" }, people: 7},
		"refused at the base":     {fault: ldaptest.Fault{On: ldaptest.Looks, Act: ldaptest.Answer, Code: 10}, to: other.URL(), change: func(c *ldapsrc.Config) {}, people: 0, why: "referred to"},
		"not a URL":               {to: "nonsense", change: func(c *ldapsrc.Config) { c.Referrals = "follow" }, people: 3, why: "names no server"},
		"never plain after a TLS": {to: other.URL(), change: nil, people: 3, why: "certificate"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := company(3)
			fault := test.fault
			if fault.Act == 0 {
				fault = ldaptest.Fault{Act: ldaptest.Refer}
			}
			fault.Base, fault.URLs = people, []string{test.to + "/" + people}
			d.Faults = []ldaptest.Fault{fault}
			s := start(t, d)
			c := config(s)
			if test.change == nil {
				// The other server's certificate is of another authority: that
				// it is looked at shows that the connection is encrypted.
				c.Referrals, c.URL, c.CAFile = "follow", s.LDAPSURL(), caFile(t, s)
			} else {
				test.change(&c)
			}
			got, proof, err := read(t, c)
			if err != nil || count(got, plan.Person) != test.people || proof.Complete != (test.why == "") || !strings.Contains(proof.Why(), test.why) {
				t.Errorf("got %d people, %+v, %v, want %d and why %q", count(got, plan.Person), proof, err, test.people, test.why)
			}
		})
	}
}

// Two servers that refer to each other do not keep a read busy.
func TestReferralsInACircle(t *testing.T) {
	t.Parallel()
	d := company(2)
	d.Anonymous = true
	s := start(t, d)
	s.Break(ldaptest.Fault{Base: people, Act: ldaptest.Refer, URLs: []string{s.URL() + "/" + people}})
	c := config(s)
	c.Referrals = "follow"
	_, proof, err := read(t, c)
	if err != nil || proof.Complete || !strings.Contains(proof.Why(), "without end") {
		t.Errorf("got %+v, %v, want that it does not end", proof, err)
	}
}

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
