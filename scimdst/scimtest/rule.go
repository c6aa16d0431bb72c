package scimtest

import (
	"errors"
	"net/http"
)

// Change is what a request is about to make of a person or group.
type Change struct {
	// Kind is User or Group.
	Kind string
	// ID is "" for one that is not made yet.
	ID string
	// Before is the body that is stored, and nil for a new resource. After is
	// the body that will be; nil when the resource is removed. Both have the
	// canonical names. A Rule may change After in place, and nothing may change
	// Before.
	Before, After map[string]any
}

// Refusal is an error of a Rule that says how it is answered. Any other error
// is answered with 400 invalidValue.
type Refusal struct {
	Status   int
	ScimType string
	Detail   string
}

func (e *Refusal) Error() string { return e.Detail }

// ruled asks the service's own rules.
func (s *store) ruled(r *record, body map[string]any) error {
	if s.options.Rule == nil {
		return nil
	}
	err := s.options.Rule(Change{Kind: r.kind.name, ID: r.id, Before: r.body, After: body})
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*Refusal](err); ok {
		return problem(e.Status, e.ScimType, "%s", e.Detail)
	}
	return problem(http.StatusBadRequest, "invalidValue", "%s", err)
}

// tell says what became of a resource.
func (s *store) tell(r *record, before, after map[string]any) {
	if s.options.Stored != nil {
		s.options.Stored(Change{Kind: r.kind.name, ID: r.id, Before: before, After: after})
	}
}

// accepts tells whether a request may be answered.
func (o Options) accepts(token, header string) bool {
	if o.Accept == nil {
		return header == "Bearer "+token
	}
	const scheme = "Bearer "
	return len(header) > len(scheme) && header[:len(scheme)] == scheme && o.Accept(header[len(scheme):])
}
