package main

import (
	"crypto/rand"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/elimity-com/scim"
	"github.com/elimity-com/scim/errors"
	"github.com/elimity-com/scim/optional"
	"github.com/elimity-com/scim/schema"
)

// store holds the resources of one kind. Names are unique without regard to
// case; all else is as the library does it.
type store struct {
	key        string // userName or displayName
	core       schema.Schema
	extensions []schema.Schema

	mu    sync.Mutex
	rows  map[string]*row
	named map[string]string // folded name to id
	order []string
	stale bool // whether some of order are deleted
}

type row struct {
	attributes        scim.ResourceAttributes
	created, modified time.Time
	version           int
}

func newStore(key string, core schema.Schema, extensions ...schema.Schema) *store {
	return &store{key: key, core: core, extensions: extensions, rows: map[string]*row{}, named: map[string]string{}}
}

func (s *store) Create(_ *http.Request, a scim.ResourceAttributes) (scim.Resource, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.put(rand.Text(), a)
}

func (s *store) Get(_ *http.Request, id string) (scim.Resource, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.rows[id] == nil {
		return scim.Resource{}, errors.ScimErrorResourceNotFound(id)
	}
	return s.shown(id), nil
}

func (s *store) GetAll(_ *http.Request, p scim.ListRequestParams) (scim.Page, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.compact()
	page := scim.Page{Resources: []scim.Resource{}}
	if p.FilterValidator == nil {
		page.TotalResults = len(s.order)
		first := min(p.StartIndex-1, len(s.order))
		for _, id := range s.order[first:min(first+p.Count, len(s.order))] {
			page.Resources = append(page.Resources, s.shown(id))
		}
		return page, nil
	}
	for _, id := range s.order {
		if !s.passes(id, p) {
			continue
		}
		page.TotalResults++
		if page.TotalResults >= p.StartIndex && len(page.Resources) < p.Count {
			page.Resources = append(page.Resources, s.shown(id))
		}
	}
	return page, nil
}

// compact takes what was deleted out of the order, so that a page is found
// without looking at those before it.
func (s *store) compact() {
	if s.stale {
		s.order = slices.DeleteFunc(s.order, func(id string) bool { return s.rows[id] == nil })
		s.stale = false
	}
}

func (s *store) passes(id string, p scim.ListRequestParams) bool {
	a := maps.Clone(s.rows[id].attributes)
	a["id"] = id
	return p.FilterValidator.PassesFilter(a) == nil
}

func (s *store) Replace(_ *http.Request, id string, a scim.ResourceAttributes) (scim.Resource, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.rows[id] == nil {
		return scim.Resource{}, errors.ScimErrorResourceNotFound(id)
	}
	return s.put(id, a)
}

func (s *store) Delete(_ *http.Request, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.rows[id]
	if r == nil {
		return errors.ScimErrorResourceNotFound(id)
	}
	delete(s.named, s.name(r.attributes))
	delete(s.rows, id)
	s.stale = true
	return nil
}

func (s *store) Patch(_ *http.Request, id string, ops []scim.PatchOperation) (scim.Resource, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.rows[id] == nil {
		return scim.Resource{}, errors.ScimErrorResourceNotFound(id)
	}
	a, err := scim.ApplyPatch(maps.Clone(s.rows[id].attributes), ops, s.core, s.extensions...)
	if err != nil {
		return scim.Resource{}, err
	}
	return s.put(id, a)
}

func (s *store) put(id string, a scim.ResourceAttributes) (scim.Resource, error) {
	name := s.name(a)
	if owner, taken := s.named[name]; taken && owner != id {
		return scim.Resource{}, errors.ScimErrorUniqueness
	}
	now := time.Now().UTC()
	r := s.rows[id]
	if r == nil {
		r = &row{created: now}
		s.rows[id] = r
		s.order = append(s.order, id)
	} else {
		delete(s.named, s.name(r.attributes))
	}
	r.attributes, r.modified = a, now
	r.version++
	s.named[name] = id
	return s.shown(id), nil
}

func (s *store) name(a scim.ResourceAttributes) string {
	name, _ := a[s.key].(string)
	return strings.ToLower(name)
}

func (s *store) shown(id string) scim.Resource {
	r := s.rows[id]
	res := scim.Resource{
		ID: id, Attributes: maps.Clone(r.attributes),
		Meta: scim.Meta{Created: &r.created, LastModified: &r.modified, Version: fmt.Sprintf(`W/"%d"`, r.version)},
	}
	if ext, _ := r.attributes["externalId"].(string); ext != "" {
		res.ExternalID = optional.NewString(ext)
	}
	return res
}
