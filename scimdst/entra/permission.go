package entra

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"

	"ldap2scim/plan"
)

// Permission is one that the road needs, as an application permission of
// Microsoft Graph.
type Permission struct {
	// Name is the least that suffices, Or are those that suffice as well.
	Name string
	Or   []string
	// For says for what, in words.
	For string
	// Paths are the beginnings of the requests, with their methods, that need
	// it; {} stands for one segment.
	Paths []string
}

// Permissions returns all that a plan by these rules needs.
func Permissions(r plan.Rules) []Permission {
	writes := len(customs(r.Person)) > 0
	return slices.DeleteFunc(permissions(), func(p Permission) bool { return p.Name == writePeople && !writes })
}

// writePeople is needed where there are custom attributes.
const writePeople = "User.ReadWrite.All"

// permissions are all that there are, in the order in which they are used.
// Source: the table Permissions of each page of learn.microsoft.com/graph/api.
func permissions() []Permission {
	return []Permission{
		{"User.Read.All", []string{"User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"}, "read people", []string{"GET /users", "GET /directory/deletedItems"}},
		{"Group.ReadWrite.All", []string{"Directory.ReadWrite.All"}, "read and write groups and their members", []string{"GET /groups", "POST /groups", "PATCH /groups", "DELETE /groups"}},
		{"Organization.Read.All", []string{"Directory.Read.All", "Directory.ReadWrite.All"}, "read licences and the last synchronisation", []string{"GET /organization", "GET /subscribedSkus"}},
		{"Application.Read.All", []string{"Application.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"}, "find applications that provision the same service", []string{"GET /applications", "GET /servicePrincipals"}},
		{"Synchronization.Read.All", []string{"Synchronization.ReadWrite.All"}, "see whether other applications are provisioned", []string{"GET /servicePrincipals/{}/synchronization/jobs"}},
		{"Application.ReadWrite.OwnedBy", []string{"Application.ReadWrite.All"}, "make the application, its attributes and its provisioning", []string{"POST /applicationTemplates", "POST /applications", "DELETE /applications", "PATCH /servicePrincipals", "/synchronization/"}},
		{"AppRoleAssignment.ReadWrite.All", nil, "assign people and groups", []string{"POST /servicePrincipals/{}/appRoleAssignedTo"}},
		{"ProvisioningLog.Read.All", []string{"AuditLog.Read.All"}, "read the provisioning logs", []string{"GET /auditLogs"}},
		{writePeople, []string{"Directory.ReadWrite.All"}, "write attributes to people who are not synced", []string{"PATCH /users"}},
	}
}

// Missing returns the permissions that none of the granted ones stands for.
func Missing(needs []Permission, granted []string) []Permission {
	return slices.DeleteFunc(slices.Clone(needs), func(p Permission) bool {
		return slices.Contains(granted, p.Name) || slices.ContainsFunc(p.Or, func(o string) bool { return slices.Contains(granted, o) })
	})
}

// Granted reads the permissions out of an access token: its roles, or the
// scopes of a person who signed in. It returns nil when the token says nothing
// that can be read, which is no error: a token is opaque to who uses it.
func Granted(token string) []string {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil
	}
	claims, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return nil
	}
	var said struct {
		Roles []string `json:"roles"`
		Scope string   `json:"scp"`
	}
	if json.Unmarshal(claims, &said) != nil {
		return nil
	}
	return append(said.Roles, strings.Fields(said.Scope)...)
}

// needed names the permission of a request, or "".
func needed(method, path string) string {
	best, length := "", 0
	for _, p := range permissions() {
		for _, one := range p.Paths {
			m, prefix, own := strings.Cut(one, " ")
			if !own {
				m, prefix = method, one
			}
			if m == method && fits(path, prefix) && len(prefix) > length {
				best, length = p.Name, len(prefix)
			}
		}
	}
	return best
}

// fits holds a path against a beginning, or a part of it that ends in /.
func fits(path, prefix string) bool {
	if strings.HasSuffix(prefix, "/") {
		return strings.Contains(path, prefix)
	}
	want, have := strings.Split(prefix, "/"), strings.Split(path, "/")
	if len(have) < len(want) {
		return false
	}
	for i, segment := range want {
		if segment != "{}" && segment != have[i] {
			return false
		}
	}
	return true
}
