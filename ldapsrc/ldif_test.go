package ldapsrc_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"ldap2scim/ldapsrc"
	"ldap2scim/plan"
)

const ldifPeople = `version: 1

# a comment
#  that goes on
dn: ou=people,dc=example,dc=com
objectClass: organizationalUnit

dn: uid=ada,ou=people,dc=example,dc=com
objectClass: inetOrgPerson
entryUUID: 8C5F1D1A-0000-1041-9805-DB8F757B6062
uid: ada
cn:: w4VzYQ==
mail: a very long address
  that was folded@exam
 ple.com
mail;lang-fr:ada@exemple.fr
title: not asked for

dn:: Y249TMOpLG91PXBlb3BsZSxkYz1leGFtcGxlLGRjPWNvbQ==
changetype: add
objectclass: inetorgperson
ENTRYUUID: 00000000-0000-0000-0000-000000000002
UID: le
`

const ldifGroups = `dn: cn=team,ou=groups,dc=example,dc=com
objectClass: groupOfNames
entryUUID: 00000000-0000-0000-0000-000000000003
cn: team
member: UID=Ada, ou=people,dc=example,dc=com
member: cn=l\C3\A9,ou=people,dc=example,dc=com
`

func ldifFile(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func zipped(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func ldifConfig(files ...string) ldapsrc.Config {
	c := ldapsrc.Config{
		LDIF:   files,
		Users:  ldapsrc.Search{Base: people, Filter: "(objectClass=inetOrgPerson)", ID: "entryUUID", Attributes: []string{"uid", "cn", "mail"}},
		Groups: ldapsrc.Search{Base: groups, Filter: "(objectClass=groupOfNames)", ID: "entryUUID", Members: "member", Attributes: []string{"cn"}},
	}
	return c
}

func readLDIF(t *testing.T, c ldapsrc.Config) ([]plan.Entry, plan.Proof, error) {
	t.Helper()
	l, err := ldapsrc.OpenLDIF(c)
	if err != nil {
		t.Fatal(err)
	}
	var entries []plan.Entry
	proof, err := l.Read(t.Context(), func(e plan.Entry) error {
		entries = append(entries, e)
		return nil
	})
	return entries, proof, errors.Join(err, l.Close())
}

// One file, several, with the line ends of Windows, and compressed: all the
// same.
func TestLDIF(t *testing.T) {
	t.Parallel()
	want := []plan.Entry{
		{
			Kind: plan.Person, ID: "8c5f1d1a-0000-1041-9805-db8f757b6062", DN: "uid=ada," + people, Key: "uid=ada," + people,
			Attrs: map[string][]string{
				"uid": {"ada"}, "cn": {"Åsa"}, "mail": {"a very long address that was folded@example.com"}, "mail;lang-fr": {"ada@exemple.fr"},
			},
		},
		{
			Kind: plan.Person, ID: "00000000-0000-0000-0000-000000000002", DN: "cn=Lé," + people, Key: "cn=lé," + people,
			Attrs: map[string][]string{"uid": {"le"}},
		},
		{
			Kind: plan.Group, ID: "00000000-0000-0000-0000-000000000003", DN: "cn=team," + groups, Key: "cn=team," + groups,
			Attrs: map[string][]string{"cn": {"team"}}, Members: []string{"cn=lé," + people, "uid=ada," + people},
		},
	}
	whole := ldifPeople + "\n\n" + ldifGroups
	for name, files := range map[string][]string{
		"one":        {ldifFile(t, "all.ldif", whole)},
		"several":    {ldifFile(t, "people.ldif", ldifPeople), ldifFile(t, "groups.ldif", ldifGroups)},
		"Windows":    {ldifFile(t, "all.ldf", "\ufeff"+strings.ReplaceAll(whole, "\n", "\r\n"))},
		"gzip":       {ldifFile(t, "all.gz", zipped(t, whole))},
		"gzip twice": {ldifFile(t, "all.gz", zipped(t, ldifPeople+"\n")+zipped(t, ldifGroups))},
		"ldapsearch": {ldifFile(t, "all", whole+"\n# search result\nsearch: 2\nresult: 0 Success\n\n# numResponses: 3\n")},
	} {
		got, proof, err := readLDIF(t, ldifConfig(files...))
		if err != nil || !proof.Complete {
			t.Errorf("%s: got %+v, %v", name, proof, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if s := proof.Searches[0]; s.Entries != 2 || s.Pages != len(files) || !strings.Contains(s.Request, "(objectClass=inetOrgPerson)") {
			t.Errorf("%s: got %+v", name, s)
		}
	}
}

// Scopes and filters mean what they mean for a server.
func TestLDIFScope(t *testing.T) {
	t.Parallel()
	below := "\n\ndn: uid=deep,ou=x,ou=people,dc=example,dc=com\nobjectClass: inetOrgPerson\nuid: deep\n"
	for _, test := range []struct {
		base, scope, filter string
		want                int
	}{
		{people, "sub", "(objectClass=inetOrgPerson)", 3},
		{people, "one", "(objectClass=inetOrgPerson)", 2},
		{people, "base", "(objectClass=*)", 1},
		{"uid=ada," + people, "base", "(objectClass=*)", 1},
		{"DC=Example, dc=com", "sub", "(uid=D*)", 1},
		{people, "sub", "(!(uid=ada))", 3},
		{people, "sub", "(uid=nobody)", 0},
	} {
		c := ldifConfig(ldifFile(t, "all.ldif", ldifPeople+"\n"+ldifGroups+below))
		c.Users.Base, c.Users.Scope, c.Users.Filter = test.base, test.scope, test.filter
		got, proof, err := readLDIF(t, c)
		if err != nil || !proof.Complete || count(got, plan.Person) != test.want {
			t.Errorf("%+v: got %d people, %+v, %v", test, count(got, plan.Person), proof, err)
		}
	}
}

// What is no entry is refused with the file and the line.
func TestLDIFRefused(t *testing.T) {
	t.Parallel()
	entry := "dn: cn=a,dc=example,dc=com\nobjectClass: person\n"
	for name, test := range map[string]struct{ text, want string }{
		"modify":     {entry + "\ndn: cn=a,dc=example,dc=com\nchangetype: modify\nreplace: cn\ncn: b\n-\n", `x.ldif:5: a change of type "modify"`},
		"delete":     {"dn: cn=a,dc=example,dc=com\nchangetype: delete\n", `x.ldif:2: a change of type "delete"`},
		"control":    {"dn: cn=a,dc=example,dc=com\ncontrol: 1.2.3 true\nchangetype: add\n", "x.ldif:2: a change with a control"},
		"a file":     {entry + "jpegPhoto:< file:///etc/passwd\n", "x.ldif:3: the value of jpegPhoto stands elsewhere (file:///etc/passwd)"},
		"base64":     {entry + "# comment\ncn:: a*b\n", "x.ldif:4: the value of cn is not base64"},
		"no colon":   {entry + "\nnonsense\n", `x.ldif:4: "nonsense" is not an attribute and a value`},
		"folding":    {" folded\n", `x.ldif:1: " folded" is not`},
		"no dn":      {"cn: a\n", "x.ldif:1: a record begins with dn, not with cn"},
		"two dns":    {entry + "dn: cn=b\n", "x.ldif:3: a record has one dn"},
		"version":    {"version: 2\n" + entry, `x.ldif:1: LDIF version "2" is not 1`},
		"after fold": {"dn: cn=a,\n dc=example,dc=com\n# c\n c\ncn\n", "x.ldif:5: "},
		"UTF-16":     {"\xff\xfed\x00", "x.ldif: the file is in UTF-16"},
		"zstd":       {"\x28\xb5\x2f\xfd", "x.ldif: the file is compressed in a way"},
		"bad gzip":   {"\x1f\x8b\x08", "x.ldif: unexpected EOF"},
	} {
		_, proof, err := readLDIF(t, ldifConfig(ldifFile(t, "x.ldif", test.text)))
		var failure *ldapsrc.Error
		if !errors.As(err, &failure) || proof.Complete || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %+v, %v, want %q", name, proof, err, test.want)
		}
	}
}

// A file that says of itself that it is not whole is not complete.
func TestLDIFIncomplete(t *testing.T) {
	t.Parallel()
	whole := ldifPeople + "\n" + ldifGroups
	for name, test := range map[string]struct{ text, want string }{
		"cut off":           {whole[:len(whole)-5], "x.ldif: it ends in the middle of a line"},
		"size limit":        {whole + "\nsearch: 2\nresult: 4 Size limit exceeded\n", "ended with result 4 Size limit exceeded"},
		"references":        {whole + "\n# search reference\nref: ldap://x/dc=y\n", "1 reference that"},
		"references (-LLL)": {whole + "\n# refldap://x/dc=y\n\n# refldap://x/dc=z\n", "2 references that"},
		"ranges":            {whole + "member;range=0-1499: uid=x," + people + "\nmember;range=0-1499: uid=y," + people + "\n", "of cn=team," + groups + ", member from value 1500 on is not there"},
	} {
		got, proof, err := readLDIF(t, ldifConfig(ldifFile(t, "x.ldif", test.text)))
		if err != nil || proof.Complete || strings.Count(proof.Searches[0].Missing, test.want) != 1 {
			t.Errorf("%s: got %+v, %v, want once %q", name, proof, err, test.want)
		}
		if count(got, plan.Person) != 2 {
			t.Errorf("%s: got %d people, want 2", name, count(got, plan.Person))
		}
	}
	cut := zipped(t, whole)
	if _, proof, err := readLDIF(t, ldifConfig(ldifFile(t, "x.gz", cut[:len(cut)-9]))); err == nil || proof.Complete {
		t.Errorf("gzip cut off: got %+v, %v, want an error", proof, err)
	}
}

func TestLDIFBadEntries(t *testing.T) {
	t.Parallel()
	text := ldifGroups + `
dn: nonsense
objectClass: inetOrgPerson
entryUUID: 00000000-0000-0000-0000-000000000009

dn: uid=twice,ou=people,dc=example,dc=com
objectClass: inetOrgPerson
entryUUID: 00000000-0000-0000-0000-00000000000a
entryUUID: 00000000-0000-0000-0000-00000000000b
cn:: /w==
`
	got, proof, err := readLDIF(t, ldifConfig(ldifFile(t, "x.ldif", text)))
	if err != nil || !proof.Complete || len(got) != 3 {
		t.Fatalf("got %+v, %+v, %v", got, proof, err)
	}
	if got[0].Key != "?nonsense" || !slices.Equal(got[0].Flaws, []string{"its DN does not parse"}) {
		t.Errorf("got %+v", got[0])
	}
	if got[1].ID != plan.ExternalID("dn:uid=twice,"+people) || !slices.Equal(got[1].Flaws, []string{"entryuuid has 2 values where one is meant"}) || got[1].First("cn") != "\xff" {
		t.Errorf("got %+v", got[1])
	}
}

func TestLDIFNoSuchBase(t *testing.T) {
	t.Parallel()
	c := ldifConfig(ldifFile(t, "x.ldif", ldifPeople))
	if _, proof, err := readLDIF(t, c); err == nil || proof.Complete || !strings.Contains(err.Error(), "find the base of groups "+groups) {
		t.Errorf("got %+v, %v, want that there is nothing below the base", proof, err)
	}
	c.LDIF = ldapsrc.Files{"/nowhere/x.ldif"}
	var failure *ldapsrc.Error
	if _, err := ldapsrc.OpenLDIF(c); !errors.Is(err, os.ErrNotExist) || !errors.As(err, &failure) || failure.Hint() == "" {
		t.Errorf("got %v, want that it does not exist, and a hint", err)
	}
	c.LDIF, c.URL = nil, "ldap://localhost"
	if _, err := ldapsrc.OpenLDIF(c); err == nil {
		t.Error("no files: got no error")
	}
}

func TestLDIFStops(t *testing.T) {
	t.Parallel()
	path := ldifFile(t, "x.ldif", ldifPeople+"\n"+ldifGroups)
	l, err := ldapsrc.OpenLDIF(ldifConfig(path))
	if err != nil {
		t.Fatal(err)
	}
	stop := errors.New("disk full")
	if proof, err := l.Read(t.Context(), func(plan.Entry) error { return stop }); !errors.Is(err, stop) || proof.Complete {
		t.Errorf("got %+v, %v, want %v", proof, err, stop)
	}
	ctx, cancel := context.WithCancel(t.Context())
	proof, err := l.Read(ctx, func(plan.Entry) error { cancel(); return nil })
	if !errors.Is(err, context.Canceled) || proof.Complete {
		t.Errorf("got %+v, %v, want %v", proof, err, context.Canceled)
	}
	proof, err = l.Read(t.Context(), func(plan.Entry) error {
		return os.WriteFile(path, []byte(ldifPeople+"\n"+ldifGroups+"\n\n"), 0o600)
	})
	if err == nil || proof.Complete || !strings.Contains(err.Error(), "changed while it was read") {
		t.Errorf("got %+v, %v, want that the file changed", proof, err)
	}
}

func TestLDIFFromYAML(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{"ldif: a.ldif": 1, "ldif: [a.ldif, b.ldif.gz]": 2} {
		var c ldapsrc.Config
		if err := yaml.UnmarshalWithOptions([]byte("kind: openldap\nbase: dc=x\n"+text), &c, yaml.Strict()); err != nil {
			t.Fatal(err)
		}
		if err := c.Validate(); err != nil || len(c.LDIF) != want {
			t.Errorf("%s: got %q, %v", text, c.LDIF, err)
		}
		c.URL = "ldap://x"
		if err := c.Validate(); err == nil || !strings.Contains(err.Error(), "ldif: is in the place of a server") {
			t.Errorf("%s and a url: got %v", text, err)
		}
	}
}
