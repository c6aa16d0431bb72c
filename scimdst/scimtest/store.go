package scimtest

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

// store holds the resources. The server's lock guards it.
type store struct {
	options Options
	base    string
	made    int // resources ever made
	now     int // requests so far: the service's clock
	users   table
	groups  table

	// hidden and dropMembers are the troubles of the request at hand.
	hidden      int
	dropMembers bool
}

// table holds the resources of one kind in the order of their making.
type table struct {
	order []*record
	byID  map[string]*record
	// byKey finds the holders of a folded userName or displayName.
	byKey map[string][]*record
}

// record is one resource. Its body has canonical names and no id, meta or
// schemas, which are added when it is shown.
type record struct {
	kind     *kind
	id       string
	body     map[string]any
	version  int
	born     int
	modified int
}

func newStore(o Options, base string) *store {
	empty := func() table { return table{byID: map[string]*record{}, byKey: map[string][]*record{}} }
	return &store{options: o, base: base, users: empty(), groups: empty()}
}

func (s *store) of(k *kind) *table {
	if k == groups {
		return &s.groups
	}
	return &s.users
}

func (s *store) get(k *kind, id string) (*record, error) {
	if r := s.of(k).byID[id]; r != nil {
		return r, nil
	}
	return nil, problem(http.StatusNotFound, "", "there is no %s %s", k.name, id)
}

func (s *store) create(k *kind, given map[string]any) (*record, error) {
	body, err := normal(k, given)
	if err != nil {
		return nil, err
	}
	r := &record{kind: k, born: s.now}
	if err := s.check(r, body); err != nil {
		return nil, err
	}
	s.made++
	r.id = s.options.NewID(s.made)
	t := s.of(k)
	t.order = append(t.order, r)
	t.byID[r.id] = r
	s.commit(r, body)
	return r, nil
}

// replace is what PUT and PATCH end in: all or nothing.
func (s *store) replace(r *record, body map[string]any) error {
	if err := s.check(r, body); err != nil {
		return err
	}
	s.unindex(r)
	s.commit(r, body)
	return nil
}

func (s *store) commit(r *record, body map[string]any) {
	before := r.body
	r.body, r.modified = body, s.now
	defer s.tell(r, before, body)
	r.version++
	t := s.of(r.kind)
	t.byKey[r.key()] = append(t.byKey[r.key()], r)
}

func (s *store) unindex(r *record) {
	t := s.of(r.kind)
	t.byKey[r.key()] = slices.DeleteFunc(t.byKey[r.key()], func(o *record) bool { return o == r })
}

func (s *store) remove(r *record) {
	defer s.tell(r, r.body, nil)
	s.unindex(r)
	t := s.of(r.kind)
	delete(t.byID, r.id)
	t.order = slices.DeleteFunc(t.order, func(o *record) bool { return o == r })
	for _, g := range s.groups.order {
		if slices.Contains(memberIDs(g.body), r.id) {
			g.body["members"] = slices.DeleteFunc(slices.Clone(g.body["members"].([]any)), func(m any) bool { return m.(map[string]any)["value"] == r.id })
		}
	}
}

func (r *record) key() string { return keyOf(r.kind, r.body) }

func keyOf(k *kind, body map[string]any) string {
	name, _ := body[k.key].(string)
	return fold(name)
}

// fold is how the service compares text that is not caseExact, for uniqueness
// and for filters alike.
func fold(text string) string { return strings.ToLower(text) }

// check holds a body against the rules before it becomes r's.
func (s *store) check(r *record, body map[string]any) error {
	k := r.kind
	key := keyOf(k, body)
	if key == "" {
		return problem(http.StatusBadRequest, "invalidValue", "%s is required", k.key)
	}
	others := slices.DeleteFunc(slices.Clone(s.of(k).byKey[key]), func(o *record) bool {
		return o == r || k == users && s.options.has(ExactUserName) && o.body[k.key] != body[k.key]
	})
	if len(others) > 0 && (k == users || !s.options.SameGroupNames) {
		if s.options.has(DuplicateIs500) {
			return problem(http.StatusInternalServerError, "", "%s %q already exists", k.key, body[k.key])
		}
		return problem(http.StatusConflict, "uniqueness", "%s %q is taken", k.key, body[k.key])
	}
	if k == users {
		if emails, _ := body["emails"].([]any); len(emails) == 0 && s.options.RequireEmail {
			return problem(http.StatusBadRequest, "invalidValue", "emails is required")
		}
		return s.ruled(r, body)
	}
	if err := s.checkMembers(r, body); err != nil {
		return err
	}
	return s.ruled(r, body)
}

func (s *store) checkMembers(r *record, body map[string]any) error {
	old := map[string]bool{}
	for _, id := range memberIDs(r.body) {
		old[id] = true
	}
	list, _ := body["members"].([]any)
	if s.dropMembers {
		list = slices.DeleteFunc(slices.Clone(list), func(m any) bool {
			id, _ := m.(map[string]any)["value"].(string)
			return !old[id]
		})
		body["members"] = list
	}
	for _, id := range memberIDs(body) {
		if !old[id] && s.users.byID[id] == nil && s.groups.byID[id] == nil {
			return problem(http.StatusBadRequest, "invalidValue", "member %q does not exist", id)
		}
	}
	return nil
}

func memberIDs(body map[string]any) []string {
	list, _ := body["members"].([]any)
	var ids []string
	for _, m := range list {
		entry, _ := m.(map[string]any)
		id, _ := entry["value"].(string)
		ids = append(ids, id)
	}
	return ids
}

// etag is the version as meta and the ETag header have it.
func (r *record) etag() string { return fmt.Sprintf(`W/"%d"`, r.version) }

// stamp turns the service's clock into a time: a second for each request.
func stamp(now int) string {
	return time.Date(2026, 1, 1, 0, 0, now, 0, time.UTC).Format(time.RFC3339)
}

// shown is a copy of the resource as it is answered.
func (s *store) shown(r *record) map[string]any {
	m := clone(r.body).(map[string]any)
	if list, ok := m["members"].([]any); ok && len(list) == 0 {
		delete(m, "members") // unassigned and empty are the same (RFC 7643 §2.5)
	}
	schemas := []any{r.kind.core.id}
	for _, e := range r.kind.extensions {
		if _, used := m[e.id]; used {
			schemas = append(schemas, e.id)
		}
	}
	m["id"], m["schemas"] = r.id, schemas
	s.membersHidden(r, m)
	m["meta"] = map[string]any{
		"resourceType": r.kind.name, "created": stamp(r.born), "lastModified": stamp(r.modified),
		"location": s.location(r), "version": r.etag(),
	}
	return m
}

// clone copies what JSON can hold.
func clone(v any) any {
	switch v := v.(type) {
	case map[string]any:
		c := maps.Clone(v)
		for key, value := range c {
			c[key] = clone(value)
		}
		return c
	case []any:
		c := slices.Clone(v)
		for i := range c {
			c[i] = clone(c[i])
		}
		return c
	}
	return v
}
