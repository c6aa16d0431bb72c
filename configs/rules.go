package configs

import (
	"maps"
	"slices"
	"strings"

	"ldap2scim/plan"
)

const (
	department = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department"

	// Names in the file that are not the SCIM path itself.
	nameEmail      = "email"
	nameDepartment = "department"
)

// targets are the names that mapping.person takes, with the SCIM path that
// each stands for.
func targets() map[string]string {
	names := map[string]string{nameEmail: plan.WorkEmail, nameDepartment: department}
	for _, path := range []string{
		plan.UserName, plan.GivenName, plan.FamilyName, "name.formatted", "name.middleName", plan.DisplayName,
		"nickName", "title", "userType", "preferredLanguage", "locale", "timezone",
	} {
		names[path] = path
	}
	return names
}

// effective is the mapping of the file, with what the preset fills in. A key
// of the file takes the place of the same key there; an empty value takes it
// away.
func (f file) effective() mapping {
	m := presetMapping(f.Source.Config)
	maps.Copy(m.Person, f.Mapping.Person)
	maps.Copy(m.Group, f.Mapping.Group)
	m.Custom = f.Mapping.Custom
	return m
}

func (f file) rules(membersPerRequest int) plan.Rules {
	m := f.effective()
	r := plan.Rules{
		MembersPerRequest: membersPerRequest, CustomLength: f.Mapping.CustomLength,
		ManagedAppleID: f.managedAppleID(), Prerequisites: f.prerequisites(), Waived: f.waived(),
		Inactive: plan.Test{Attribute: strings.ToLower(f.Inactive.Attribute), Values: f.Inactive.Values},
	}
	for name, userName := range f.Mapping.UserNames {
		if r.UserNames == nil {
			r.UserNames = map[string]string{}
		}
		r.UserNames[fold(name)] = userName
	}
	r.Groups, r.Waves, r.Guards, r.Quota = f.groupRules(), f.waves(), f.guards(), f.quota()
	paths := targets()
	r.Person = mappings(m.Person, func(name string) string { return paths[name] })
	r.Person = append(r.Person, mappings(m.Custom, func(name string) string { return plan.CustomURN + name })...)
	r.Group = mappings(m.Group, func(name string) string { return name })
	return r
}

// quota is what the estimate goes by: what the client keeps to for writes.
func (f file) quota() plan.Quota {
	p, err := f.Destination.Effective()
	if err != nil { // said where the destination is checked
		return plan.Quota{}
	}
	return plan.Quota{RequestsPerSecond: p.Quota.Writes(), Price: f.PricePerRequest}
}

// mappings are the fillings as rules, in the order of their names.
func mappings(by map[string]filling, path func(name string) string) []plan.Mapping {
	var ms []plan.Mapping
	for _, name := range slices.Sorted(maps.Keys(by)) {
		if !by[name].empty() && path(name) != "" {
			ms = append(ms, by[name].mapping(path(name)))
		}
	}
	return ms
}

// find returns the filling of a target with its key in the file.
func (m mapping) find(k plan.Kind, target string) (filling, string) {
	if k == plan.Group {
		return m.Group[target], "mapping.group." + target
	}
	if name, isCustom := strings.CutPrefix(target, plan.CustomURN); isCustom {
		return m.Custom[name], "mapping.custom." + name
	}
	for name, path := range targets() {
		if path == target {
			return m.Person[name], "mapping.person." + name
		}
	}
	return filling{}, "mapping.person"
}
