package entratest

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
)

const mostBound = 20 // members in one PATCH (learn.microsoft.com/graph/api/group-post-members)

// createGroup makes a security group. A second of the same name is another
// group: nothing in the directory is unique but the id.
//
// Source: learn.microsoft.com/graph/api/group-post-groups
func (s *Server) createGroup(c *call) (reply, error) {
	given, err := c.object("displayName", "description", "mailEnabled", "mailNickname", "securityEnabled", "groupTypes", "members@odata.bind")
	if err != nil {
		return reply{}, err
	}
	for _, name := range []string{"displayName", "mailEnabled", "mailNickname", "securityEnabled"} {
		if _, ok := given[name]; !ok {
			return reply{}, badRequest("A value is required for property '%s' of resource 'Group'.", name)
		}
	}
	var g Group
	var security bool
	var types []string
	if err := readAll(given, map[string]any{
		"displayName": &g.DisplayName, "description": &g.Description, "mailEnabled": &g.MailEnabled,
		"mailNickname": &g.MailNickname, "securityEnabled": &security, "groupTypes": &types,
	}); err != nil {
		return reply{}, err
	}
	switch {
	case g.DisplayName == "" || len(g.DisplayName) > 256:
		return reply{}, badRequest("Invalid value specified for property 'displayName' of resource 'Group'.")
	case g.MailNickname == "" || len(g.MailNickname) > 64 || strings.ContainsAny(g.MailNickname, "@()\\[]\";:<>, "):
		return reply{}, badRequest("Invalid value specified for property 'mailNickname' of resource 'Group'.")
	case len(g.Description) > 1024:
		return reply{}, badRequest("Invalid value specified for property 'description' of resource 'Group'.")
	case g.MailEnabled || !security || len(types) > 0:
		return reply{}, unknown("This server makes security groups only.")
	}
	ids, err := s.bound(given)
	if err != nil {
		return reply{}, err
	}
	g.born = s.world.asked
	s.world.addGroup(&g)
	for _, id := range ids {
		g.add(id)
	}
	chosen, err := selectOf(groupProperties(), nil, "")
	if err != nil {
		return reply{}, err
	}
	return jsonReply(http.StatusCreated, entity(c, "groups", chosen.show(&g))), nil
}

func readAll(given map[string]json.RawMessage, targets map[string]any) error {
	for name := range given {
		if target, ok := targets[name]; ok {
			if json.Unmarshal(given[name], target) != nil {
				return badRequest("Invalid value specified for property '%s' of the resource.", name)
			}
		}
	}
	return nil
}

// writable refuses what Graph may not change.
func (g *Group) writable() error {
	switch {
	case g.Synced:
		return badRequest("Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently undergoing migration.")
	case g.MailEnabled:
		return badRequest("Cannot Update a mail-enabled security groups and or distribution list.")
	}
	return nil
}

// members of a dynamic group come from its rule.
func (g *Group) takesMembers() error {
	if g.Dynamic != "" {
		return problem(http.StatusForbidden, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
	}
	return g.writable()
}

// patchGroup changes what a group is called, or adds up to 20 members, all of
// them or none.
func (s *Server) patchGroup(c *call) (reply, error) {
	g, err := s.world.group(c.names["id"])
	if err != nil {
		return reply{}, err
	}
	given, err := c.object("displayName", "description", "members@odata.bind")
	if err != nil {
		return reply{}, err
	}
	if _, binds := given["members@odata.bind"]; binds {
		if err := g.takesMembers(); err != nil {
			return reply{}, err
		}
	} else if err := writeGroups().met(c.client); err != nil {
		return reply{}, err
	}
	if err := g.writable(); err != nil {
		return reply{}, err
	}
	ids, err := s.bound(given)
	if err != nil {
		return reply{}, err
	}
	for _, id := range ids {
		if g.has[id] {
			return reply{}, alreadyMember()
		}
	}
	if err := readAll(given, map[string]any{"displayName": &g.DisplayName, "description": &g.Description}); err != nil {
		return reply{}, err
	}
	for _, id := range ids {
		g.add(id)
	}
	return noContent(), nil
}

// deleteGroup takes a security group away for good, and with it that it is
// assigned.
//
// Source: learn.microsoft.com/graph/api/group-delete
func (s *Server) deleteGroup(c *call) (reply, error) {
	g, err := s.world.group(c.names["id"])
	if err != nil {
		return reply{}, err
	}
	if err := g.writable(); err != nil {
		return reply{}, err
	}
	g.Deleted = true
	for _, p := range s.world.principals {
		p.assignments = slices.DeleteFunc(p.assignments, func(a *assignment) bool { return a.principal == g.ID })
	}
	return noContent(), nil
}

func alreadyMember() error {
	return badRequest("One or more added object references already exist for the following modified properties: 'members'.")
}
