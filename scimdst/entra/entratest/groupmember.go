package entratest

import (
	"encoding/json"
	"slices"
	"strings"
)

// bound reads members@odata.bind.
func (s *Server) bound(given map[string]json.RawMessage) ([]string, error) {
	var links []string
	if err := into(given, "members@odata.bind", &links); err != nil {
		return nil, err
	}
	if len(links) > mostBound {
		return nil, badRequest("The request has %d references in 'members@odata.bind'; the most are %d.", len(links), mostBound)
	}
	var ids []string
	for _, link := range links {
		id, err := s.reference(link)
		if err != nil {
			return nil, err
		}
		if slices.Contains(ids, id) {
			return nil, badRequest("The reference '%s' is there twice.", id)
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// reference reads the id of a directory object off its address, of this server
// or of graph.microsoft.com.
func (s *Server) reference(link string) (string, error) {
	for _, root := range []string{s.URL, "https://graph.microsoft.com/v1.0"} {
		for _, kind := range []string{"/directoryObjects/", "/users/", "/groups/"} {
			if id, ok := strings.CutPrefix(link, root+kind); ok {
				return id, s.world.member(id)
			}
		}
	}
	return "", unknown("Invalid URL format specified in payload: %s", link)
}

func (s *Server) addMember(c *call) (reply, error) {
	g, err := s.world.group(c.names["id"])
	if err != nil {
		return reply{}, err
	}
	given, err := c.object("@odata.id")
	if err != nil {
		return reply{}, err
	}
	var link string
	if err := into(given, "@odata.id", &link); err != nil {
		return reply{}, err
	}
	if err := g.takesMembers(); err != nil {
		return reply{}, err
	}
	id, err := s.reference(link)
	if err != nil {
		return reply{}, err
	}
	if g.has[id] {
		return reply{}, alreadyMember()
	}
	g.add(id)
	return noContent(), nil
}

// removeMember takes a member out of a group.
//
// Source: learn.microsoft.com/graph/api/group-delete-members
func (s *Server) removeMember(c *call) (reply, error) {
	g, err := s.world.group(c.names["id"])
	if err != nil {
		return reply{}, err
	}
	if err := c.nothing(); err != nil {
		return reply{}, err
	}
	if err := g.takesMembers(); err != nil {
		return reply{}, err
	}
	id := c.names["member"]
	if !g.has[id] {
		return reply{}, notFound(id)
	}
	g.drop(id)
	return noContent(), nil
}
