package ldapsrc_test

import (
	"crypto/x509"
	"errors"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/go-ldap/ldap/v3"

	"ldap2scim/ldapsrc"
	"ldap2scim/ldapsrc/ldaptest"
)

func TestOpenModes(t *testing.T) {
	t.Parallel()
	s := start(t, company(3))
	ca := caFile(t, s)
	_, port, err := net.SplitHostPort(strings.TrimPrefix(s.LDAPSURL(), "ldaps://"))
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		change func(*ldapsrc.Config)
		tls    string
	}{
		"plain to this machine":    {change: func(*ldapsrc.Config) {}},
		"StartTLS":                 {change: func(c *ldapsrc.Config) { c.StartTLS, c.CAFile = true, ca }, tls: "TLS 1.3"},
		"ldaps":                    {change: func(c *ldapsrc.Config) { c.URL, c.CAFile = s.LDAPSURL(), ca }, tls: "TLS 1.3"},
		"ldaps by name":            {change: func(c *ldapsrc.Config) { c.URL, c.CAFile = "ldaps://localhost:"+port, ca }, tls: "TLS 1.3"},
		"ldaps by server_name":     {change: func(c *ldapsrc.Config) { c.URL, c.CAFile, c.ServerName = s.LDAPSURL(), ca, "localhost" }, tls: "TLS 1.3"},
		"any certificate by leave": {change: func(c *ldapsrc.Config) { c.URL, c.InsecureSkipVerify = s.LDAPSURL(), true }, tls: "TLS 1.3"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := config(s)
			test.change(&c)
			got, proof, err := read(t, c)
			if err != nil || !proof.Complete || len(got) != 4 {
				t.Errorf("got %d entries, %+v, %v, want 4", len(got), proof, err)
			}
			facts, err := open(t, c).Check(t.Context())
			if err != nil || facts.TLS != test.tls {
				t.Errorf("got %+v, %v, want TLS %q", facts, err, test.tls)
			}
		})
	}
}

func TestOpenAnonymous(t *testing.T) {
	t.Parallel()
	d := company(3)
	c := func(s *ldaptest.Server) ldapsrc.Config {
		c := config(s)
		c.BindDN, c.Password = "", nil
		return c
	}
	if _, _, err := read(t, c(start(t, d))); !ldap.IsErrorWithCode(err, ldap.LDAPResultInsufficientAccessRights) {
		t.Errorf("got %v, want result 50", err)
	}
	d.Anonymous = true
	got, proof, err := read(t, c(start(t, d)))
	if err != nil || !proof.Complete || len(got) != 4 {
		t.Errorf("got %d entries, %+v, %v, want 4", len(got), proof, err)
	}
}

func TestOpenRefused(t *testing.T) {
	t.Parallel()
	s := start(t, company(1))
	other := caFile(t, start(t, company(1)))
	own := caFile(t, s)
	noTLS := start(t, ldaptest.Directory{NoStartTLS: true})
	stall := start(t, ldaptest.Directory{Faults: []ldaptest.Fault{{On: ldaptest.Binds, Act: ldaptest.Stall}}})
	locked := start(t, ldaptest.Directory{Faults: []ldaptest.Fault{{
		On: ldaptest.Binds, Act: ldaptest.Answer, Code: 49,
		Text: "80090308: LdapErr: DSID-0C090449, comment: AcceptSecurityContext error, data 775, v4563",
	}}})
	closed := closedPort(t)
	for name, test := range map[string]struct {
		change func(*ldapsrc.Config)
		is     func(error) bool
		hint   string
	}{
		"wrong password": {
			change: func(c *ldapsrc.Config) { c.Password = password("wrong") },
			is:     func(err error) bool { return ldap.IsErrorWithCode(err, 49) }, hint: "Check bind_dn",
		},
		"locked account of Active Directory": {
			change: func(c *ldapsrc.Config) { c.URL = locked.URL() },
			is:     func(err error) bool { return ldap.IsErrorWithCode(err, 49) }, hint: "locked",
		},
		"empty password": {
			change: func(c *ldapsrc.Config) { c.Password = password("") },
			is:     func(err error) bool { return strings.Contains(err.Error(), "password is empty") },
		},
		"password that cannot be read": {
			change: func(c *ldapsrc.Config) { c.Password = func() (string, error) { return "", errVault } },
			is:     func(err error) bool { return errors.Is(err, errVault) },
		},
		"wrong authority": {
			change: func(c *ldapsrc.Config) { c.URL, c.CAFile = s.LDAPSURL(), other },
			is:     func(err error) bool { return errors.As(err, new(x509.UnknownAuthorityError)) }, hint: "not from an authority in ca_file",
		},
		"unknown authority": {
			change: func(c *ldapsrc.Config) { c.URL = s.LDAPSURL() },
			is:     func(err error) bool { return errors.As(err, new(x509.UnknownAuthorityError)) }, hint: "Set ca_file",
		},
		"unknown authority after StartTLS": {
			change: func(c *ldapsrc.Config) { c.StartTLS = true },
			is:     func(err error) bool { return errors.As(err, new(x509.UnknownAuthorityError)) }, hint: "Set ca_file",
		},
		"wrong name": {
			change: func(c *ldapsrc.Config) { c.URL, c.CAFile, c.ServerName = s.LDAPSURL(), own, "ldap.example.com" },
			is:     func(err error) bool { return errors.As(err, new(x509.HostnameError)) }, hint: "localhost, 127.0.0.1",
		},
		"TLS to the plain port": {
			change: func(c *ldapsrc.Config) { c.URL = strings.Replace(c.URL, "ldap:", "ldaps:", 1) },
			is:     func(err error) bool { return err != nil }, hint: "ldap",
		},
		"no StartTLS": {
			change: func(c *ldapsrc.Config) { c.URL, c.StartTLS = noTLS.URL(), true },
			is:     func(err error) bool { return ldap.IsErrorWithCode(err, 2) }, hint: "use ldaps://",
		},
		"nobody there": {
			change: func(c *ldapsrc.Config) { c.URL = "ldap://" + closed },
			is:     func(err error) bool { return errors.Is(err, syscall.ECONNREFUSED) }, hint: "is running",
		},
		"silent server": {
			change: func(c *ldapsrc.Config) { c.URL, c.Timeout = stall.URL(), 50*time.Millisecond },
			is:     func(err error) bool { return strings.Contains(err.Error(), "silent for 50ms") }, hint: "timeout",
		},
		"missing ca_file": {
			change: func(c *ldapsrc.Config) { c.URL, c.CAFile = s.LDAPSURL(), own+".not" },
			is:     func(err error) bool { return strings.Contains(err.Error(), "ca_file") },
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := config(s)
			test.change(&c)
			source, err := ldapsrc.Open(t.Context(), c)
			if err == nil {
				t.Fatal("got no error", source.Close())
			}
			var failure *ldapsrc.Error
			if !errors.As(err, &failure) || !test.is(err) || !strings.Contains(failure.Hint(), test.hint) {
				t.Errorf("got %v (%+v), want the hint %q", err, failure, test.hint)
			}
			if strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "wrong"+"!") {
				t.Errorf("the error %v holds a password", err)
			}
		})
	}
}

var errVault = errors.New("the vault is sealed")

func closedPort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return l.Addr().String()
}

func TestCheck(t *testing.T) {
	t.Parallel()
	c := config(start(t, company(1)))
	c.Groups.Base = "ou=teams,ou=groups," + suffix
	facts, err := open(t, c).Check(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if facts.Vendor != "ldaptest" || !facts.Paging || len(facts.NamingContexts) != 1 || facts.NamingContexts[0] != suffix || len(facts.Bases) != 2 {
		t.Errorf("got %+v", facts)
	}
	if facts.Bases[0].Err != nil {
		t.Errorf("users: got %v", facts.Bases[0].Err)
	}
	var failure *ldapsrc.Error
	if err := facts.Bases[1].Err; !ldap.IsErrorWithCode(err, 32) || !errors.As(err, &failure) || !strings.Contains(failure.Hint(), groups) {
		t.Errorf("groups: got %v, want result 32 and the nearest entry", err)
	}
}

func TestNoSuchBase(t *testing.T) {
	t.Parallel()
	c := config(start(t, company(1)))
	c.Users.Base = "ou=staff," + suffix
	_, proof, err := read(t, c)
	var failure *ldapsrc.Error
	if !ldap.IsErrorWithCode(err, 32) || proof.Complete || !errors.As(err, &failure) || !strings.Contains(failure.Hint(), "the nearest entry that exists is "+suffix) {
		t.Errorf("got %+v, %v, want result 32", proof, err)
	}
}

// A base that is not shown, though the server says success.
func TestHiddenBase(t *testing.T) {
	t.Parallel()
	d := company(1)
	d.Faults = []ldaptest.Fault{{On: ldaptest.Looks, Base: people, Act: ldaptest.Answer, Code: 0}}
	_, proof, err := read(t, config(start(t, d)))
	if err == nil || proof.Complete || !strings.Contains(err.Error(), "no such entry") {
		t.Errorf("got %+v, %v, want no such entry", proof, err)
	}
}

func TestNoPaging(t *testing.T) {
	t.Parallel()
	d := company(1)
	d.NoPaging = true
	_, proof, err := read(t, config(start(t, d)))
	var failure *ldapsrc.Error
	if !ldap.IsErrorWithCode(err, 12) || proof.Complete || !errors.As(err, &failure) || !strings.Contains(failure.Hint(), "RFC 2696") {
		t.Errorf("got %+v, %v, want result 12", proof, err)
	}
}
