package ldapsrc

import (
	"fmt"
	"slices"
	"strings"
)

// Kinds returns the names of the kinds of directories that Config.Kind takes.
func Kinds() []string { return []string{"ad", "openldap", "389ds", "freeipa", "generic"} }

// defaults is what a kind of directory fills in where the configuration is
// silent.
type defaults struct {
	// usersAt and groupsAt stand before Config.Base.
	usersAt, groupsAt    string
	users, groups, units Search
	primaryGroups        string
}

// WithDefaults returns c with what its Kind fills in. It changes nothing that
// is set, and doing it again changes nothing more. Validate, Open and OpenLDIF
// do it themselves; a caller needs it to see the whole configuration.
func (c Config) WithDefaults() Config {
	if c.PageSize == 0 {
		c.PageSize = defaultPageSize
	}
	if c.Timeout == 0 {
		c.Timeout = defaultTimeout
	}
	if c.URL == "" && len(c.URLs) > 0 {
		c.URL, c.URLs = c.URLs[0], c.URLs[1:]
	}
	d := defaultsOf(c.Kind)
	fill(&c.PrimaryGroups, d.primaryGroups)
	wanted := !c.Units.empty()
	c.Users = c.Users.or(d.users).below(d.usersAt, c.Base)
	c.Groups = c.Groups.or(d.groups).below(d.groupsAt, c.Base)
	if wanted {
		c.Units = c.Units.or(d.units).below("", c.Base)
	}
	return c
}

// defaultsOf returns the defaults of a kind; they are empty for one that there
// is not, and for none.
func defaultsOf(kind string) defaults {
	switch kind {
	case "ad":
		return activeDirectory()
	case "openldap":
		return openLDAP()
	case "389ds":
		return port389()
	case "freeipa":
		return freeIPA()
	case "generic":
		return generic()
	}
	return defaults{}
}

func generic() defaults {
	return defaults{
		users: Search{
			Filter: "(objectClass=inetOrgPerson)", ID: "entryUUID",
			Names: Names{
				Name: "cn", Description: "description", UID: "uid", FirstName: "givenName", LastName: "sn",
				DisplayName: "displayName", Email: "mail", PrincipalName: "mail", Locale: "preferredLanguage", MemberOf: "memberOf",
			},
		},
		groups: Search{
			Filter: "(|(objectClass=groupOfNames)(objectClass=groupOfUniqueNames)(objectClass=posixGroup)(objectClass=groupOfURLs))",
			ID:     "entryUUID", Members: "member, uniqueMember, memberUid",
			Names: Names{Name: "cn", Description: "description", MemberOf: "memberOf"},
		},
		units: Search{
			Filter: "(objectClass=organizationalUnit)", ID: "entryUUID",
			Names: Names{Name: "ou", Description: "description"},
		},
	}
}

func openLDAP() defaults {
	d := generic()
	d.users.Account = []string{"pwdAccountLockedTime", "shadowExpire"}
	d.groups.Dynamic = "memberURL"
	return d
}

func port389() defaults {
	d := generic()
	for _, s := range []*Search{&d.users, &d.groups, &d.units} {
		s.ID = "nsUniqueId"
	}
	d.users.Account = []string{"nsAccountLock", "shadowExpire"}
	d.groups.Dynamic = "memberURL"
	return d
}

// freeIPA keeps people and groups flat in two containers.
func freeIPA() defaults {
	d := generic()
	d.usersAt, d.groupsAt = "cn=users,cn=accounts", "cn=groups,cn=accounts"
	for _, s := range []*Search{&d.users, &d.groups, &d.units} {
		s.ID = "ipaUniqueID"
	}
	d.users.Filter = "(objectClass=inetUser)"
	d.users.PrincipalName = "krbPrincipalName"
	d.users.Account = []string{"nsAccountLock", "krbPrincipalExpiration"}
	d.groups.Filter, d.groups.Members = "(objectClass=ipaUserGroup)", "member"
	return d
}

// activeDirectory asks for normal accounts by sAMAccountType ([MS-SAMR]
// §2.2.1.9), which is indexed: computers, trusts and contacts stay out.
func activeDirectory() defaults {
	return defaults{
		primaryGroups: includePrimary,
		users: Search{
			Filter: "(&(objectCategory=person)(objectClass=user)(sAMAccountType=805306368))", ID: "objectGUID",
			Account: []string{"userAccountControl", "accountExpires"},
			Names: Names{
				Name: "cn", Description: "description", UID: "sAMAccountName", FirstName: "givenName", LastName: "sn",
				DisplayName: "displayName", Email: "mail", PrincipalName: "userPrincipalName", Locale: "preferredLanguage", MemberOf: "memberOf",
			},
		},
		groups: Search{
			Filter: "(objectClass=group)", ID: "objectGUID", Members: "member",
			Names: Names{Name: "cn", Description: "description", MemberOf: "memberOf"},
		},
		units: Search{
			Filter: "(objectClass=organizationalUnit)", ID: "objectGUID",
			Names: Names{Name: "ou", Description: "description"},
		},
	}
}

// or returns s with what d fills in.
func (s Search) or(d Search) Search {
	fill(&s.Filter, d.Filter)
	fill(&s.ID, d.ID)
	fill(&s.Members, d.Members)
	fill(&s.Dynamic, d.Dynamic)
	if s.Account == nil {
		s.Account = slices.Clone(d.Account)
	}
	for _, name := range []struct {
		have *string
		with string
	}{
		{&s.Name, d.Name},
		{&s.Description, d.Description},
		{&s.UID, d.UID},
		{&s.FirstName, d.FirstName},
		{&s.LastName, d.LastName},
		{&s.DisplayName, d.DisplayName},
		{&s.Email, d.Email},
		{&s.PrincipalName, d.PrincipalName},
		{&s.Locale, d.Locale},
		{&s.MemberOf, d.MemberOf},
	} {
		fill(name.have, name.with)
	}
	return s
}

// below returns s with its base, when it has none, at a place below base.
func (s Search) below(place, base string) Search {
	if s.Base == "" && len(s.Bases) == 0 && base != "" {
		s.Base = strings.TrimPrefix(place+","+base, ",")
	}
	return s
}

func fill(have *string, with string) {
	if *have == "" {
		*have = with
	}
}

func (c Config) kindMistakes() []error {
	if c.Kind != "" && !slices.Contains(Kinds(), c.Kind) {
		return []error{fmt.Errorf("kind: %q is not one of %s", c.Kind, strings.Join(Kinds(), ", "))}
	}
	return nil
}
