package scimdst

import (
	"bytes"
	"slices"

	"ldap2scim/plan"
)

// pair is a member of a JSON object: its name, and its value as it stands.
type pair struct{ name, value []byte }

// pairs are the members of an object in the order of their names, of equal ones
// the last, as encoding/json has it. They are good as long as the text is.
type pairs []pair

// pairsOf reads an object, and checks all that is in it.
func pairsOf(object []byte) (pairs, error) { return appendPairs(make(pairs, 0, 16), object) }

// appendPairs puts the members of an object into a list, which is empty.
func appendPairs(to pairs, object []byte) (pairs, error) {
	s := &scan{text: object}
	err := s.whole(func() (err error) {
		to, err = s.pairs(to, 0)
		return err
	})
	return to, err
}

// inner reads an object within text that was checked into a list, which is
// empty; of another value it has no members.
func inner(to pairs, value []byte) pairs {
	all, err := appendPairs(to, value)
	if err != nil {
		return to
	}
	return all
}

// pairs consumes an object, and puts its members into a list, which is empty.
func (s *scan) pairs(to pairs, depth int) (pairs, error) {
	sorted := true
	err := s.object(depth, func(quoted []byte) error {
		name := quoted[1 : len(quoted)-1]
		if !standsAsIs(name) {
			name = []byte(textOf(quoted))
		}
		value, err := s.value(depth + 1)
		sorted = sorted && (len(to) == 0 || bytes.Compare(to[len(to)-1].name, name) < 0)
		to = append(to, pair{name, value})
		return err
	})
	if err != nil || sorted {
		return to, err
	}
	slices.SortStableFunc(to, func(a, b pair) int { return bytes.Compare(a.name, b.name) })
	kept := to[:0]
	for i, p := range to {
		if i+1 == len(to) || !bytes.Equal(p.name, to[i+1].name) {
			kept = append(kept, p)
		}
	}
	return kept, nil
}

// standsAsIs reports whether a name stands for itself.
func standsAsIs(name []byte) bool {
	for _, c := range name {
		if c == '\\' || c >= 0x80 {
			return false
		}
	}
	return true
}

// find returns the value under a name in any case (RFC 7643 §2.1), the exact
// one first; nil for none.
func (all pairs) find(name string) []byte {
	var found []byte
	for _, p := range all {
		switch {
		case string(p.name) == name:
			return p.value
		case found == nil && bytes.EqualFold(p.name, []byte(name)):
			found = p.value
		}
	}
	return found
}

// elements hands each element of a list in checked text to take, and nothing of
// another value.
func elements(list []byte, take func(value []byte)) {
	s := &scan{text: list}
	// What was checked has no errors but that it is no list.
	_ = s.sequence('[', ']', 0, func() error {
		value, err := s.value(1)
		take(value)
		return err
	})
}

// valuesIn returns the value of each object in a list of them (RFC 7643 §2.4),
// "" where there is none, and whether it is a list.
func valuesIn(list []byte) ([]plan.RemoteID, bool) {
	if len(list) == 0 || list[0] != '[' {
		return nil, false
	}
	var ids []plan.RemoteID
	var one pairs
	s := &scan{text: list}
	_ = s.sequence('[', ']', 0, func() (err error) { // it was checked
		one = one[:0]
		if s.next() == '{' {
			one, err = s.pairs(one, 1)
		} else {
			_, err = s.value(1)
		}
		ids = append(ids, plan.RemoteID(textOf(one.find("value"))))
		return err
	})
	return ids, true
}
