package scimdst

import (
	"bytes"
	"slices"
	"unicode/utf8"

	"ldap2scim/plan"
)

// pair is a member of a JSON object: its name, and its value as it stands.
type pair struct{ name, value []byte }

// pairs are the members of an object in the order of their names, of equal ones
// the last, as encoding/json has it. They are good as long as the text is.
type pairs []pair

// appendPairs reads an object into a list, which is empty, and checks all that is
// in it.
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
// "" where there is none, and whether it is a list. They share one copy of it.
func valuesIn(list []byte) ([]plan.RemoteID, bool) {
	if len(list) == 0 || list[0] != '[' {
		return nil, false
	}
	v := valueReader{scan: scan{text: list}, shared: string(list)}
	ids := slices.Grow([]plan.RemoteID(nil), bytes.Count(list, []byte{'{'})) // mostly one for each
	_ = v.sequence('[', ']', 0, func() error {                               // it was checked
		id, err := v.value()
		ids = append(ids, id)
		return err
	})
	return ids, true
}

// valueReader reads what is called value in objects, from checked text.
type valueReader struct {
	scan
	shared string // the text
	one    pairs
}

// value consumes an element of a list.
func (r *valueReader) value() (plan.RemoteID, error) {
	const name = `"value"`
	if r.next() != '{' {
		_, err := r.scan.value(1)
		return "", err
	}
	begin, at, end, usual := r.at, 0, 0, true
	err := r.object(1, func(quoted []byte) error {
		value, err := r.scan.value(2)
		switch {
		case string(quoted) == name:
			at, end = r.at-len(value), r.at
		case !standsAsIs(quoted) || len(quoted) == len(name) && bytes.EqualFold(quoted, []byte(name)):
			usual = false
		}
		return err
	})
	if text := r.text[at:end]; usual && isPlainText(text) {
		return plan.RemoteID(r.shared[at+1 : end-1]), err
	}
	r.at = begin
	r.one, err = r.pairs(r.one[:0], 1)
	return plan.RemoteID(textOf(r.one.find("value"))), err
}

// isPlainText reports whether a value is a string that says what stands there.
func isPlainText(value []byte) bool {
	return len(value) >= 2 && value[0] == '"' && bytes.IndexByte(value, '\\') < 0 && utf8.Valid(value)
}
