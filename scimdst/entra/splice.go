package entra

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
)

// value is one JSON value with its place in the document, so that a change
// leaves every other byte as it is: members that nobody knows here, the forms
// of numbers, order and white space.
type value struct {
	doc        []byte
	start, end int
	// members of an object in their order, or elements of an array, which have
	// no name.
	members []member
	array   bool
}

type member struct {
	name string
	value
}

// parseValue reads a document.
func parseValue(doc []byte) (value, error) {
	dec := json.NewDecoder(bytes.NewReader(doc))
	dec.UseNumber()
	v, err := parseNext(doc, dec)
	if err != nil {
		return value{}, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return value{}, errors.New("something follows the document")
	}
	return v, nil
}

func parseNext(doc []byte, dec *json.Decoder) (value, error) {
	before := int(dec.InputOffset())
	t, err := dec.Token()
	if err != nil {
		return value{}, err
	}
	v := value{doc: doc, start: before + len(doc[before:]) - len(bytes.TrimLeft(doc[before:], " \t\r\n,:"))}
	if d, opens := t.(json.Delim); opens {
		v.array = d == '['
		for dec.More() {
			var m member
			if !v.array {
				name, err := dec.Token()
				if err != nil {
					return value{}, err
				}
				m.name = fmt.Sprint(name)
			}
			if m.value, err = parseNext(doc, dec); err != nil {
				return value{}, err
			}
			v.members = append(v.members, m)
		}
		if _, err := dec.Token(); err != nil {
			return value{}, err
		}
	}
	v.end = int(dec.InputOffset())
	return v, nil
}

// get returns a member; one that is not there has no members and no text.
func (v value) get(name string) value {
	for _, m := range v.members {
		if m.name == name {
			return m.value
		}
	}
	return value{doc: v.doc}
}

// text is a string value, or "".
func (v value) text() string {
	var s string
	if v.start == v.end || json.Unmarshal(v.doc[v.start:v.end], &s) != nil {
		return ""
	}
	return s
}

// with finds the element of an array whose member has a text.
func (v value) with(name, text string) (value, bool) {
	for _, m := range v.members {
		if m.get(name).text() == text {
			return m.value, true
		}
	}
	return value{}, false
}

// splices are changes of a document: of each the bytes from start to end, and
// what takes their place.
type splices []splice

type splice struct {
	start, end int
	text       string
}

// change adds elements at the end of an array and takes those away that drop
// names.
func (s *splices) change(array value, added []string, drop func(value) bool) {
	kept := 0
	for i, m := range array.members {
		if !drop(m.value) {
			kept++
			continue
		}
		// With the element goes the comma before it, or that behind the first.
		start, end := m.start, m.end
		if kept > 0 {
			start = array.members[i-1].end
		} else if i+1 < len(array.members) {
			end = array.members[i+1].start
		}
		*s = append(*s, splice{start, end, ""})
	}
	text := ""
	for _, one := range added {
		if kept > 0 {
			text += ","
		}
		text += one
		kept++
	}
	if text != "" {
		at := array.end - 1
		if n := len(array.members); n > 0 {
			at = array.members[n-1].end
		}
		*s = append(*s, splice{at, at, text})
	}
}

// apply makes the changes, which must not overlap.
func (s splices) apply(doc []byte) ([]byte, error) {
	slices.SortStableFunc(s, func(a, b splice) int { return a.start - b.start })
	var b bytes.Buffer
	at := 0
	for _, one := range s {
		if one.start < at {
			return nil, fmt.Errorf("two changes of a document meet at byte %d", one.start)
		}
		b.Write(doc[at:one.start])
		b.WriteString(one.text)
		at = one.end
	}
	b.Write(doc[at:])
	if !json.Valid(b.Bytes()) {
		return nil, errors.New("the changed document is no JSON any more; this is a bug")
	}
	return b.Bytes(), nil
}
