package configs

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"text/template"
)

//go:embed example.yaml
var exampleText string

// preset is what differs between kinds of directories.
type preset struct {
	Title, Kind, Suffix, Reader, Users, Groups string
	UserFilter, GroupFilter, ID                string
	UserName, Department                       string
	Inactive, InactiveValues                   string
	// Entra says that the destination is that road.
	Entra bool
}

func presets() map[string]preset {
	open := preset{
		Title: "OpenLDAP", Suffix: "dc=example,dc=com", Reader: "cn=reader,dc=example,dc=com",
		Users: "ou=people,dc=example,dc=com", Groups: "ou=groups,dc=example,dc=com",
		UserFilter: "(objectClass=inetOrgPerson)", GroupFilter: "(objectClass=groupOfNames)", ID: "entryUUID",
		UserName: "uid", Department: "departmentNumber", Inactive: "pwdAccountLockedTime",
	}
	port389 := open
	port389.Title, port389.ID = "389 Directory Server", "nsUniqueId"
	port389.Inactive, port389.InactiveValues = "nsAccountLock", `"true"`
	free := port389
	free.Title, free.ID = "FreeIPA", "ipaUniqueID"
	free.Reader = "uid=reader,cn=sysaccounts,cn=etc,dc=example,dc=com"
	free.Users, free.Groups = "cn=users,cn=accounts,dc=example,dc=com", "cn=groups,cn=accounts,dc=example,dc=com"
	ad := preset{
		Title: "Active Directory", Suffix: "dc=example,dc=com", Reader: "cn=reader,cn=Users,dc=example,dc=com",
		Users: "dc=example,dc=com", Groups: "dc=example,dc=com",
		UserFilter: "(&(objectCategory=person)(objectClass=user))", GroupFilter: "(objectClass=group)", ID: "objectGUID",
		UserName: "userPrincipalName", Department: "department",
		Inactive: "userAccountControl", InactiveValues: `"514", "546", "66050", "66082"`,
	}
	return map[string]preset{"openldap": open, "389ds": port389, "freeipa": free, "ad": ad}
}

// Directories returns the kinds of directories that have an example.
func Directories() []string { return []string{"openldap", "ad", "389ds", "freeipa"} }

// Destinations returns the kinds of destinations that have an example.
func Destinations() []string { return []string{"scim", "entra"} }

// Example returns a commented configuration file for a kind of directory and a
// kind of destination.
func Example(directory, destination string) (string, error) {
	if !slices.Contains(Destinations(), destination) {
		return "", fmt.Errorf("destination kind %q is not one of %s%s", destination, strings.Join(Destinations(), ", "), meant(destination, Destinations()))
	}
	if !slices.Contains(Directories(), directory) {
		return "", fmt.Errorf("directory kind %q is not one of %s%s", directory, strings.Join(Directories(), ", "), meant(directory, Directories()))
	}
	t, err := template.New("example").Parse(exampleText)
	if err != nil {
		return "", fmt.Errorf("example: %w", err)
	}
	var b strings.Builder
	p := presets()[directory]
	p.Kind, p.Entra = directory, destination == "entra"
	if p.Entra && directory != "ad" {
		// Entra ID sends the userPrincipalName, which most have as their mail.
		p.UserName = `{expression: 'first("mail")'}`
	}
	if err := t.Execute(&b, p); err != nil {
		return "", fmt.Errorf("example for %s: %w", directory, err)
	}
	return b.String(), nil
}
