package configs

import (
	"ldap2scim/ldapsrc"
	"ldap2scim/plan"
)

// presetMapping is what is mapped where the file is silent, for the source's
// kind of directory: its names of attributes, which the file may have changed.
func presetMapping(source ldapsrc.Config) mapping {
	if source.Kind == "" { // what every inetOrgPerson and groupOfNames has
		return mapping{
			Person: map[string]filling{
				plan.UserName: from("uid"), plan.GivenName: from("givenName"), plan.FamilyName: from("sn"), nameEmail: from("mail"),
			},
			Group: map[string]filling{plan.DisplayName: from("cn")},
		}
	}
	source = source.WithDefaults()
	users, groups := source.Users.Names, source.Groups.Names
	m := mapping{
		Person: map[string]filling{
			plan.UserName: from(users.UID), plan.GivenName: from(users.FirstName), plan.FamilyName: from(users.LastName),
			plan.DisplayName: from(users.DisplayName), nameEmail: from(users.Email), nameDepartment: from("departmentNumber"),
		},
		Group: map[string]filling{plan.DisplayName: from(groups.Name)},
	}
	if source.Kind == "ad" {
		// What Entra ID knows a person by.
		m.Person[plan.UserName], m.Person[nameDepartment] = from(users.PrincipalName), from("department")
	}
	return m
}
