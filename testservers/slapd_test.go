package testservers_test

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"os"
	"strings"
	"testing"

	"github.com/go-ldap/ldap/v3"
	"github.com/google/go-cmp/cmp"

	"ldap2scim/testservers"
	"ldap2scim/testservers/company"
)

const oneTeam = `dn: dc=example,dc=com
objectClass: dcObject
objectClass: organization
dc: example
o: Example

dn: uid=ada,dc=example,dc=com
objectClass: inetOrgPerson
objectClass: corpPerson
uid: ada
cn: Ada
sn: Lovelace
userPassword: analytical
corpCostCode: CC-1

dn: cn=team,dc=example,dc=com
objectClass: groupOfNames
cn: team
member: uid=ada,dc=example,dc=com
`

func TestSlapdHoldsWhatTheGeneratorCounts(t *testing.T) {
	t.Parallel()
	var ldif bytes.Buffer
	c := company.Company{People: 3000, Groups: 150, Seed: 11, FlawEvery: 100}
	want, err := c.WriteLDIF(&ldif)
	if err != nil {
		t.Fatal(err)
	}
	d := testservers.Slapd(t, &ldif, testservers.SlapdOptions{})
	conn := bindReader(t, d)

	var got company.Counts
	mails := map[string]int{}
	for _, p := range readPaged(t, conn, d.Suffix, "(objectClass=corpPerson)", "mail", "memberOf", "corpActive") {
		got.People++
		if p.GetAttributeValue("corpActive") == "FALSE" {
			got.Inactive++
		}
		if len(p.GetAttributeValues("memberOf")) == 0 {
			got.NoGroup++
		}
		mails[p.GetAttributeValue("mail")]++
	}
	got.NoMail = mails[""]
	delete(mails, "")
	for _, people := range mails {
		if people > 1 {
			got.SharedMail += people
		}
	}
	got.Units = len(readPaged(t, conn, d.Suffix, "(objectClass=organizationalUnit)", "ou"))
	for _, g := range readPaged(t, conn, d.Suffix, "(objectClass=groupOfNames)", "member") {
		got.Groups++
		nested := false
		for _, member := range g.GetAttributeValues("member") {
			// By the tree: slapd escapes a member's DN otherwise than the entry's.
			if strings.HasSuffix(member, ",ou=groups,"+d.Suffix) {
				got.GroupGroups++
				nested = true
			} else {
				got.GroupPeople++
			}
		}
		if nested {
			got.GroupsOfGroups++
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the directory (-told +read):\n%s", diff)
	}
}

func TestSlapdKeepsTheEntryUUIDsOfTheGenerator(t *testing.T) {
	t.Parallel()
	var ldif bytes.Buffer
	c := company.Company{People: 60, Groups: 5, Seed: 12}
	if _, err := c.WriteLDIF(&ldif); err != nil {
		t.Fatal(err)
	}
	d := testservers.Slapd(t, &ldif, testservers.SlapdOptions{})
	conn := bindReader(t, d)
	for _, want := range []struct{ dn, uuid string }{
		{c.Person(7).DN, c.Person(7).UUID},
		{c.Person(59).DN, c.Person(59).UUID},
		{c.Group(3).DN, c.Group(3).UUID},
	} {
		found, err := conn.Search(ldap.NewSearchRequest(want.dn, ldap.ScopeBaseObject, ldap.NeverDerefAliases,
			0, 0, false, "(objectClass=*)", []string{"entryUUID"}, nil))
		if err != nil {
			t.Fatalf("read %s: %v", want.dn, err)
		}
		if got := found.Entries[0].GetAttributeValue("entryUUID"); got != want.uuid {
			t.Errorf("entryUUID of %s: got %s, want %s", want.dn, got, want.uuid)
		}
	}
}

func TestSlapdLimitsTheReader(t *testing.T) {
	t.Parallel()
	var ldif bytes.Buffer
	if _, err := (company.Company{People: 30, Seed: 13}).WriteLDIF(&ldif); err != nil {
		t.Fatal(err)
	}
	d := testservers.Slapd(t, &ldif, testservers.SlapdOptions{SizeLimit: 10, PageLimit: 7})
	conn := bindReader(t, d)
	search := func(controls ...ldap.Control) error {
		_, err := conn.Search(ldap.NewSearchRequest(d.Suffix, ldap.ScopeWholeSubtree, ldap.NeverDerefAliases,
			0, 0, false, "(objectClass=corpPerson)", []string{"uid"}, controls))
		return err
	}
	if err := search(); !ldap.IsErrorWithCode(err, ldap.LDAPResultSizeLimitExceeded) {
		t.Errorf("search without paging: got %v, want the size limit", err)
	}
	if err := search(ldap.NewControlPaging(7)); err != nil {
		t.Errorf("page of 7: %v", err)
	}
	if err := search(ldap.NewControlPaging(8)); err == nil {
		t.Error("page of 8: got no error")
	}
}

func TestLdapaddLetsTheOverlaysFillMemberOf(t *testing.T) {
	t.Parallel()
	d := testservers.Slapd(t, strings.NewReader(oneTeam), testservers.SlapdOptions{LoadWith: testservers.Ldapadd})
	found := readPaged(t, bindReader(t, d), d.Suffix, "(memberOf=cn=team,"+d.Suffix+")", "userPassword")
	if len(found) != 1 || found[0].DN != "uid=ada,dc=example,dc=com" {
		t.Fatalf("people of the team: got %v", found)
	}
	if password := found[0].GetAttributeValue("userPassword"); password != "" {
		t.Errorf("the reader sees the password %q", password)
	}
}

func TestSlapdTLS(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name        string
		certificate testservers.Certificate
		want        string // in the error, or "" for none
	}{
		{"valid", testservers.Valid, ""},
		{"expired", testservers.Expired, "expired"},
		{"wrong host", testservers.WrongHost, "127.0.0.1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			d := testservers.Slapd(t, strings.NewReader(oneTeam), testservers.SlapdOptions{Certificate: tt.certificate})
			config := trusting(t, d.CAFile)
			check := func(how string, err error) {
				t.Helper()
				switch {
				case tt.want == "" && err != nil:
					t.Errorf("%s: %v", how, err)
				case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
					t.Errorf("%s: got error %v, want one that says %q", how, err, tt.want)
				}
			}
			conn, err := ldap.DialURL(d.LDAPSURL, ldap.DialWithTLSConfig(config))
			check("ldaps", err)
			if err == nil {
				defer conn.Close()
				check("bind over ldaps", conn.Bind(d.ReaderDN, d.ReaderPassword))
			}
			plain := dial(t, d)
			check("StartTLS", plain.StartTLS(config))
		})
	}
}

func TestSlapdRequiresTLS(t *testing.T) {
	t.Parallel()
	d := testservers.Slapd(t, strings.NewReader(oneTeam), testservers.SlapdOptions{RequireTLS: true})
	conn := dial(t, d)
	if err := conn.Bind(d.ReaderDN, d.ReaderPassword); !ldap.IsErrorWithCode(err, ldap.LDAPResultConfidentialityRequired) {
		t.Errorf("bind without TLS: got %v, want confidentiality required", err)
	}
	config := trusting(t, d.CAFile)
	config.ServerName = "localhost"
	if err := conn.StartTLS(config); err != nil {
		t.Fatal(err)
	}
	if err := conn.Bind(d.ReaderDN, d.ReaderPassword); err != nil {
		t.Errorf("bind with TLS: %v", err)
	}
}

func dial(t *testing.T, d *testservers.Directory) *ldap.Conn {
	t.Helper()
	conn, err := ldap.DialURL(d.URL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

func bindReader(t *testing.T, d *testservers.Directory) *ldap.Conn {
	t.Helper()
	conn := dial(t, d)
	if err := conn.Bind(d.ReaderDN, d.ReaderPassword); err != nil {
		t.Fatal(err)
	}
	return conn
}

func readPaged(t *testing.T, conn *ldap.Conn, base, filter string, attributes ...string) []*ldap.Entry {
	t.Helper()
	found, err := conn.SearchWithPaging(ldap.NewSearchRequest(base, ldap.ScopeWholeSubtree, ldap.NeverDerefAliases,
		0, 0, false, filter, attributes, nil), 1000)
	if err != nil {
		t.Fatalf("search %s: %v", filter, err)
	}
	return found.Entries
}

func trusting(t *testing.T, caFile string) *tls.Config {
	t.Helper()
	text, err := os.ReadFile(caFile)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(text) {
		t.Fatalf("no certificate in %s", caFile)
	}
	return &tls.Config{RootCAs: roots, ServerName: "127.0.0.1"}
}
