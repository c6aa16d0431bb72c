package entratest

import (
	"net/http"
	"slices"
	"time"
)

// assignment gives a user or a group a role of the application.
type assignment struct {
	id, principal, role string
	name, kind          string
	made                time.Time
	born                int
}

// Source: learn.microsoft.com/graph/api/resources/approleassignment
func assignmentProperties(p *principal) []property[*assignment] {
	return []property[*assignment]{
		{"id", func(a *assignment) any { return a.id }, true, "", ""},
		{"deletedDateTime", func(*assignment) any { return nil }, true, "", ""},
		{"appRoleId", func(a *assignment) any { return a.role }, true, "", ""},
		{"createdDateTime", func(a *assignment) any { return stamp(a.made) }, true, "", ""},
		{"principalDisplayName", func(a *assignment) any { return a.name }, true, "eq startsWith", ""},
		{"principalId", func(a *assignment) any { return a.principal }, true, "", ""},
		{"principalType", func(a *assignment) any { return a.kind }, true, "", ""},
		{"resourceDisplayName", func(*assignment) any { return p.name }, true, "", ""},
		{"resourceId", func(*assignment) any { return p.id }, true, "eq", ""},
	}
}

func (s *Server) listAssignments(c *call) (reply, error) {
	p, err := s.world.principal(c.names["id"])
	if err != nil {
		return reply{}, err
	}
	f, err := filterOf(assignmentProperties(p), nil, c.option("$filter"))
	if err != nil {
		return reply{}, err
	}
	chosen, err := selectOf(assignmentProperties(p), nil, c.option("$select"))
	if err != nil {
		return reply{}, err
	}
	shown := slices.DeleteFunc(slices.Clone(p.assignments), func(a *assignment) bool { return !s.world.seen(a.born) })
	return list(c, listing{context: "appRoleAssignments", usual: 100, most: 999}, shown, f, chosen, nil)
}

// assign refuses an assignment that is there, also one that is not yet seen.
//
// Source: learn.microsoft.com/graph/api/serviceprincipal-post-approleassignedto
func (s *Server) assign(c *call) (reply, error) {
	p, err := s.world.principal(c.names["id"])
	if err != nil {
		return reply{}, err
	}
	given, err := c.object("principalId", "resourceId", "appRoleId")
	if err != nil {
		return reply{}, err
	}
	a := &assignment{made: s.world.now(), born: s.world.asked}
	var resource string
	if err := readAll(given, map[string]any{"principalId": &a.principal, "resourceId": &resource, "appRoleId": &a.role}); err != nil {
		return reply{}, err
	}
	if resource != p.id {
		return reply{}, badRequest("The resourceId '%s' is not the service principal '%s'.", resource, p.id)
	}
	if a.role != roleUser && a.role != roleMSIAM {
		return reply{}, badRequest("Permission being assigned was not found on application '%s'.", p.appID)
	}
	if err := s.assignee(a); err != nil {
		return reply{}, err
	}
	if slices.ContainsFunc(p.assignments, func(o *assignment) bool { return o.principal == a.principal && o.role == a.role }) {
		return reply{}, badRequest("Permission being assigned already exists on the object")
	}
	a.id = s.world.newID("a5519000")
	p.assignments = append(p.assignments, a)
	chosen, err := selectOf(assignmentProperties(p), nil, "")
	if err != nil {
		return reply{}, err
	}
	return jsonReply(http.StatusCreated, entity(c, "servicePrincipals('"+p.id+"')/appRoleAssignedTo", chosen.show(a))), nil
}

func (s *Server) assignee(a *assignment) error {
	if u := s.world.userByID[a.principal]; u != nil {
		a.name, a.kind = u.DisplayName, "User"
		_, err := s.world.user(a.principal)
		return err
	}
	g, err := s.world.group(a.principal)
	switch {
	case err != nil:
		return err
	case s.options.NoPremium:
		return problem(http.StatusForbidden, "Authorization_RequestDenied", "Group assignment needs a licence of Microsoft Entra ID P1 or P2.")
	case g.NoSecurity:
		return badRequest("Only security groups can be assigned to an application.")
	}
	a.name, a.kind = g.DisplayName, "Group"
	return nil
}

// unassign takes an assignment away.
//
// Source: learn.microsoft.com/graph/api/serviceprincipal-delete-approleassignedto
func (s *Server) unassign(c *call) (reply, error) {
	p, err := s.world.principal(c.names["id"])
	if err != nil {
		return reply{}, err
	}
	before := len(p.assignments)
	p.assignments = slices.DeleteFunc(p.assignments, func(a *assignment) bool { return a.id == c.names["assignment"] })
	if len(p.assignments) == before {
		return reply{}, notFound(c.names["assignment"])
	}
	return noContent(), nil
}
