package scimdst

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"ldap2scim/plan"
)

// held is a resource as the service showed it.
type held struct {
	plan.Resource
	// membersShown: the attribute "members" was there, even if empty.
	membersShown bool
	// groups are those that a person shows to be in (RFC 7643 §4.1.2).
	groups      []plan.RemoteID
	groupsShown bool
}

// resourceReader reads resources of one kind, one after the other, into the
// plan's form: every simple attribute, those of name, e-mail addresses and
// telephone numbers by type, and what is simple in extensions. What has no value
// is left out. It needs no more than its kind.
type resourceReader struct {
	kind plan.Kind
	// paths are those that were put together before, so that each is one string
	// in all resources; nil keeps none.
	paths map[string]string
	path  []byte
	// The members of a resource, of an object in it, and of one in that.
	outer, middle, inmost pairs
}

// parseResource reads one resource from a single answer. Members are in order,
// each once.
func parseResource(kind plan.Kind, body []byte) (held, error) {
	h, err := (&resourceReader{kind: kind}).read(body)
	h.inOrder()
	return h, err
}

func (h *held) inOrder() {
	if !slices.IsSorted(h.Members) {
		slices.Sort(h.Members)
	}
	h.Members = slices.Compact(h.Members)
}

// read reads the one resource of an answer, with the members as they stand
// there.
func (r *resourceReader) read(body []byte) (held, error) {
	s := &scan{text: body}
	var h held
	err := s.whole(func() (err error) {
		h, err = r.next(s, 0)
		return err
	})
	if err != nil {
		return held{}, err
	}
	return h, nil
}

// next consumes a resource.
func (r *resourceReader) next(s *scan, depth int) (held, error) {
	all, err := s.pairs(slices.Grow(r.outer[:0], 16), depth)
	if err != nil {
		return held{}, fmt.Errorf("the answer is no resource: %w", err)
	}
	r.outer = all
	h, err := r.head(all)
	if err != nil {
		return held{}, err
	}
	h.Fields = make(plan.Fields, 8)
	for _, p := range all {
		r.attribute(h.Fields, p.name, p.value)
	}
	if r.kind == plan.Group {
		return withMembers(h, all.find("members"))
	}
	h.groups, h.groupsShown = valuesIn(all.find("groups"))
	return h, nil
}

// names reports whether the list of schemas has one, in any case (RFC 7643
// §3): an answer without that of its kind is of another, or no resource at all.
func names(schemas []byte, want string) bool {
	found := false
	elements(schemas, func(value []byte) {
		found = found || saysFold(value, want)
	})
	return found
}

func schemaOf(kind plan.Kind) string {
	if kind == plan.Group {
		return groupSchema
	}
	return userSchema
}

func foreign(kind plan.Kind) error {
	return fmt.Errorf("the answer is no SCIM resource: its schemas do not name %s", schemaOf(kind))
}

func (r *resourceReader) attribute(f plan.Fields, key, value []byte) {
	name := r.name(key)
	isURN := len(key) >= 4 && bytes.EqualFold(key[:4], []byte("urn:"))
	switch value[0] {
	case '{':
		if isURN {
			r.extension(f, extensionName(name), value)
		} else if name == "name" {
			r.object(f, "name.", value)
		}
	case '[':
		if name == "emails" || name == "phoneNumbers" {
			r.byType(f, name, value)
		}
	default:
		// A URN with a simple value is what elimity makes of a PATCH path that
		// it did not understand; it is no attribute.
		if isURN || name == "id" || name == plan.ExternalIDPath || name == "password" {
			return
		}
		set(f, name, value)
	}
}

func (r *resourceReader) extension(f plan.Fields, urn string, value []byte) {
	r.middle = inner(r.middle[:0], value)
	for _, p := range r.middle {
		r.path = append(append(append(r.path[:0], urn...), ':'), p.name...)
		if p.value[0] == '{' {
			r.path = append(r.path, '.')
			r.object(f, r.kept(), p.value)
			continue
		}
		set(f, r.kept(), p.value)
	}
}

func (r *resourceReader) object(f plan.Fields, prefix string, value []byte) {
	r.inmost = inner(r.inmost[:0], value)
	for _, p := range r.inmost {
		name := r.name(p.name)
		r.path = append(append(r.path[:0], prefix...), name...)
		set(f, r.kept(), p.value)
	}
}

// byType takes, of several values of one type, the primary or else the first.
func (r *resourceReader) byType(f plan.Fields, name string, list []byte) {
	var primary []string // paths
	elements(list, func(value []byte) {
		r.middle = inner(r.middle[:0], value)
		kind := textOf(r.middle.find("type"))
		if kind == "" {
			return
		}
		path := r.typed(name, strings.ToLower(kind))
		isPrimary := string(r.middle.find("primary")) == "true"
		if _, have := f[path]; !have || isPrimary && !slices.Contains(primary, path) {
			set(f, path, r.middle.find("value"))
			primary = slices.DeleteFunc(primary, func(p string) bool { return p == path })
			if isPrimary {
				primary = append(primary, path)
			}
		}
	})
}

// typed is the path of the values of one type.
func (r *resourceReader) typed(name, kind string) string {
	r.path = append(append(append(r.path[:0], name...), 0), kind...)
	if path, known := r.paths[string(r.path)]; known {
		return path
	}
	path := typedPath(name, kind)
	if r.paths != nil {
		r.paths[string(r.path)] = path
	}
	return path
}

// name is the name of an attribute, as RFC 7643 spells it if it is of its core
// schemas.
func (r *resourceReader) name(as []byte) string {
	if known, ok := canonical(as); ok {
		return known
	}
	r.path = append(r.path[:0], as...)
	return r.kept()
}

// kept returns the path as a string, which may be an earlier one.
func (r *resourceReader) kept() string {
	if path, known := r.paths[string(r.path)]; known {
		return path
	}
	path := string(r.path)
	if r.paths != nil {
		r.paths[path] = path
	}
	return path
}

// set stores a simple value as text, and nothing for a blank or complex one.
func set(f plan.Fields, path string, value []byte) {
	text := ""
	switch {
	case len(value) == 0:
	case value[0] == '"':
		text = textOf(value)
	case value[0] != '{' && value[0] != '[' && value[0] != 'n': // true, false, a number
		text = string(value)
	}
	if text != "" {
		f[path] = text
	}
}

func withMembers(h held, list []byte) (held, error) {
	if h.Members, h.membersShown = valuesIn(list); slices.Contains(h.Members, "") {
		return held{}, fmt.Errorf("group %s has a member without a value", h.RemoteID)
	}
	return h, nil
}

// canonical returns the spelling of RFC 7643 for an attribute of its core
// schemas.
func canonical(name []byte) (string, bool) {
	for _, known := range [...]string{
		"id", plan.ExternalIDPath, plan.UserName, plan.DisplayName, plan.Active,
		"nickName", "profileUrl", "title", "userType", "preferredLanguage", "locale", "timezone", "password",
		"name", "givenName", "familyName", "middleName", "formatted", "honorificPrefix", "honorificSuffix",
		"emails", "phoneNumbers",
	} {
		if len(name) == len(known) && bytes.EqualFold(name, []byte(known)) {
			return known, true
		}
	}
	return "", false
}

func extensionName(urn string) string {
	if strings.EqualFold(urn, enterpriseSchema) {
		return enterpriseSchema
	}
	return urn
}
