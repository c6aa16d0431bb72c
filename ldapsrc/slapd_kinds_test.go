package ldapsrc_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ldap2scim/ldapsrc"
	"ldap2scim/plan"
	"ldap2scim/testservers"
)

// groupClasses is a directory with a group of each class, and an account in
// each state.
const groupClasses = `dn: dc=example,dc=com
objectClass: dcObject
objectClass: organization
dc: example
o: Example

dn: uid=ada,dc=example,dc=com
objectClass: inetOrgPerson
uid: ada
cn: Ada
sn: Lovelace
title: Engineer

dn: uid=bob,dc=example,dc=com
objectClass: inetOrgPerson
objectClass: shadowAccount
uid: bob
cn: Bob
sn: B
title: engineer
shadowExpire: 100

dn: uid=cid,dc=example,dc=com
objectClass: inetOrgPerson
uid: cid
cn: Cid
sn: C
pwdAccountLockedTime: 000001010000Z

dn: cn=names,dc=example,dc=com
objectClass: groupOfNames
cn: names
member: UID=Ada, dc=example,dc=com
member: uid=gone,dc=example,dc=com

dn: cn=unique,dc=example,dc=com
objectClass: groupOfUniqueNames
cn: unique
uniqueMember: uid=ada,dc=example,dc=com#'0101'B
uniqueMember: uid=bob,dc=example,dc=com

dn: cn=posix,dc=example,dc=com
objectClass: posixGroup
cn: posix
gidNumber: 100
memberUid: cid
memberUid: ada

dn: cn=dynamic,dc=example,dc=com
objectClass: groupOfURLs
cn: dynamic
memberURL: ldap:///dc=example,dc=com??sub?(&(objectClass=inetOrgPerson)(title=Engineer))
`

// Every class of group and every state of account, from a real server and from
// the same LDIF.
func TestSlapdGroupsAndAccounts(t *testing.T) {
	t.Parallel()
	_, c := slapdWith(t, strings.NewReader(groupClasses), testservers.SlapdOptions{})
	c.Users.Attributes, c.Groups.Attributes = []string{"uid"}, []string{"cn"}
	c.Now = func() time.Time { return time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC) }
	fromFile := c
	fromFile.URL, fromFile.BindDN, fromFile.Password = "", "", nil
	fromFile.LDIF = []string{ldifFile(t, "x.ldif", groupClasses)}

	fromServer, proof, err := read(t, c)
	if err != nil || !proof.Complete {
		t.Fatalf("slapd: got %+v, %v", proof, err)
	}
	read, proof, err := readLDIF(t, fromFile)
	if err != nil || !proof.Complete {
		t.Fatalf("LDIF: got %+v, %v", proof, err)
	}
	for name, got := range map[string][]plan.Entry{"slapd": fromServer, "LDIF": read} {
		type membership struct{ Members, UIDs []string }
		groups := map[string]membership{}
		inactive := map[string]string{}
		for _, e := range got {
			if e.Kind == plan.Group {
				groups[e.First("cn")] = membership{e.Members, e.MemberUIDs}
			} else {
				inactive[e.UID] = e.Inactive
			}
			if len(e.Flaws) > 0 {
				t.Errorf("%s: %s: got flaws %q", name, e.DN, e.Flaws)
			}
		}
		key := func(uid string) string { return "uid=" + uid + "," + suffix }
		if diff := cmp.Diff(map[string]membership{
			"names":   {Members: []string{key("ada"), key("gone")}},
			"unique":  {Members: []string{key("ada"), key("bob")}},
			"posix":   {UIDs: []string{"ada", "cid"}},
			"dynamic": {Members: []string{key("ada"), key("bob")}},
		}, groups); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if diff := cmp.Diff(map[string]string{
			"ada": "", "bob": "expired on 1970-04-11 (shadowExpire)", "cid": "locked until an administrator unlocks it (pwdAccountLockedTime)",
		}, inactive); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// The lists of the groups and the back-links that the memberOf overlay keeps
// say the same.
func TestSlapdBackLinks(t *testing.T) {
	t.Parallel()
	_, c := slapd(t, testservers.SlapdOptions{LoadWith: testservers.Slapadd})
	byList, _, err := read(t, c)
	if err != nil {
		t.Fatal(err)
	}
	c.Membership = "memberOf"
	byLinks, proof, err := read(t, c)
	if err != nil || !proof.Complete {
		t.Fatalf("got %+v, %v", proof, err)
	}
	people := func(e plan.Entry) bool { return e.Kind == plan.Person }
	if diff := cmp.Diff(slices.DeleteFunc(byList, people), slices.DeleteFunc(byLinks, people)); diff != "" {
		t.Errorf("(-lists +back-links): %s", diff)
	}
}

// A size limit that also ends paged searches makes the snapshot incomplete.
func TestSlapdSizeLimit(t *testing.T) {
	t.Parallel()
	_, c := slapd(t, testservers.SlapdOptions{TotalLimit: 50})
	c.PageSize = 20
	got, proof, err := read(t, c)
	if err != nil || proof.Complete || !strings.Contains(proof.Why(), "users: the server stopped at its size limit (result 4)") || count(got, plan.Person) == 0 {
		t.Errorf("got %d people, %+v, %v, want it incomplete", count(got, plan.Person), proof, err)
	}
}

// A server that wants TLS for a bind is understood.
func TestSlapdRequiresTLS(t *testing.T) {
	t.Parallel()
	d, c := slapd(t, testservers.SlapdOptions{RequireTLS: true})
	if _, err := ldapsrc.Open(t.Context(), c); err == nil || !strings.Contains(err.Error(), "Confidentiality Required") {
		t.Errorf("got %v, want that TLS is required", err)
	}
	c.StartTLS, c.CAFile = true, d.CAFile
	if _, proof, err := read(t, c); err != nil || !proof.Complete {
		t.Errorf("got %+v, %v", proof, err)
	}
}
