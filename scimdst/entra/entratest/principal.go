package entratest

import (
	"net/http"
	"slices"
	"unicode/utf8"
)

// The roles of an application of the non-gallery template.
const (
	roleUser  = "18d14569-c3bd-439b-9a66-3a2aee01d14f"
	roleMSIAM = "b9632174-c057-4f7e-951b-be3adc52bfe6"
)

const mostNotes = 1024 // characters (learn.microsoft.com/graph/api/resources/serviceprincipal)

// principal is the service principal of an application: who is assigned to it,
// and how it is provisioned.
type principal struct {
	*application
	id          string
	tags        []string
	notes       string
	assignments []*assignment
	jobs        []*job
	secrets     map[string]string
}

func newPrincipal(id string, a *application) *principal {
	return &principal{
		application: a, id: id, secrets: map[string]string{},
		tags: []string{"WindowsAzureActiveDirectoryIntegratedApp", "WindowsAzureActiveDirectoryCustomSingleSignOnApplication"},
	}
}

func principalRoutes() []route {
	const paging = "$select $filter $top $count $skiptoken"
	return []route{
		{method: "GET", pattern: "/servicePrincipals", options: paging, need: readApplications(), cost: 1, handle: local((*Server).listPrincipals)},
		{method: "GET", pattern: "/servicePrincipals/{id}", options: "$select", need: readApplications(), cost: 1, handle: local((*Server).getPrincipal)},
		{method: "PATCH", pattern: "/servicePrincipals/{id}", need: writeApplications(), cost: 1, handle: local((*Server).patchPrincipal)},
		{method: "GET", pattern: "/servicePrincipals/{id}/appRoleAssignedTo", options: paging, need: readAssignments(), cost: 1, handle: local((*Server).listAssignments)},
		{method: "POST", pattern: "/servicePrincipals/{id}/appRoleAssignedTo", need: writeAssignments(), cost: 1, handle: local((*Server).assign)},
		{method: "DELETE", pattern: "/servicePrincipals/{id}/appRoleAssignedTo/{assignment}", need: writeAssignments(), cost: 1, handle: local((*Server).unassign)},
	}
}

func roles() []any {
	role := func(id, name string, value any) map[string]any {
		return map[string]any{
			"allowedMemberTypes": []string{"User"}, "description": name, "displayName": name, "id": id,
			"isEnabled": true, "origin": "Application", "value": value,
		}
	}
	return []any{role(roleUser, "User", nil), role(roleMSIAM, "msiam_access", nil)}
}

func principalProperties() []property[*principal] {
	null := func(*principal) any { return nil }
	empty := func(*principal) any { return []any{} }
	list := []property[*principal]{
		{"id", func(p *principal) any { return p.id }, true, "eq in", "ne"},
		{"accountEnabled", func(*principal) any { return true }, true, "eq", ""},
		{"appDisplayName", func(p *principal) any { return p.name }, true, "", ""},
		{"appId", func(p *principal) any { return p.appID }, true, "eq in", "ne"},
		{"applicationTemplateId", func(*principal) any { return NonGallery }, true, "eq", "ne"},
		{"appOwnerOrganizationId", func(*principal) any { return Tenant }, true, "eq", ""},
		{"appRoleAssignmentRequired", func(*principal) any { return true }, true, "", ""},
		{"appRoles", func(*principal) any { return roles() }, true, "", ""},
		{"displayName", func(p *principal) any { return p.name }, true, "eq in startsWith", "ne"},
		{"info", func(*principal) any { return information() }, true, "", ""},
		{"notes", func(p *principal) any { return textOrNull(p.notes) }, true, "", ""},
		{"servicePrincipalNames", func(p *principal) any { return []string{p.appID} }, true, "", ""},
		{"servicePrincipalType", func(*principal) any { return "Application" }, true, "", ""},
		{"tags", func(p *principal) any { return append([]string{}, p.tags...) }, true, "any-eq", ""},
	}
	for _, name := range []string{"homepage", "logoutUrl", "publisherName", "tokenEncryptionKeyId"} {
		list = append(list, property[*principal]{name: name, get: null, defaults: true})
	}
	for _, name := range []string{"addIns", "alternativeNames", "endpoints", "keyCredentials", "oauth2PermissionScopes", "passwordCredentials", "replyUrls"} {
		list = append(list, property[*principal]{name: name, get: empty, defaults: true})
	}
	return list
}

func (w *world) principal(id string) (*principal, error) {
	i := slices.IndexFunc(w.principals, func(p *principal) bool { return p.id == id && w.seen(p.born) })
	if i < 0 {
		return nil, notFound(id)
	}
	return w.principals[i], nil
}

func (s *Server) listPrincipals(c *call) (reply, error) {
	f, err := filterOf(principalProperties(), nil, c.option("$filter"))
	if err != nil {
		return reply{}, err
	}
	chosen, err := selectOf(principalProperties(), nil, c.option("$select"))
	if err != nil {
		return reply{}, err
	}
	shown := slices.DeleteFunc(slices.Clone(s.world.principals), func(p *principal) bool { return !s.world.seen(p.born) })
	return list(c, listing{context: "servicePrincipals", usual: 100, most: 999}, shown, f, chosen, nil)
}

func (s *Server) getPrincipal(c *call) (reply, error) {
	p, err := s.world.principal(c.names["id"])
	if err != nil {
		return reply{}, err
	}
	chosen, err := selectOf(principalProperties(), nil, c.option("$select"))
	if err != nil {
		return reply{}, err
	}
	return jsonReply(http.StatusOK, entity(c, "servicePrincipals", chosen.show(p))), nil
}

func (s *Server) patchPrincipal(c *call) (reply, error) {
	p, err := s.world.principal(c.names["id"])
	if err != nil {
		return reply{}, err
	}
	given, err := c.object("notes", "tags")
	if err != nil {
		return reply{}, err
	}
	if err := p.owned(c.client, "Application.ReadWrite.All"); err != nil {
		return reply{}, err
	}
	notes := p.notes
	if err := readAll(given, map[string]any{"notes": &notes, "tags": &p.tags}); err != nil {
		return reply{}, err
	}
	if utf8.RuneCountInString(notes) > mostNotes {
		return reply{}, badRequest("Invalid value specified for property 'notes' of resource 'ServicePrincipal'.")
	}
	p.notes = notes
	return noContent(), nil
}
