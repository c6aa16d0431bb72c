package scimdst

import (
	"encoding/json"
	"fmt"
	"slices"

	"ldap2scim/plan"
)

// usualBody is the room that a body is begun with.
const usualBody = 768

// part is a JSON value of a request's body. Its bytes are those that
// encoding/json writes without HTML escapes, at a fraction of the cost: what is
// sent is known to be one of the types below, and needs no reflection.
type part interface{ appendTo(b []byte) []byte }

type (
	text  string
	truth bool
	array []part
	raw   json.RawMessage
	// object keeps its members in the order of their names, as encoding/json
	// writes a map, so that the same content gives the same bytes.
	object struct{ members []objectMember }
)

type objectMember struct {
	name  string
	value part
}

func (t text) appendTo(b []byte) []byte { return plan.AppendText(b, string(t)) }

func (t truth) appendTo(b []byte) []byte {
	if t {
		return append(b, "true"...)
	}
	return append(b, "false"...)
}

func (r raw) appendTo(b []byte) []byte { return append(b, r...) }

func (a array) appendTo(b []byte) []byte {
	b = append(b, '[')
	for i, p := range a {
		if i > 0 {
			b = append(b, ',')
		}
		b = p.appendTo(b)
	}
	return append(b, ']')
}

func (o *object) appendTo(b []byte) []byte {
	b = append(b, '{')
	for i, m := range o.members {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(plan.AppendText(b, m.name), ':')
		b = m.value.appendTo(b)
	}
	return append(b, '}')
}

// bytes returns the whole body.
func (o *object) bytes() []byte { return o.appendTo(make([]byte, 0, usualBody)) }

// texts is an array of strings.
func texts(list ...string) array {
	a := make(array, 0, len(list))
	for _, t := range list {
		a = append(a, text(t))
	}
	return a
}

// get returns the member, or nil when there is none.
func (o *object) get(name string) part {
	if i := o.place(name); i < len(o.members) && o.members[i].name == name {
		return o.members[i].value
	}
	return nil
}

// set gives the member a value, in the place of the one that it has.
func (o *object) set(name string, p part) {
	i := o.place(name)
	if i < len(o.members) && o.members[i].name == name {
		o.members[i].value = p
		return
	}
	o.members = slices.Insert(o.members, i, objectMember{name: name, value: p})
}

// place is where the name stands or would stand. Most come in their order.
func (o *object) place(name string) int {
	i := len(o.members)
	for i > 0 && o.members[i-1].name >= name {
		i--
	}
	return i
}

// under returns the object that is the member, and makes it where there is
// none.
func (o *object) under(name string) (*object, error) {
	switch v := o.get(name).(type) {
	case nil:
		in := &object{members: make([]objectMember, 0, 2)}
		o.set(name, in)
		return in, nil
	case *object:
		return v, nil
	}
	return nil, fmt.Errorf("attribute %s is given twice in different forms", name)
}
