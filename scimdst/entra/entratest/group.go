package entratest

import (
	"fmt"
	"slices"
)

// Group is a group in the directory.
type Group struct {
	// ID is given by AddGroup if it is empty.
	ID           string
	DisplayName  string
	Description  string
	MailNickname string
	// Members are ids of users and of groups, in the order of their coming.
	Members []string
	// Synced is one that a directory on premises owns.
	Synced bool
	// SecurityIdentifier is what one that is synced has there.
	SecurityIdentifier string
	// Dynamic is the rule of a group whose members a rule gives.
	Dynamic string
	// MailEnabled is one that is a mail-enabled security group, or with
	// NoSecurity a distribution list.
	MailEnabled bool
	// NoSecurity is one that is no security group.
	NoSecurity bool
	// Deleted is one in the recycle bin.
	Deleted bool

	born int
	has  map[string]bool
}

// AddGroup puts a group into the directory without a request and without
// delay, and returns the id.
func (s *Server) AddGroup(g Group) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	members := g.Members
	g.Members = nil
	for _, id := range members {
		if s.world.userByID[id] == nil && s.world.groupByID[id] == nil {
			return "", fmt.Errorf("add group %s: there is no member %s", g.DisplayName, id)
		}
	}
	s.world.addGroup(&g)
	for _, id := range members {
		g.add(id)
	}
	return g.ID, nil
}

// ChangeGroup lets f change a group, but not its members, as an administrator
// does.
func (s *Server) ChangeGroup(id string, f func(*Group)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.world.groupByID[id]
	if g == nil {
		return fmt.Errorf("change group %s: there is none", id)
	}
	f(g)
	return nil
}

func (w *world) addGroup(g *Group) {
	if g.ID == "" {
		g.ID = w.newID("640b0000")
	}
	g.has = map[string]bool{}
	w.groups = append(w.groups, g)
	w.groupByID[g.ID] = g
}

func (g *Group) add(id string) {
	if !g.has[id] {
		g.has[id] = true
		g.Members = append(g.Members, id)
	}
}

func (g *Group) drop(id string) {
	delete(g.has, id)
	g.Members = slices.DeleteFunc(g.Members, func(m string) bool { return m == id })
}

// Groups returns a copy of the groups that are not deleted, in the order in
// which they came.
func (s *Server) Groups() []Group {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]Group, 0, len(s.world.groups))
	for _, g := range s.world.groups {
		if !g.Deleted {
			c := *g
			c.Members, c.has = slices.Clone(g.Members), nil
			list = append(list, c)
		}
	}
	return list
}

func groupProperties() []property[*Group] {
	return []property[*Group]{
		{"id", func(g *Group) any { return g.ID }, true, "eq in", "ne"},
		{"deletedDateTime", func(*Group) any { return nil }, true, "", ""},
		{"description", func(g *Group) any { return textOrNull(g.Description) }, true, "eq startsWith", "ne"},
		{"displayName", func(g *Group) any { return g.DisplayName }, true, "eq in startsWith", "ne"},
		{"groupTypes", func(g *Group) any { return g.types() }, true, "", ""},
		{"mail", func(*Group) any { return nil }, true, "eq in startsWith", "ne endsWith"},
		{"mailEnabled", func(g *Group) any { return g.MailEnabled }, true, "eq", "ne"},
		{"mailNickname", func(g *Group) any { return g.MailNickname }, true, "eq in startsWith", "ne"},
		{"membershipRule", func(g *Group) any { return textOrNull(g.Dynamic) }, true, "", ""},
		{"onPremisesSyncEnabled", func(g *Group) any {
			if g.Synced {
				return true
			}
			return nil
		}, true, "eq in", "ne"},
		{"onPremisesSecurityIdentifier", func(g *Group) any { return textOrNull(g.SecurityIdentifier) }, false, "eq", ""},
		{"securityEnabled", func(g *Group) any { return !g.NoSecurity }, true, "eq in", "ne"},
	}
}

func (g *Group) types() []string {
	if g.Dynamic != "" {
		return []string{"DynamicMembership"}
	}
	return []string{}
}
