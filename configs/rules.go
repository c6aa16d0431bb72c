package configs

import (
	"maps"
	"slices"
	"strings"

	"ldap2scim/plan"
)

const (
	// customURN is the vendor's extension; its attributes are the IdP
	// attributes that an administrator has created.
	customURN  = "urn:ietf:params:scim:schemas:extension:ivanti:2.0:User:"
	department = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department"
)

// targets are the names that mapping.person takes, with the SCIM path that
// each stands for.
func targets() map[string]string {
	names := map[string]string{"email": plan.WorkEmail, "department": department}
	for _, path := range []string{
		plan.UserName, plan.GivenName, plan.FamilyName, "name.formatted", "name.middleName", plan.DisplayName,
		"nickName", "title", "userType", "preferredLanguage", "locale", "timezone",
	} {
		names[path] = path
	}
	return names
}

// usual is what an inetOrgPerson and a groupOfNames give. A key of the file
// takes the place of the same key here; an empty value takes it away.
func usual() mapping {
	return mapping{
		Person: map[string]string{
			plan.UserName: "uid", plan.GivenName: "givenName", plan.FamilyName: "sn", "email": "mail",
		},
		Group: map[string]string{plan.DisplayName: "cn"},
	}
}

func (f file) rules(membersPerRequest int) plan.Rules {
	m := usual()
	maps.Copy(m.Person, f.Mapping.Person)
	maps.Copy(m.Group, f.Mapping.Group)
	r := plan.Rules{
		MembersPerRequest: membersPerRequest,
		Inactive:          plan.Test{Attribute: strings.ToLower(f.Inactive.Attribute), Values: f.Inactive.Values},
	}
	paths := targets()
	for _, name := range slices.Sorted(maps.Keys(m.Person)) {
		r.Person = add(r.Person, paths[name], m.Person[name])
	}
	for _, name := range slices.Sorted(maps.Keys(f.Mapping.Custom)) {
		r.Person = add(r.Person, customURN+name, f.Mapping.Custom[name])
	}
	for _, name := range slices.Sorted(maps.Keys(m.Group)) {
		r.Group = add(r.Group, name, m.Group[name])
	}
	return r
}

func add(to []plan.Mapping, target, source string) []plan.Mapping {
	if source == "" {
		return to
	}
	return append(to, plan.Mapping{Target: target, Source: strings.ToLower(source)})
}
