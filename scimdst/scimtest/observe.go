package scimtest

import (
	"cmp"
	"slices"
	"strings"
)

// Request is one request as it came, also one that was refused or cut.
type Request struct {
	Method string
	// Path is below the base, escaped, with the query.
	Path string
	Body []byte
}

// Requests returns all requests so far, in order.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.log)
}

// Resource is one person or group in the store.
type Resource struct {
	ID         string
	ExternalID string
	// Name is the userName or displayName.
	Name string
	// Members are the ids of a group's members, in the order of their coming.
	Members []string
	// Body is a copy of the whole as JSON has it.
	Body map[string]any
}

// Users returns the people, sorted by name.
func (s *Server) Users() []Resource { return s.all(users) }

// Groups returns the groups, sorted by name, then by id.
func (s *Server) Groups() []Resource { return s.all(groups) }

func (s *Server) all(k *kind) []Resource {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]Resource, 0, len(s.store.of(k).order))
	for _, rec := range s.store.of(k).order {
		r := Resource{ID: rec.id, Body: s.store.shown(rec)}
		r.Name, _ = rec.body[k.key].(string)
		r.ExternalID, _ = rec.body["externalId"].(string)
		r.Members = memberIDs(rec.body)
		list = append(list, r)
	}
	slices.SortFunc(list, func(a, b Resource) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.ID, b.ID))
	})
	return list
}

// AddUser puts a person into the store without a request, by the rules of a
// POST, and returns the id.
func (s *Server) AddUser(body map[string]any) (string, error) { return s.add(users, body) }

// AddGroup is AddUser for a group.
func (s *Server) AddGroup(body map[string]any) (string, error) { return s.add(groups, body) }

func (s *Server) add(k *kind, body map[string]any) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	rec, err := s.store.create(k, clone(body).(map[string]any))
	if err != nil {
		return "", err
	}
	return rec.id, nil
}
