package ldapsrc_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ldap2scim/ldapsrc"
	"ldap2scim/ldapsrc/ldaptest"
	"ldap2scim/plan"
)

// A kind and a base are a whole configuration.
func TestKinds(t *testing.T) {
	t.Parallel()
	const everyGroup = "(|(objectClass=groupOfNames)(objectClass=groupOfUniqueNames)(objectClass=posixGroup)(objectClass=groupOfURLs))"
	for kind, want := range map[string]struct {
		userBase, groupBase     string
		users, groups           string
		id, uid, principal      string
		members, dynamic        string
		account                 string
		primaryGroups, unitName string
	}{
		"ad": {
			userBase: suffix, groupBase: suffix,
			users:  "(&(objectCategory=person)(objectClass=user)(sAMAccountType=805306368))",
			groups: "(objectClass=group)", id: "objectGUID", uid: "sAMAccountName", principal: "userPrincipalName",
			members: "member", account: "userAccountControl accountExpires", primaryGroups: "include", unitName: "ou",
		},
		"openldap": {
			userBase: suffix, groupBase: suffix, users: "(objectClass=inetOrgPerson)", groups: everyGroup,
			id: "entryUUID", uid: "uid", principal: "mail", members: "member, uniqueMember, memberUid", dynamic: "memberURL",
			account: "pwdAccountLockedTime shadowExpire", unitName: "ou",
		},
		"389ds": {
			userBase: suffix, groupBase: suffix, users: "(objectClass=inetOrgPerson)", groups: everyGroup,
			id: "nsUniqueId", uid: "uid", principal: "mail", members: "member, uniqueMember, memberUid", dynamic: "memberURL",
			account: "nsAccountLock shadowExpire", unitName: "ou",
		},
		"freeipa": {
			userBase: "cn=users,cn=accounts," + suffix, groupBase: "cn=groups,cn=accounts," + suffix,
			users: "(objectClass=inetUser)", groups: "(objectClass=ipaUserGroup)",
			id: "ipaUniqueID", uid: "uid", principal: "krbPrincipalName", members: "member",
			account: "nsAccountLock krbPrincipalExpiration", unitName: "ou",
		},
		"generic": {
			userBase: suffix, groupBase: suffix, users: "(objectClass=inetOrgPerson)", groups: everyGroup,
			id: "entryUUID", uid: "uid", principal: "mail", members: "member, uniqueMember, memberUid", unitName: "ou",
		},
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			c := ldapsrc.Config{Kind: kind, URL: "ldaps://x", Base: suffix, Units: ldapsrc.Search{Scope: "one"}}
			if err := c.Validate(); err != nil {
				t.Fatal(err)
			}
			c = c.WithDefaults()
			got := want
			got.userBase, got.groupBase = c.Users.Base, c.Groups.Base
			got.users, got.groups, got.id, got.uid = c.Users.Filter, c.Groups.Filter, c.Users.ID, c.Users.UID
			got.principal, got.members, got.dynamic = c.Users.PrincipalName, c.Groups.Members, c.Groups.Dynamic
			got.account, got.primaryGroups, got.unitName = strings.Join(c.Users.Account, " "), c.PrimaryGroups, c.Units.Name
			if got != want {
				t.Errorf("got  %+v\nwant %+v", got, want)
			}
			for name, have := range map[string]string{
				"users.first_name": c.Users.FirstName, "users.last_name": c.Users.LastName, "users.display_name": c.Users.DisplayName,
				"users.email": c.Users.Email, "users.locale": c.Users.Locale, "users.member_of": c.Users.MemberOf,
				"users.description": c.Users.Description, "groups.name": c.Groups.Name, "groups.description": c.Groups.Description,
				"units.description": c.Units.Description, "units.filter": c.Units.Filter,
			} {
				if have == "" {
					t.Errorf("%s has no default", name)
				}
			}
			if c.Groups.ID != want.id || c.Units.ID != want.id {
				t.Errorf("got IDs %s and %s, want %s", c.Groups.ID, c.Units.ID, want.id)
			}
			if diff := cmp.Diff(c, c.WithDefaults()); diff != "" {
				t.Errorf("a second time: %s", diff)
			}
		})
	}
}

// What the configuration says is never replaced.
func TestKindIsOverridden(t *testing.T) {
	t.Parallel()
	mine := ldapsrc.Search{
		Base: "dc=mine", Filter: "(mine=*)", Scope: "one", ID: "mineID", Account: []string{},
		Names: ldapsrc.Names{
			DN: "mineDN", Name: "a", Description: "b", UID: "c", FirstName: "d", LastName: "e", DisplayName: "f",
			Email: "g", PrincipalName: "h", Locale: "i", MemberOf: "j",
		},
	}
	for _, kind := range ldapsrc.Kinds() {
		c := ldapsrc.Config{Kind: kind, URL: "ldaps://x", Base: suffix, Users: mine, Groups: mine, Units: mine, PrimaryGroups: "ignore", PageSize: 7, Timeout: 8}
		c.Groups.Members, c.Groups.Dynamic, c.Groups.Account = "k", "l", nil
		c.Units.Account = nil
		if diff := cmp.Diff(c, c.WithDefaults()); diff != "" {
			t.Errorf("%s: %s", kind, diff)
		}
		if err := c.Validate(); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
	}
	c := ldapsrc.Config{Kind: "ad", Base: suffix}
	if !cmp.Equal(c.WithDefaults().Units, ldapsrc.Search{}) {
		t.Error("units that nobody asked for have defaults")
	}
}

func TestKindFromYAML(t *testing.T) {
	t.Parallel()
	c := load(t, `
kind: ad
url: ldaps://dc1.example.com
urls: [ldaps://dc2.example.com]
base: dc=example,dc=com
bind_dn: reader@example.com
primary_groups: ignore
membership: memberOf
users:
  bases: ["ou=a,dc=example,dc=com", "ou=b,dc=example,dc=com"]
  uid: employeeNumber
  account: [userAccountControl]
`)
	if err := c.Validate(); err != nil {
		t.Fatal(err)
	}
	c = c.WithDefaults()
	if c.Users.UID != "employeeNumber" || len(c.Users.Bases) != 2 || c.Users.Base != "" || len(c.Users.Account) != 1 || c.PrimaryGroups != "ignore" {
		t.Errorf("got %+v", c)
	}
	none := load(t, "kind: ad\nurl: ldaps://x\nbase: dc=x\nbind_dn: r\nusers:\n  account: []\n")
	if got := none.WithDefaults().Users.Account; len(got) != 0 {
		t.Errorf("an empty list of account attributes: got %q", got)
	}
	commands := c.Users.Command(c)
	if n := strings.Count(commands, "ldapsearch"); n != 2 || !strings.Contains(commands, "-b ou=b,dc=example,dc=com") {
		t.Errorf("got %q, want a line for each base", commands)
	}
}

// A directory in the shape of those kinds that no test can start.
func TestKindsRead(t *testing.T) {
	t.Parallel()
	container := func(dn string) ldaptest.Entry {
		return ldaptest.Entry{DN: dn, Attrs: map[string][]string{"objectClass": {"nsContainer"}}}
	}
	for kind, test := range map[string]struct {
		people, groups            string
		person, group, id, number string
	}{
		"389ds": {
			"ou=people," + suffix, "ou=groups," + suffix, "inetOrgPerson", "groupOfUniqueNames",
			"nsUniqueId", "66446001-1DD211B2-66225011-2EE211D",
		},
		"freeipa": {
			"cn=users,cn=accounts," + suffix, "cn=groups,cn=accounts," + suffix, "inetUser", "ipaUserGroup",
			"ipaUniqueID", "8c5f1d1a-0000-11ee-9805-db8f757b606",
		},
	} {
		entry := func(dn, class, n string, attrs map[string][]string) ldaptest.Entry {
			e := ldaptest.Entry{DN: dn, Attrs: map[string][]string{"objectClass": {class}, test.id: {test.number + n}}}
			return with(e, attrs)
		}
		member := map[string]string{"389ds": "uniqueMember", "freeipa": "member"}[kind]
		s := start(t, ldaptest.Directory{Anonymous: true, Entries: []ldaptest.Entry{
			container(suffix), container("cn=accounts," + suffix), container(test.people), container(test.groups),
			entry("uid=ada,"+test.people, test.person, "1", map[string][]string{"uid": {"ada"}, "nsAccountLock": {"false"}}),
			entry("uid=bob,"+test.people, test.person, "2", map[string][]string{"uid": {"bob"}, "nsAccountLock": {"TRUE"}}),
			entry("cn=team,"+test.groups, test.group, "3", map[string][]string{"cn": {"team"}, member: {"uid=ada," + test.people}}),
		}})
		got, proof, err := read(t, ldapsrc.Config{Kind: kind, URL: s.URL(), Base: suffix})
		if err != nil || !proof.Complete || len(got) != 3 {
			t.Errorf("%s: got %d entries, %+v, %v", kind, len(got), proof, err)
			continue
		}
		id := strings.ToLower(test.number)
		want := []plan.Entry{
			{Kind: plan.Person, ID: plan.ExternalID(id + "1"), UID: map[string]string{"389ds": "ada"}[kind]},
			{Kind: plan.Person, ID: plan.ExternalID(id + "2"), UID: map[string]string{"389ds": "bob"}[kind], Inactive: "disabled (nsAccountLock)"},
			{Kind: plan.Group, ID: plan.ExternalID(id + "3"), Members: []string{"uid=ada," + test.people}},
		}
		for i, dn := range []string{"uid=ada," + test.people, "uid=bob," + test.people, "cn=team," + test.groups} {
			want[i].DN, want[i].Key, want[i].Attrs = dn, dn, map[string][]string{}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", kind, diff)
		}
	}
}
