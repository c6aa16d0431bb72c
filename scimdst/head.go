package scimdst

import (
	"errors"
	"fmt"
	"slices"

	"ldap2scim/plan"
)

// readHead reads what tells who a resource is, which is all that is asked of
// the answer to a creation.
func (r *resourceReader) readHead(body []byte) (held, error) {
	all, err := appendPairs(slices.Grow(r.outer[:0], 16), body)
	if err != nil {
		return held{}, fmt.Errorf("the answer is no resource: %w", err)
	}
	r.outer = all
	return r.head(all)
}

func (r *resourceReader) head(all pairs) (held, error) {
	if !names(all.find("schemas"), schemaOf(r.kind)) {
		return held{}, foreign(r.kind)
	}
	id := textOf(all.find("id"))
	if id == "" {
		return held{}, errors.New("a resource has no id")
	}
	r.middle = inner(r.middle[:0], all.find("meta"))
	return held{Resource: plan.Resource{
		Kind: r.kind, RemoteID: plan.RemoteID(id), ExternalID: plan.ExternalID(textOf(all.find(plan.ExternalIDPath))),
		Version: textOf(r.middle.find("version")),
	}}, nil
}
