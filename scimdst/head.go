package scimdst

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"ldap2scim/plan"
)

// parseHead reads what tells who a resource is, which is all that is asked of
// the answer to a creation. It says what parseResource says of that, at a small
// part of the cost.
func parseHead(kind plan.Kind, body []byte) (held, error) {
	at, err := membersOf(body, "schemas", "id", plan.ExternalIDPath, "meta")
	if err != nil {
		return held{}, fmt.Errorf("the answer is no resource: %w", err)
	}
	schemas, id, external, meta := at[0], textOf(at[1]), textOf(at[2]), at[3]
	if !names(schemas, schemaOf(kind)) {
		return held{}, foreign(kind)
	}
	if id == "" {
		return held{}, errors.New("a resource has no id")
	}
	h := held{Resource: plan.Resource{Kind: kind, RemoteID: plan.RemoteID(id), ExternalID: plan.ExternalID(external)}}
	if at, err := membersOf(meta, "version"); err == nil { // of another form, it has none
		h.Version = textOf(at[0])
	}
	return h, nil
}

// membersOf returns the values of the object's members with these names, in any
// case (RFC 7643 §2.1), the exact one first, as they stand: nil for none. It is
// find for text that is not decoded.
func membersOf(body []byte, names ...string) ([][]byte, error) {
	values, chosen := make([][]byte, len(names)), make([][]byte, len(names))
	s := &scan{text: body}
	err := s.whole(func() error {
		return s.object(0, func(quoted []byte) error {
			name := quoted[1 : len(quoted)-1]
			if bytes.IndexByte(name, '\\') >= 0 {
				name = []byte(textOf(quoted))
			}
			value, err := s.value(1)
			for i, want := range names {
				if bytes.EqualFold(name, []byte(want)) && isBetter(want, name, chosen[i]) {
					values[i], chosen[i] = value, name
				}
			}
			return err
		})
	})
	return values, err
}

// isBetter: of several names that are the same but for case, the exact one, or
// else the first, and of equal ones the last.
func isBetter(want string, name, than []byte) bool {
	switch {
	case than == nil, string(name) == want:
		return true
	case string(than) == want:
		return false
	}
	return bytes.Compare(name, than) <= 0
}

// names reports whether the list has the schema, in any case.
func names(schemas []byte, want string) bool {
	found := false
	s := &scan{text: schemas}
	err := s.whole(func() error {
		return s.sequence('[', ']', 0, func() error {
			value, err := s.value(1)
			found = found || strings.EqualFold(textOf(value), want)
			return err
		})
	})
	return err == nil && found
}
