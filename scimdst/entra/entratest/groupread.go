package entratest

import "net/http"

func groupRoutes() []route {
	const paging = "$select $filter $top $count $skiptoken"
	const cast = "/microsoft.graph.user"
	return []route{
		{method: "GET", pattern: "/groups", options: paging, need: readGroups(), cost: 1, handle: local((*Server).listGroups)},
		{method: "POST", pattern: "/groups", need: createGroups(), cost: 1, handle: local((*Server).createGroup)},
		{method: "GET", pattern: "/groups/{id}", options: "$select", need: readGroups(), cost: 1, handle: local((*Server).getGroup)},
		{method: "DELETE", pattern: "/groups/{id}", need: writeGroups(), cost: 1, handle: local((*Server).deleteGroup)},
		{method: "PATCH", pattern: "/groups/{id}", need: writeMembers(), cost: 1, handle: local((*Server).patchGroup)},
		{method: "GET", pattern: "/groups/{id}/members", options: paging, need: readGroups(), cost: 3, handle: local(listMembers((*world).direct, false))},
		{method: "GET", pattern: "/groups/{id}/members" + cast, options: paging, need: readGroups(), cost: 3, handle: local(listMembers((*world).direct, true))},
		{method: "GET", pattern: "/groups/{id}/transitiveMembers", options: paging, need: readGroups(), cost: 5, handle: local(listMembers((*world).transitive, false))},
		{method: "GET", pattern: "/groups/{id}/transitiveMembers" + cast, options: paging, need: readGroups(), cost: 5, handle: local(listMembers((*world).transitive, true))},
		{method: "POST", pattern: "/groups/{id}/members/$ref", need: writeMembers(), cost: 1, handle: local((*Server).addMember)},
		{method: "DELETE", pattern: "/groups/{id}/members/{member}/$ref", need: writeMembers(), cost: 1, handle: local((*Server).removeMember)},
	}
}

func (s *Server) listGroups(c *call) (reply, error) {
	f, err := filterOf(groupProperties(), nil, c.option("$filter"))
	if err != nil {
		return reply{}, err
	}
	chosen, err := selectOf(groupProperties(), nil, c.option("$select"))
	if err != nil {
		return reply{}, err
	}
	var shown []*Group
	for _, g := range s.world.groups {
		if !g.Deleted && s.world.seen(g.born) {
			shown = append(shown, g)
		}
	}
	return list(c, listing{context: "groups", usual: 100, most: 999}, shown, f, chosen, nil)
}

func (s *Server) getGroup(c *call) (reply, error) {
	g, err := s.world.group(c.names["id"])
	if err != nil {
		return reply{}, err
	}
	chosen, err := selectOf(groupProperties(), nil, c.option("$select"))
	if err != nil {
		return reply{}, err
	}
	return jsonReply(http.StatusOK, entity(c, "groups", chosen.show(g))), nil
}

// thing is a user or a group, as a member.
type thing struct {
	user  *User
	group *Group
}

// direct are the members of a group as they were put in, without the deleted.
func (w *world) direct(g *Group) []thing {
	list := make([]thing, 0, len(g.Members))
	for _, id := range g.Members {
		if u := w.userByID[id]; u != nil && !u.Deleted {
			list = append(list, thing{user: u})
		}
		if n := w.groupByID[id]; n != nil && !n.Deleted {
			list = append(list, thing{group: n})
		}
	}
	return list
}

// transitive are the members and theirs, each once.
func (w *world) transitive(g *Group) []thing {
	var list []thing
	seen := map[thing]bool{{group: g}: true}
	for queue := w.direct(g); len(queue) > 0; queue = queue[1:] {
		t := queue[0]
		if seen[t] {
			continue
		}
		seen[t] = true
		list = append(list, t)
		if t.group != nil {
			queue = append(queue, w.direct(t.group)...)
		}
	}
	return list
}

// thingProperties are those of users, and of groups where a group has them.
func thingProperties() []property[thing] {
	var list []property[thing]
	for _, p := range userProperties() {
		of, ok := find(groupProperties(), p.name)
		list = append(list, property[thing]{
			name: p.name, defaults: p.defaults, filters: p.filters, advanced: p.advanced,
			get: func(t thing) any {
				switch {
				case t.user != nil:
					return p.get(t.user)
				case ok:
					return of.get(t.group)
				}
				return nil
			},
		})
	}
	return list
}

// listMembers lists members; as users only it is a cast, which is an advanced
// query.
func listMembers(of func(*world, *Group) []thing, usersOnly bool) func(*Server, *call) (reply, error) {
	return func(s *Server, c *call) (reply, error) {
		g, err := s.world.group(c.names["id"])
		if err != nil {
			return reply{}, err
		}
		f, err := filterOf(thingProperties(), nil, c.option("$filter"))
		if err != nil {
			return reply{}, err
		}
		f.advanced = f.advanced || usersOnly
		chosen, err := selectOf(thingProperties(), nil, c.option("$select"))
		if err != nil {
			return reply{}, err
		}
		members := of(s.world, g)
		if usersOnly {
			all := members
			members = nil
			for _, t := range all {
				if t.user != nil {
					members = append(members, t)
				}
			}
		}
		return list(c, listing{context: "directoryObjects", usual: 100, most: 999}, members, f, chosen, func(t thing, m map[string]any) {
			if usersOnly {
				return
			}
			m["@odata.type"] = "#microsoft.graph.user"
			if t.group != nil {
				m["@odata.type"] = "#microsoft.graph.group"
			}
		})
	}
}
