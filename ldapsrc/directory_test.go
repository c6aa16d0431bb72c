package ldapsrc_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"ldap2scim/ldapsrc"
	"ldap2scim/ldapsrc/ldaptest"
	"ldap2scim/plan"
)

const (
	suffix = "dc=example,dc=com"
	people = "ou=people," + suffix
	groups = "ou=groups," + suffix
	reader = "cn=reader," + suffix
)

func person(i int) ldaptest.Entry {
	uid := fmt.Sprintf("u%05d", i)
	return ldaptest.Entry{DN: "uid=" + uid + "," + people, Attrs: map[string][]string{
		"objectClass": {"inetOrgPerson"}, "uid": {uid}, "cn": {"Person " + uid}, "sn": {"Person"},
		"mail": {uid + "@example.com"},
	}}
}

func group(cn string, members ...string) ldaptest.Entry {
	return ldaptest.Entry{DN: "cn=" + cn + "," + groups, Attrs: map[string][]string{
		"objectClass": {"groupOfNames"}, "cn": {cn}, "member": members,
	}}
}

// company is a directory of n people and one group.
func company(n int) ldaptest.Directory {
	d := ldaptest.Directory{Entries: []ldaptest.Entry{
		{DN: suffix, Attrs: map[string][]string{"objectClass": {"domain"}, "dc": {"example"}}},
		{DN: people, Attrs: map[string][]string{"objectClass": {"organizationalUnit"}, "ou": {"people"}}},
		{DN: groups, Attrs: map[string][]string{"objectClass": {"organizationalUnit"}, "ou": {"groups"}}},
		{DN: reader, Attrs: map[string][]string{"objectClass": {"person"}, "cn": {"reader"}, "userPassword": {"secret"}}},
	}}
	for i := range n {
		d.Entries = append(d.Entries, person(i))
	}
	d.Entries = append(d.Entries, group("everybody", "uid=u00000,"+people))
	return d
}

func start(t testing.TB, d ldaptest.Directory) *ldaptest.Server {
	t.Helper()
	s, err := ldaptest.Start(d)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func password(p string) func() (string, error) {
	return func() (string, error) { return p, nil }
}

func config(s *ldaptest.Server) ldapsrc.Config {
	return ldapsrc.Config{
		URL: s.URL(), BindDN: reader, Password: password("secret"), PageSize: 10, Timeout: time.Minute,
		Users: ldapsrc.Search{
			Base: people, Filter: "(objectClass=inetOrgPerson)", ID: "entryUUID",
			Attributes: []string{"uid", "mail"},
		},
		Groups: ldapsrc.Search{
			Base: groups, Filter: "(objectClass=groupOfNames)", ID: "entryUUID", Members: "member",
			Attributes: []string{"cn"},
		},
	}
}

func caFile(t testing.TB, s *ldaptest.Server) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(name, s.CAPEM(), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func open(t testing.TB, c ldapsrc.Config) *ldapsrc.Source {
	t.Helper()
	s, err := ldapsrc.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// read returns everything that a new source gives.
func read(t testing.TB, c ldapsrc.Config) ([]plan.Entry, plan.Proof, error) {
	t.Helper()
	var entries []plan.Entry
	proof, err := open(t, c).Read(t.Context(), func(e plan.Entry) error {
		entries = append(entries, e)
		return nil
	})
	return entries, proof, err
}

func count(entries []plan.Entry, kind plan.Kind) int {
	n := 0
	for _, e := range entries {
		if e.Kind == kind {
			n++
		}
	}
	return n
}
