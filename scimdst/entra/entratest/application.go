package entratest

import (
	"net/http"
	"slices"
	"strings"
)

// NonGallery is the template of an application that is in no gallery, the only
// one that this server has.
//
// Source: learn.microsoft.com/graph/api/applicationtemplate-instantiate
const NonGallery = "8adf8e6e-67b2-4cf2-a259-e3dc5476c621"

// application is an app registration.
type application struct {
	id, appID, name string
	owner           string // the client that made it
	tags            []string
	notes           string
	extensions      []extension
	born            int
}

func applicationRoutes() []route {
	const paging = "$select $filter $top $count $skiptoken"
	return []route{
		{method: "POST", pattern: "/applicationTemplates/{id}/instantiate", need: writeApplications(), cost: 1, handle: local((*Server).instantiate)},
		{method: "GET", pattern: "/applications", options: paging, need: readApplications(), cost: 2, handle: local((*Server).listApplications)},
		{method: "GET", pattern: "/applications/{id}", options: "$select", need: readApplications(), cost: 1, handle: local((*Server).getApplication)},
		{method: "DELETE", pattern: "/applications/{id}", need: writeApplications(), cost: 1, handle: local((*Server).deleteApplication)},
		{method: "PATCH", pattern: "/applications/{id}", need: writeApplications(), cost: 1, handle: local((*Server).patchApplication)},
		{method: "GET", pattern: "/applications/{id}/extensionProperties", options: "$select", need: readApplications(), cost: 2, handle: local((*Server).listExtensions)},
		{method: "POST", pattern: "/applications/{id}/extensionProperties", need: writeApplications(), cost: 1, handle: local((*Server).createExtension)},
	}
}

func applicationProperties() []property[*application] {
	null := func(*application) any { return nil }
	empty := func(*application) any { return []any{} }
	list := []property[*application]{
		{"id", func(a *application) any { return a.id }, true, "eq in", "ne"},
		{"appId", func(a *application) any { return a.appID }, true, "eq in", "ne"},
		{"applicationTemplateId", func(*application) any { return NonGallery }, true, "eq", "ne"},
		{"displayName", func(a *application) any { return a.name }, true, "eq in startsWith", "ne"},
		{"notes", func(a *application) any { return textOrNull(a.notes) }, true, "", ""},
		{"tags", func(a *application) any { return append([]string{}, a.tags...) }, true, "any-eq", ""},
		{"createdDateTime", func(*application) any { return "2026-01-01T00:00:00Z" }, true, "", ""},
		{"publisherDomain", func(*application) any { return "example.onmicrosoft.com" }, true, "", ""},
		{"signInAudience", func(*application) any { return "AzureADMyOrg" }, true, "", ""},
	}
	for _, name := range []string{"isFallbackPublicClient", "isDeviceOnlyAuthSupported", "groupMembershipClaims", "optionalClaims", "tokenEncryptionKeyId"} {
		list = append(list, property[*application]{name: name, get: null, defaults: true})
	}
	for _, name := range []string{"identifierUris", "addIns", "appRoles", "keyCredentials", "passwordCredentials", "requiredResourceAccess"} {
		list = append(list, property[*application]{name: name, get: empty, defaults: true})
	}
	return append(list,
		property[*application]{name: "api", defaults: true, get: func(*application) any {
			return map[string]any{
				"requestedAccessTokenVersion": nil, "acceptMappedClaims": nil, "knownClientApplications": []any{},
				"oauth2PermissionScopes": []any{}, "preAuthorizedApplications": []any{},
			}
		}},
		property[*application]{name: "info", defaults: true, get: func(*application) any { return information() }},
		property[*application]{name: "parentalControlSettings", defaults: true, get: func(*application) any {
			return map[string]any{"countriesBlockedForMinors": []any{}, "legalAgeGroupRule": "Allow"}
		}},
		property[*application]{name: "publicClient", defaults: true, get: func(*application) any { return map[string]any{"redirectUris": []any{}} }},
		property[*application]{name: "web", defaults: true, get: func(*application) any {
			return map[string]any{
				"redirectUris": []any{}, "homePageUrl": nil, "logoutUrl": nil,
				"implicitGrantSettings": map[string]any{"enableIdTokenIssuance": true, "enableAccessTokenIssuance": false},
			}
		}},
	)
}

func information() map[string]any {
	return map[string]any{"termsOfServiceUrl": nil, "supportUrl": nil, "privacyStatementUrl": nil, "marketingUrl": nil, "logoUrl": nil}
}

// instantiate makes an application and its service principal. Done twice, it
// makes two.
func (s *Server) instantiate(c *call) (reply, error) {
	given, err := c.object("displayName")
	if err != nil {
		return reply{}, err
	}
	if c.names["id"] != NonGallery {
		return reply{}, notFound(c.names["id"])
	}
	var name string
	if err := into(given, "displayName", &name); err != nil {
		return reply{}, err
	}
	if name == "" || len(name) > 120 {
		return reply{}, badRequest("Invalid value specified for property 'displayName' of resource 'Application'.")
	}
	w := s.world
	a := &application{id: w.newID("a9900000"), appID: w.newID("a991d000"), name: name, owner: c.client.ID, born: w.asked}
	p := newPrincipal(w.newID("59000000"), a)
	w.applications, w.principals = append(w.applications, a), append(w.principals, p)
	of, err := selectOf(applicationProperties(), nil, "")
	if err != nil {
		return reply{}, err
	}
	as, err := selectOf(principalProperties(), nil, "")
	if err != nil {
		return reply{}, err
	}
	return jsonReply(http.StatusCreated, map[string]any{
		"@odata.context": c.context("microsoft.graph.applicationServicePrincipal"), "application": of.show(a), "servicePrincipal": as.show(p),
	}), nil
}

func (w *world) application(id string) (*application, error) {
	i := slices.IndexFunc(w.applications, func(a *application) bool { return a.id == id && w.seen(a.born) })
	if i < 0 {
		return nil, notFound(id)
	}
	return w.applications[i], nil
}

func (s *Server) listApplications(c *call) (reply, error) {
	f, err := filterOf(applicationProperties(), nil, c.option("$filter"))
	if err != nil {
		return reply{}, err
	}
	chosen, err := selectOf(applicationProperties(), nil, c.option("$select"))
	if err != nil {
		return reply{}, err
	}
	shown := slices.DeleteFunc(slices.Clone(s.world.applications), func(a *application) bool { return !s.world.seen(a.born) })
	return list(c, listing{context: "applications", usual: 100, most: 999}, shown, f, chosen, nil)
}

func (s *Server) getApplication(c *call) (reply, error) {
	a, err := s.world.application(c.names["id"])
	if err != nil {
		return reply{}, err
	}
	chosen, err := selectOf(applicationProperties(), nil, c.option("$select"))
	if err != nil {
		return reply{}, err
	}
	return jsonReply(http.StatusOK, entity(c, "applications", chosen.show(a))), nil
}

// owned refuses a client that may write only its own applications and did not
// make this one.
func (a *application) owned(client *Client, roles ...string) error {
	for _, role := range roles {
		if slices.Contains(client.Roles, role) {
			return nil
		}
	}
	if a.owner == client.ID {
		return nil
	}
	return need{strings.Join(roles, " ")}.met(client)
}

// deleteApplication takes an application away, with its service principal and
// all that is set up in that, and its extensions with their values.
//
// Source: learn.microsoft.com/graph/api/application-delete
func (s *Server) deleteApplication(c *call) (reply, error) {
	a, err := s.world.application(c.names["id"])
	if err != nil {
		return reply{}, err
	}
	if err := a.owned(c.client, "Application.ReadWrite.All"); err != nil {
		return reply{}, err
	}
	w := s.world
	w.applications = slices.DeleteFunc(w.applications, func(o *application) bool { return o == a })
	w.principals = slices.DeleteFunc(w.principals, func(p *principal) bool { return p.application == a })
	return noContent(), nil
}

func (s *Server) patchApplication(c *call) (reply, error) {
	a, err := s.world.application(c.names["id"])
	if err != nil {
		return reply{}, err
	}
	given, err := c.object("displayName", "notes", "tags")
	if err != nil {
		return reply{}, err
	}
	if err := a.owned(c.client, "Application.ReadWrite.All"); err != nil {
		return reply{}, err
	}
	if err := readAll(given, map[string]any{"displayName": &a.name, "notes": &a.notes, "tags": &a.tags}); err != nil {
		return reply{}, err
	}
	return noContent(), nil
}
