package ldapsrc_test

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ldap2scim/ldapsrc"
	"ldap2scim/ldapsrc/ldaptest"
	"ldap2scim/plan"
)

// objectSID is S-1-5-21-domain-rid.
func objectSID(domain, rid uint32) string {
	b := []byte{1, 3, 0, 0, 0, 0, 0, 5}
	for _, part := range []uint32{21, domain, rid} {
		b = binary.LittleEndian.AppendUint32(b, part)
	}
	return string(b)
}

// with adds attributes to an entry.
func with(e ldaptest.Entry, attrs map[string][]string) ldaptest.Entry {
	for name, values := range attrs {
		e.Attrs[name] = values
	}
	return e
}

// groupNamed returns the group with a name.
func groupNamed(t *testing.T, entries []plan.Entry, cn string) plan.Entry {
	t.Helper()
	for _, e := range entries {
		if e.Kind == plan.Group && e.First("cn") == cn {
			return e
		}
	}
	t.Fatalf("no group %s in %d entries", cn, len(entries))
	return plan.Entry{}
}

func keysOf(numbers ...int) []string {
	var keys []string
	for _, n := range numbers {
		keys = append(keys, person(n).DN)
	}
	return keys
}

// primaryGroups is two domains, of which both have a group 513.
func primaryGroups() ldaptest.Directory {
	d := company(0)
	for i := range 6 {
		d.Entries = append(d.Entries, with(person(i), map[string][]string{
			"objectSid": {objectSID(uint32(i%2), uint32(1000+i))}, "primaryGroupID": {"513"},
		}))
	}
	d.Entries = append(d.Entries,
		with(group("domain users", person(0).DN), map[string][]string{"objectSid": {objectSID(0, 513)}}),
		with(group("other users"), map[string][]string{"objectSid": {objectSID(1, 513)}}),
		with(group("admins", person(3).DN), map[string][]string{"objectSid": {objectSID(0, 512)}}),
	)
	return d
}

func TestPrimaryGroups(t *testing.T) {
	t.Parallel()
	c := config(start(t, primaryGroups()))
	for option, want := range map[string]map[string][]string{
		"include": {"domain users": keysOf(0, 2, 4), "other users": keysOf(1, 3, 5), "admins": keysOf(3)},
		"ignore":  {"domain users": keysOf(0), "other users": nil, "admins": keysOf(3)},
	} {
		c.PrimaryGroups = option
		got, proof, err := read(t, c)
		if err != nil || !proof.Complete {
			t.Fatalf("%s: got %+v, %v", option, proof, err)
		}
		if diff := cmp.Diff(want, members(got)); diff != "" {
			t.Errorf("%s: %s", option, diff)
		}
		for _, e := range got {
			flawed := option == "include" && e.First("cn") == "everybody" // shows no objectSid
			if (len(e.Flaws) > 0) != flawed {
				t.Errorf("%s: %s: got flaws %q", option, e.DN, e.Flaws)
			}
		}
	}
}

func TestPrimaryGroupUnknown(t *testing.T) {
	t.Parallel()
	d := company(0)
	d.Entries = append(d.Entries,
		with(person(0), map[string][]string{"primaryGroupID": {"513"}}),
		with(person(1), map[string][]string{"primaryGroupID": {"513"}, "objectSid": {"nonsense"}}),
		with(person(2), map[string][]string{"primaryGroupID": {"x"}, "objectSid": {objectSID(0, 1)}}),
		person(3),
	)
	c := config(start(t, d))
	c.PrimaryGroups = "include"
	got, _, err := read(t, c)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 4 {
		flaws := strings.Join(got[i].Flaws, "; ")
		if want := i < 3; strings.Contains(flaws, "its primary group is not known") != want {
			t.Errorf("person %d: got flaws %q, want one: %t", i, flaws, want)
		}
	}
}

// The identifiers of Active Directory are text where a rule reads them.
func TestBinaryIDs(t *testing.T) {
	t.Parallel()
	d := company(0)
	d.Entries = append(d.Entries, with(person(0), map[string][]string{
		"objectSid": {objectSID(7, 1104)}, "objectGUID": {"\x33\x22\x11\x00\x55\x44\x77\x66\x88\x99\xaa\xbb\xcc\xdd\xee\xff"},
	}))
	c := config(start(t, d))
	c.Users.ID, c.Users.Attributes = "objectGUID", []string{"objectGUID", "objectSid"}
	got, _, err := read(t, c)
	if err != nil {
		t.Fatal(err)
	}
	if got[0].ID != "00112233-4455-6677-8899-aabbccddeeff" || got[0].First("objectguid") != string(got[0].ID) || got[0].First("objectsid") != "S-1-5-21-7-1104" {
		t.Errorf("got %+v", got[0])
	}
}

func TestForeignSecurityPrincipals(t *testing.T) {
	t.Parallel()
	d := company(1)
	foreign := "CN=S-1-5-21-9-9-9-1104,CN=ForeignSecurityPrincipals," + suffix
	d.Entries = append(d.Entries,
		group("one", person(0).DN, foreign),
		group("many", "CN=S-1-5-11,CN=ForeignSecurityPrincipals,"+suffix, foreign, "cn=s-1-5-11,"+groups))
	got, _, err := read(t, config(start(t, d)))
	if err != nil {
		t.Fatal(err)
	}
	one, many := groupNamed(t, got, "one"), groupNamed(t, got, "many")
	if want := []string{"it has a member of another domain (a foreign security principal): " + strings.ToLower(foreign)}; !slices.Equal(one.Flaws, want) || len(one.Members) != 2 {
		t.Errorf("got %+v, want the flaw %q", one, want)
	}
	if want := "it has 2 members of other domains"; len(many.Flaws) != 1 || !strings.HasPrefix(many.Flaws[0], want) || len(many.Members) != 3 {
		t.Errorf("got %+v, want the flaw %q", many, want)
	}
}

func TestMembersByUID(t *testing.T) {
	t.Parallel()
	d := company(2)
	d.Entries = append(d.Entries, with(person(2), map[string][]string{"uid": {" ÜNAL"}}))
	d.Entries = append(d.Entries,
		with(group("posix"), map[string][]string{"memberUid": {"u00001", " U00000", "u00001", "Ünal", "", "\xff"}, "member": {person(1).DN}}),
		with(group("unique"), map[string][]string{"uniqueMember": {person(0).DN + "#'0101'B", person(1).DN}}),
	)
	c := config(start(t, d))
	c.Groups.Members, c.Users.UID, c.Users.Attributes = "member, uniqueMember memberUid", "uid", nil
	got, _, err := read(t, c)
	if err != nil {
		t.Fatal(err)
	}
	posix := groupNamed(t, got, "posix")
	if want := []string{"u00000", "u00001", "ünal"}; !slices.Equal(posix.MemberUIDs, want) || !slices.Equal(posix.Members, keysOf(1)) {
		t.Errorf("got %+v, want the uids %q and one DN", posix, want)
	}
	if len(posix.Flaws) != 1 || !strings.Contains(posix.Flaws[0], "memberuid has 2 values that cannot be a uid") {
		t.Errorf("got flaws %q", posix.Flaws)
	}
	if unique := groupNamed(t, got, "unique"); !slices.Equal(unique.Members, keysOf(0, 1)) || unique.MemberUIDs != nil {
		t.Errorf("got %+v", unique)
	}
	if got[0].UID != "u00000" || got[2].UID != "ünal" || len(got[0].Attrs) != 0 {
		t.Errorf("got %+v, want the uid, and no attribute that no rule reads", got[0])
	}
}

// The format of an attribute's values can be told.
func TestMemberFormat(t *testing.T) {
	t.Parallel()
	d := company(0)
	d.Entries = append(d.Entries, with(group("g"), map[string][]string{"rfc822MailMember": {"ada", "bob"}}))
	c := config(start(t, d))
	c.Groups.Members, c.Groups.MemberFormat, c.Users.UID = "rfc822MailMember", "uid", "uid"
	got, _, err := read(t, c)
	if err != nil {
		t.Fatal(err)
	}
	if g := groupNamed(t, got, "g"); !slices.Equal(g.MemberUIDs, []string{"ada", "bob"}) || g.Members != nil {
		t.Errorf("got %+v", g)
	}
}

// Only the back-links say who is in a group, people and groups alike.
func TestMembershipByBackLinks(t *testing.T) {
	t.Parallel()
	d := company(0)
	a, b := "cn=a,"+groups, "cn=B, "+groups
	d.Entries = append(d.Entries,
		with(person(0), map[string][]string{"memberOf": {a, b}}),
		with(person(1), map[string][]string{"memberOf": {a}}),
		person(2),
		group("a", person(2).DN), // a list that this directory does not keep
		with(group("b"), map[string][]string{"memberOf": {a}}),
	)
	c := config(start(t, d))
	c.Membership, c.Users.MemberOf, c.Groups.MemberOf = "memberOf", "memberOf", "memberOf"
	got, proof, err := read(t, c)
	if err != nil || !proof.Complete {
		t.Fatalf("got %+v, %v", proof, err)
	}
	want := map[string][]string{"a": append([]string{"cn=b," + groups}, keysOf(0, 1)...), "b": keysOf(0)}
	if diff := cmp.Diff(want, members(got)); diff != "" {
		t.Error(diff)
	}
	if n := count(got, plan.Group); n != 3 {
		t.Errorf("got %d groups, want 3", n)
	}
}

func TestDynamicGroups(t *testing.T) {
	t.Parallel()
	d := company(0)
	for i := range 6 {
		title := []string{"Engineer", "engineer", "Boss"}[i%3]
		d.Entries = append(d.Entries, with(person(i), map[string][]string{"title": {title}}))
	}
	rule := func(cn string, urls ...string) {
		d.Entries = append(d.Entries, with(group(cn, person(5).DN), map[string][]string{"memberURL": urls}))
	}
	rule("engineers", "ldap:///"+people+"??sub?(title=ENGINEER)")
	rule("two rules", "ldap:///"+people+"??one?(&(title=boss)(uid=u00002))", "ldap:///UID=u00000,"+people+"??base")
	rule("nobody", "ldap:///"+people+"??base?(title=*)", "ldap:///ou=elsewhere,"+suffix+"??sub?(title=*)", "ldap:///"+suffix+"??one?(title=*)")
	rule("flawed", "ldap://other/"+people+"??sub?(title=*)", "http://x", "ldap:///"+people+"??sub?(title", "ldap:///nonsense??sub", "ldap:///??tree", "ldap:///??sub?(title=*)?!x=y")
	c := config(start(t, d))
	c.Groups.Dynamic, c.Users.Attributes = "memberURL", nil
	got, proof, err := read(t, c)
	if err != nil || !proof.Complete {
		t.Fatalf("got %+v, %v", proof, err)
	}
	want := map[string][]string{
		"engineers": keysOf(0, 1, 3, 4, 5), "two rules": keysOf(0, 2, 5), "nobody": keysOf(5), "flawed": keysOf(5),
	}
	if diff := cmp.Diff(want, members(got)); diff != "" {
		t.Error(diff)
	}
	if flawed := groupNamed(t, got, "flawed"); len(flawed.Flaws) != 6 {
		t.Errorf("got flaws %q, want one for each URL", flawed.Flaws)
	}
	for _, e := range got {
		if e.First("title") != "" || e.First("memberurl") != "" {
			t.Errorf("%s: got %v, want no attribute that no rule reads", e.DN, e.Attrs)
		}
		if len(e.Flaws) > 0 && e.First("cn") != "flawed" {
			t.Errorf("%s: got flaws %q", e.DN, e.Flaws)
		}
	}
}

// A limit that strikes the reading of the rules makes the whole incomplete.
func TestDynamicGroupsIncomplete(t *testing.T) {
	t.Parallel()
	d := company(1)
	for i := range 3 {
		d.Entries = append(d.Entries, with(group(fmt.Sprint("g", i)), map[string][]string{"memberURL": {"ldap:///"}}))
	}
	d.Faults = []ldaptest.Fault{{Base: groups, Page: 1, After: 2, Act: ldaptest.Answer, Code: 4}}
	c := config(start(t, d))
	c.Groups.Dynamic = "memberURL"
	_, proof, err := read(t, c)
	if err != nil || proof.Complete || !strings.Contains(proof.Why(), "groups before people: the server stopped") {
		t.Errorf("got %+v, %v, want it incomplete", proof, err)
	}
}

func TestSeveralBases(t *testing.T) {
	t.Parallel()
	d := company(4)
	d.Entries = append(d.Entries, ldaptest.Entry{DN: "uid=x," + groups, Attrs: map[string][]string{"objectClass": {"inetOrgPerson"}, "uid": {"x"}}})
	c := config(start(t, d))
	c.Users.Bases = []string{groups}
	got, proof, err := read(t, c)
	if err != nil || !proof.Complete || count(got, plan.Person) != 5 || len(proof.Searches) != 3 || proof.Searches[1].Name != "users" {
		t.Errorf("got %d people, %+v, %v, want 5 from two searches", count(got, plan.Person), proof, err)
	}
	c.Users.Bases = []string{"ou=nowhere," + suffix}
	if _, proof, err := read(t, c); err == nil || proof.Complete {
		t.Errorf("a base that is not there: got %+v, %v", proof, err)
	}
}

func TestDNAttribute(t *testing.T) {
	t.Parallel()
	d := company(0)
	d.Entries = append(d.Entries, with(person(0), map[string][]string{"distinguishedName": {"CN=Ada,DC=x"}}), person(1))
	c := config(start(t, d))
	c.Users.DN = "distinguishedName"
	got, _, err := read(t, c)
	if err != nil || got[0].Key != "cn=ada,dc=x" || got[1].Key != person(1).DN {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestFlaws(t *testing.T) {
	t.Parallel()
	d := company(0)
	d.Entries = append(d.Entries, with(person(0), map[string][]string{"uid": {"ada", "bob"}, "employeeNumber": {"1", "2"}}),
		with(person(1), map[string][]string{"uid": {"\xff"}, "employeeNumber": {"3"}}))
	c := config(start(t, d))
	c.Users.UID, c.Users.ID = "uid", "employeeNumber"
	got, _, err := read(t, c)
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"employeenumber has 2 values where one is meant", "uid has 2 values where one is meant"}; !slices.Equal(got[0].Flaws, want) || got[0].UID != "ada" || !strings.HasPrefix(string(got[0].ID), "dn:") {
		t.Errorf("got %+v, want flaws %q", got[0], want)
	}
	if want := []string{"uid holds bytes that are not text"}; !slices.Equal(got[1].Flaws, want) || got[1].UID != "" {
		t.Errorf("got %+v, want flaws %q", got[1], want)
	}
}

func TestMembershipMistakes(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(*ldapsrc.Config)
		want   string
	}{
		"kind":          {func(c *ldapsrc.Config) { c.Kind = "novell" }, `kind: "novell" is not one of ad, openldap`},
		"membership":    {func(c *ldapsrc.Config) { c.Membership = "both" }, `membership: "both"`},
		"primary":       {func(c *ldapsrc.Config) { c.PrimaryGroups = "yes" }, `primary_groups: "yes"`},
		"no member_of":  {func(c *ldapsrc.Config) { c.Membership = "memberOf" }, "users.member_of: missing"},
		"member_format": {func(c *ldapsrc.Config) { c.Groups.MemberFormat = "sid" }, `groups.member_format: "sid"`},
		"uid format":    {func(c *ldapsrc.Config) { c.Groups.MemberFormat = "uid" }, "groups.members: member holds uids"},
		"two members":   {func(c *ldapsrc.Config) { c.Groups.Members = "member, a=b" }, `groups.members: "a=b"`},
		"account":       {func(c *ldapsrc.Config) { c.Users.Account = []string{"locked"} }, "users.account: what locked says"},
		"groups' state": {func(c *ldapsrc.Config) { c.Groups.Account = []string{"nsAccountLock"} }, "groups.account: is for users only"},
		"users' rules":  {func(c *ldapsrc.Config) { c.Users.Dynamic = "memberURL" }, "users.dynamic: is for groups only"},
		"uid":           {func(c *ldapsrc.Config) { c.Users.UID = "u id" }, `users.uid: "u id"`},
		"second base":   {func(c *ldapsrc.Config) { c.Users.Bases = []string{"people"} }, "users.base: DN"},
	} {
		c := load(t, example)
		test.change(&c)
		if err := c.Validate(); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %q", name, err, test.want)
		}
	}
}
