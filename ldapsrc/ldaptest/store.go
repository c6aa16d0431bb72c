package ldaptest

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/go-ldap/ldap/v3"

	"ldap2scim/ldapsrc/internal/filter"
)

// store holds the entries in the order in which they were added. A stored
// record is never changed, only replaced. It is safe for concurrent use.
type store struct {
	mu    sync.RWMutex
	order []string
	byKey map[string]*record
	inUse map[string]int // entries by attribute
}

func newStore() *store {
	return &store{byKey: make(map[string]*record), inUse: make(map[string]int)}
}

func (s *store) add(e Entry) error {
	r, err := newRecord(e)
	if err != nil {
		return fmt.Errorf("add %s: %w", e.DN, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.byKey[r.key()] != nil {
		return fmt.Errorf("add %s: it exists", e.DN)
	}
	s.order = append(s.order, r.key())
	s.put(r)
	return nil
}

func (s *store) modify(dn string, attrs map[string][]string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	old, err := s.find(dn)
	if err != nil {
		return fmt.Errorf("modify %s: %w", dn, err)
	}
	r := old.clone()
	r.set(attrs)
	s.drop(old)
	s.put(r)
	return nil
}

func (s *store) delete(dn string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, err := s.find(dn)
	if err != nil {
		return fmt.Errorf("delete %s: %w", dn, err)
	}
	s.drop(r)
	s.order = slices.DeleteFunc(s.order, func(key string) bool { return key == r.key() })
	return nil
}

// put and drop keep the counts of attributes; the lock is held.
func (s *store) put(r *record) {
	s.byKey[r.key()] = r
	for _, a := range r.attrs {
		s.inUse[a.Base]++
	}
}

func (s *store) drop(r *record) {
	delete(s.byKey, r.key())
	for _, a := range r.attrs {
		s.inUse[a.Base]--
	}
}

func (s *store) find(dn string) (*record, error) {
	path, err := filter.Path(dn)
	if err != nil {
		return nil, err
	}
	if r := s.byKey[strings.Join(path, ",")]; r != nil {
		return r, nil
	}
	return nil, fmt.Errorf("no such entry")
}

func (s *store) get(key string) *record {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.byKey[key]
}

// knows reports whether an attribute type is recognized.
func (s *store) knows(base string) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.inUse[base] > 0 || filter.Usual(base)
}

// nearest returns the DN of the closest ancestor of path that exists, or "".
func (s *store) nearest(path []string) string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for i := range path {
		if r := s.byKey[strings.Join(path[i:], ",")]; r != nil {
			return r.dn
		}
	}
	return ""
}

// suffixes returns the DNs of the entries without a parent.
func (s *store) suffixes() []string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var dns []string
	for _, key := range s.order {
		r := s.byKey[key]
		if s.byKey[strings.Join(r.path[1:], ",")] == nil {
			dns = append(dns, r.dn)
		}
	}
	return dns
}

// match returns the keys of the entries within scope (RFC 4511 §4.5.1.2) for
// which the filter is true.
func (s *store) match(base []string, scope int, f *filter.Filter) []string {
	s.mu.RLock()
	all := make([]*record, len(s.order))
	for i, key := range s.order {
		all[i] = s.byKey[key]
	}
	s.mu.RUnlock()
	var keys []string
	for _, r := range all {
		if within(r.path, base, scope) && f.Eval(r.attrs, s.knows) == filter.Yes {
			keys = append(keys, r.key())
		}
	}
	return keys
}

func within(path, base []string, scope int) bool {
	depth := len(path) - len(base)
	if depth < 0 || !slices.Equal(path[depth:], base) {
		return false
	}
	switch scope {
	case ldap.ScopeBaseObject:
		return depth == 0
	case ldap.ScopeSingleLevel:
		return depth == 1
	}
	return true
}
