package ldaptest_test

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/go-ldap/ldap/v3"
	"github.com/google/go-cmp/cmp"

	"ldap2scim/ldapsrc/ldaptest"
)

func entry(dn string, attrs ...string) ldaptest.Entry {
	e := ldaptest.Entry{DN: dn, Attrs: map[string][]string{}}
	for _, a := range attrs {
		name, value, _ := strings.Cut(a, "=")
		e.Attrs[name] = append(e.Attrs[name], value)
	}
	return e
}

func tree() ldaptest.Directory {
	return ldaptest.Directory{Entries: []ldaptest.Entry{
		entry("dc=x", "objectClass=domain", "dc=x"),
		entry("ou=a,dc=x", "objectClass=organizationalUnit", "ou=a"),
		entry("cn=1,ou=a,dc=x", "objectClass=person", "cn=1", "userPassword=one", "description;lang-de=eins", "description=one"),
		entry("cn=2,cn=1,ou=a,dc=x", "objectClass=person", "cn=2"),
		entry("ou=b,dc=x", "objectClass=organizationalUnit", "ou=b"),
		entry("cn=3,ou=b,dc=x", "objectClass=person", "cn=3"),
		entry("dc=y", "objectClass=domain", "dc=y"),
	}}
}

func start(t *testing.T, d ldaptest.Directory) *ldaptest.Server {
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

// dial connects and binds with the library.
func dial(t *testing.T, s *ldaptest.Server) *ldap.Conn {
	t.Helper()
	c, err := ldap.DialURL(s.URL())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() }) // some tests break it
	if err := c.Bind("CN=1, ou=a,dc=x", "one"); err != nil {
		t.Fatal(err)
	}
	return c
}

func request(base string, scope int, filter string, attributes ...string) *ldap.SearchRequest {
	return ldap.NewSearchRequest(base, scope, ldap.NeverDerefAliases, 0, 0, false, filter, attributes, nil)
}

func dns(entries []*ldap.Entry) []string {
	var all []string
	for _, e := range entries {
		all = append(all, e.DN)
	}
	return all
}

func TestScopes(t *testing.T) {
	t.Parallel()
	c := dial(t, start(t, tree()))
	for _, test := range []struct {
		base  string
		scope int
		want  []string
	}{
		{"OU=A, DC=X", ldap.ScopeBaseObject, []string{"ou=a,dc=x"}},
		{"ou=a,dc=x", ldap.ScopeSingleLevel, []string{"cn=1,ou=a,dc=x"}},
		{"ou=a,dc=x", ldap.ScopeWholeSubtree, []string{"ou=a,dc=x", "cn=1,ou=a,dc=x", "cn=2,cn=1,ou=a,dc=x"}},
		{"", ldap.ScopeSingleLevel, []string{"dc=x", "dc=y"}},
		{"dc=y", ldap.ScopeSingleLevel, nil},
	} {
		got, err := c.Search(request(test.base, test.scope, "(objectClass=*)", "1.1"))
		if err != nil {
			t.Errorf("%s %d: %v", test.base, test.scope, err)
			continue
		}
		if diff := cmp.Diff(test.want, dns(got.Entries)); diff != "" {
			t.Errorf("%s %d: %s", test.base, test.scope, diff)
		}
	}
	_, err := c.Search(request("cn=9,ou=a,dc=x", ldap.ScopeBaseObject, "(objectClass=*)"))
	if refused, ok := errors.AsType[*ldap.Error](err); !ok || refused.ResultCode != ldap.LDAPResultNoSuchObject || refused.MatchedDN != "ou=a,dc=x" {
		t.Errorf("got %#v, want noSuchObject with the matched DN ou=a,dc=x", err)
	}
}

func TestAttributes(t *testing.T) {
	t.Parallel()
	c := dial(t, start(t, tree()))
	for asked, want := range map[string][]string{
		"":                    {"cn", "description", "description;lang-de", "objectClass"},
		"*":                   {"cn", "description", "description;lang-de", "objectClass"},
		"+":                   {"entryDN", "entryUUID"},
		"* +":                 {"cn", "description", "description;lang-de", "entryDN", "entryUUID", "objectClass"},
		"1.1":                 nil,
		"CN entryuuid":        {"cn", "entryUUID"},
		"description":         {"description", "description;lang-de"},
		"description;lang-de": {"description;lang-de"},
		"userPassword nosuch": nil,
	} {
		got, err := c.Search(request("cn=1,ou=a,dc=x", ldap.ScopeBaseObject, "(objectClass=*)", strings.Fields(asked)...))
		if err != nil || len(got.Entries) != 1 {
			t.Errorf("%q: got %v, %v", asked, got, err)
			continue
		}
		var names []string
		for _, a := range got.Entries[0].Attributes {
			names = append(names, a.Name)
		}
		if diff := cmp.Diff(want, names); diff != "" {
			t.Errorf("%q: %s", asked, diff)
		}
	}
	types := request("cn=1,ou=a,dc=x", ldap.ScopeBaseObject, "(objectClass=*)", "cn")
	types.TypesOnly = true
	got, err := c.Search(types)
	if err != nil || len(got.Entries[0].Attributes) != 1 || len(got.Entries[0].Attributes[0].Values) != 0 {
		t.Errorf("types only: got %+v, %v, want cn without values", got, err)
	}
}

func TestEntryUUIDIsStable(t *testing.T) {
	t.Parallel()
	uuid := func() string {
		got, err := dial(t, start(t, tree())).Search(request("dc=y", ldap.ScopeBaseObject, "(objectClass=*)", "entryUUID"))
		if err != nil {
			t.Fatal(err)
		}
		return got.Entries[0].GetAttributeValue("entryUUID")
	}
	if a, b := uuid(), uuid(); a != b || len(a) != 36 || a[14] != '5' {
		t.Errorf("got %q, then %q, want the same UUID of version 5", a, b)
	}
}

func TestBinds(t *testing.T) {
	t.Parallel()
	s := start(t, tree())
	bind := func(dn, password string, empty bool) error {
		c, err := ldap.DialURL(s.URL())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if _, err := c.SimpleBind(&ldap.SimpleBindRequest{Username: dn, Password: password, AllowEmptyPassword: empty}); err != nil {
			return err
		}
		_, err = c.Search(request("dc=x", ldap.ScopeBaseObject, "(objectClass=*)"))
		return err
	}
	for _, test := range []struct {
		dn, password string
		code         uint16
	}{
		{"cn=1,ou=a,dc=x", "one", 0},
		{"cn=1,ou=a,dc=x", "two", ldap.LDAPResultInvalidCredentials},
		{"cn=2,cn=1,ou=a,dc=x", "one", ldap.LDAPResultInvalidCredentials},
		{"cn=9,dc=x", "one", ldap.LDAPResultInvalidCredentials},
		{"cn=1,ou=a,dc=x", "", ldap.LDAPResultUnwillingToPerform},
		{"one", "one", ldap.LDAPResultInvalidDNSyntax},
		{"", "", ldap.LDAPResultInsufficientAccessRights}, // bound, but may not search
	} {
		err := bind(test.dn, test.password, true)
		if test.code == 0 && err != nil || test.code != 0 && !ldap.IsErrorWithCode(err, test.code) {
			t.Errorf("bind %q %q: got %v, want result %d", test.dn, test.password, err, test.code)
		}
	}
}

func TestTLS(t *testing.T) {
	t.Parallel()
	s := start(t, tree())
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(s.CAPEM()) {
		t.Fatal("no certificate")
	}
	config := &tls.Config{RootCAs: pool, ServerName: "localhost"}
	ldaps, err := ldap.DialURL(s.LDAPSURL(), ldap.DialWithTLSConfig(config))
	if err != nil {
		t.Fatal(err)
	}
	defer ldaps.Close()
	plain, err := ldap.DialURL(s.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer plain.Close()
	if err := plain.StartTLS(config); err != nil {
		t.Fatal(err)
	}
	for _, c := range []*ldap.Conn{ldaps, plain} {
		if err := c.Bind("cn=1,ou=a,dc=x", "one"); err != nil {
			t.Error(err)
		}
	}
}

func TestPaging(t *testing.T) {
	t.Parallel()
	d := tree()
	for i := range 95 {
		d.Entries = append(d.Entries, entry(fmt.Sprintf("cn=p%02d,ou=b,dc=x", i), "objectClass=robot"))
	}
	d.PageLimit = 30
	s := start(t, d)
	c := dial(t, s)
	all, err := c.Search(request("dc=x", ldap.ScopeWholeSubtree, "(objectClass=robot)", "1.1"))
	if err != nil || len(all.Entries) != 95 {
		t.Fatalf("got %v, want 95 robots", err)
	}
	for _, size := range []uint32{1, 7, 30, 1000} {
		before := s.Searches()
		got, err := c.SearchWithPaging(request("dc=x", ldap.ScopeWholeSubtree, "(objectClass=robot)", "1.1"), size)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(dns(got.Entries), dns(all.Entries)) {
			t.Errorf("page size %d: got another order or number, %d", size, len(got.Entries))
		}
		size = min(size, 30)
		if pages := (95 + int(size) - 1) / int(size); s.Searches()-before != pages {
			t.Errorf("page size %d: got %d pages, want %d", size, s.Searches()-before, pages)
		}
	}
	bad := ldap.NewControlPaging(5)
	bad.SetCookie([]byte("bad"))
	wrong := request("dc=x", ldap.ScopeWholeSubtree, "(objectClass=robot)")
	wrong.Controls = []ldap.Control{bad}
	if _, err := c.Search(wrong); !ldap.IsErrorWithCode(err, ldap.LDAPResultUnwillingToPerform) {
		t.Errorf("unknown cookie: got %v, want result 53", err)
	}
	wrong.Controls = []ldap.Control{ldap.NewControlString("1.2.3", true, "")}
	if _, err := c.Search(wrong); !ldap.IsErrorWithCode(err, ldap.LDAPResultUnavailableCriticalExtension) {
		t.Errorf("unknown control: got %v, want result 12", err)
	}
}

func TestSizeLimits(t *testing.T) {
	t.Parallel()
	d := tree()
	d.SizeLimit = 3
	c := dial(t, start(t, d))
	for _, limit := range []int{0, 2, 9} {
		r := request("dc=x", ldap.ScopeWholeSubtree, "(objectClass=*)")
		r.SizeLimit = limit
		got, err := c.Search(r)
		want := 3
		if limit == 2 {
			want = 2
		}
		if !ldap.IsErrorWithCode(err, ldap.LDAPResultSizeLimitExceeded) || len(got.Entries) != want {
			t.Errorf("limit %d: got %d entries, %v, want %d and result 4", limit, len(got.Entries), err, want)
		}
	}
	exactly := request("ou=a,dc=x", ldap.ScopeWholeSubtree, "(objectClass=*)")
	if got, err := c.Search(exactly); err != nil || len(got.Entries) != 3 {
		t.Errorf("got %v, want exactly 3 to be no excess", err)
	}
}

func TestRanges(t *testing.T) {
	t.Parallel()
	d := tree()
	d.RangeLimit = 10
	big := entry("cn=big,dc=x", "objectClass=group")
	for i := range 25 {
		big.Attrs["member"] = append(big.Attrs["member"], fmt.Sprintf("cn=%02d,dc=x", i))
	}
	d.Entries = append(d.Entries, big)
	c := dial(t, start(t, d))
	for asked, want := range map[string]string{
		"member":                "member member;range=0-9",
		"*":                     "member member;range=0-9 objectClass",
		"member;range=10-*":     "member;range=10-19",
		"member;range=20-*":     "member;range=20-*",
		"member;range=20-24":    "member;range=20-*",
		"member;range=3-5":      "member;range=3-5",
		"member;Range=25-*":     "",
		"objectClass;range=0-*": "objectClass objectClass;range=0-*",
	} {
		got, err := c.Search(request("cn=big,dc=x", ldap.ScopeBaseObject, "(objectClass=*)", asked))
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, a := range got.Entries[0].Attributes {
			names = append(names, a.Name)
			if low, high := 0, 0; strings.HasPrefix(a.Name, "member;") {
				if _, err := fmt.Sscanf(a.Name, "member;range=%d-%d", &low, &high); err != nil {
					high = 24
				}
				if len(a.Values) != high-low+1 || a.Values[0] != big.Attrs["member"][low] {
					t.Errorf("%s: got %v", a.Name, a.Values)
				}
			}
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%s: got %q, want %q", asked, got, want)
		}
	}
}

func TestStoreIsLive(t *testing.T) {
	t.Parallel()
	s := start(t, tree())
	c := dial(t, s)
	find := func(filter string) []string {
		got, err := c.Search(request("dc=x", ldap.ScopeWholeSubtree, filter, "1.1"))
		if err != nil {
			t.Fatal(err)
		}
		return dns(got.Entries)
	}
	if err := s.Modify("CN=3,ou=b,dc=x", map[string][]string{"cn": {"three"}, "objectclass": nil}); err != nil {
		t.Fatal(err)
	}
	if got := find("(cn=three)"); len(got) != 1 {
		t.Errorf("got %v, want the modified entry", got)
	}
	if got := find("(&(cn=three)(objectClass=*))"); got != nil {
		t.Errorf("got %v, want its objectClass gone", got)
	}
	if err := s.Add(entry("cn=3,OU=B,dc=x")); err == nil {
		t.Error("added an entry twice")
	}
	if err := s.Delete("cn=3,ou=b,dc=x"); err != nil {
		t.Fatal(err)
	}
	if err := s.Delete("cn=3,ou=b,dc=x"); err == nil {
		t.Error("deleted an entry twice")
	}
	if got := find("(cn=three)"); got != nil {
		t.Errorf("got %v, want it deleted", got)
	}
	// An attribute that no entry has any more is not recognized.
	if got := find("(!(rare=1))"); got != nil {
		t.Errorf("got %v, want an unknown attribute to be Undefined", got)
	}
	if err := s.Add(entry("cn=4,ou=b,dc=x", "rare=1")); err != nil {
		t.Fatal(err)
	}
	if got := find("(!(rare=1))"); len(got) != 5 {
		t.Errorf("got %v, want the 5 others", got)
	}
}

func TestRootDSE(t *testing.T) {
	t.Parallel()
	d := tree()
	d.Root = map[string][]string{"vendorName": {"Somebody"}}
	s := start(t, d)
	c, err := ldap.DialURL(s.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	got, err := c.Search(request("", ldap.ScopeBaseObject, "(objectClass=*)"))
	if err != nil || len(got.Entries) != 1 {
		t.Fatalf("got %v, %v", got, err)
	}
	root := got.Entries[0]
	if root.GetAttributeValue("vendorName") != "Somebody" || !slices.Equal(root.GetAttributeValues("namingContexts"), []string{"dc=x", "dc=y"}) ||
		!slices.Contains(root.GetAttributeValues("supportedControl"), ldap.ControlTypePaging) {
		t.Errorf("got %+v", root)
	}
}

func TestReferences(t *testing.T) {
	t.Parallel()
	url := "ldap://elsewhere/dc=z"
	s := start(t, tree())
	c := dial(t, s)
	s.Break(ldaptest.Fault{Act: ldaptest.Refer, After: 1, URLs: []string{url}})
	got, err := c.Search(request("dc=x", ldap.ScopeWholeSubtree, "(objectClass=*)"))
	if err != nil || !slices.Equal(got.Referrals, []string{url}) || len(got.Entries) != 6 {
		t.Errorf("got %+v, %v, want a reference and 6 entries", got, err)
	}
	s.Break(ldaptest.Fault{Act: ldaptest.HangUp, After: 1})
	if got, err := c.Search(request("dc=x", ldap.ScopeWholeSubtree, "(objectClass=*)")); err == nil || len(got.Entries) != 1 {
		t.Errorf("got %+v, %v, want an error after one entry", got, err)
	}
}

func TestWritesAreRefused(t *testing.T) {
	t.Parallel()
	c := dial(t, start(t, tree()))
	for name, err := range map[string]error{
		"add":    c.Add(ldap.NewAddRequest("cn=n,dc=x", nil)),
		"delete": c.Del(ldap.NewDelRequest("dc=y", nil)),
		"modify": c.Modify(ldap.NewModifyRequest("dc=y", nil)),
	} {
		if !ldap.IsErrorWithCode(err, ldap.LDAPResultUnwillingToPerform) {
			t.Errorf("%s: got %v, want result 53", name, err)
		}
	}
}
