package scimdst

import (
	"errors"
	"maps"
	"slices"

	"ldap2scim/plan"
)

// operation is one PATCH operation (RFC 7644 §3.5.2). A blank path and a nil
// value are left out.
type operation struct {
	op    string
	path  string
	value part
}

func (o operation) appendTo(b []byte) []byte {
	b = plan.AppendText(append(b, `{"op":`...), o.op)
	if o.path != "" {
		b = plan.AppendText(append(b, `,"path":`...), o.path)
	}
	if o.value != nil {
		b = o.value.appendTo(append(b, `,"value":`...))
	}
	return append(b, '}')
}

// patchBody is the body that changes the step's object.
func (p Profile) patchBody(step plan.Step, resolve *resolver) ([]byte, error) {
	ops, err := p.operations(step, resolve)
	if err != nil {
		return nil, err
	}
	body := &object{}
	body.set("Operations", ops)
	body.set("schemas", texts(patchSchema))
	return body.bytes(), nil
}

func (p Profile) operations(step plan.Step, resolve *resolver) (array, error) {
	onMembers := step.Action == plan.AddMembers || len(step.Members) > 0
	switch {
	case onMembers && step.Kind != plan.Group:
		return nil, errors.New("only a group has members")
	case onMembers && len(step.Members) == 0:
		return nil, errors.New("there are no members")
	case onMembers && len(step.After)+len(step.Clear) > 0:
		return nil, errors.New("a step changes members or fields, not both")
	case step.Action == plan.AddMembers:
		return p.addMembers(step, resolve), nil
	case onMembers && step.Action == plan.Take:
		return p.removeMembers(step, resolve), nil
	case onMembers:
		return nil, errors.New("this action does not change members")
	}
	if step.Action == plan.Adopt && p.externalID(step.Kind) == ExternalIDNone {
		return nil, errors.New("the service keeps no external id, so nothing can be adopted")
	}
	if len(step.After)+len(step.Clear) == 0 && step.Action != plan.Adopt {
		return nil, errors.New("there is nothing to change")
	}
	set, err := p.setFields(wanted(step), step.Before)
	if err != nil {
		return nil, err
	}
	remove, err := p.clearFields(step.Clear)
	return append(set, remove...), err
}

// wanted are the fields that the object has after the step.
func wanted(step plan.Step) plan.Fields {
	if step.Action != plan.Adopt {
		return step.After
	}
	after := maps.Clone(step.After)
	if after == nil {
		after = plan.Fields{}
	}
	after[plan.ExternalIDPath] = string(step.Object)
	return after
}

// field is one attribute that gets a value.
type field struct {
	attribute
	value part
	had   hadValue
}

// hadValue: the plan saw a value at the destination.
type hadValue bool

// op is the operation by which the attribute gets its value.
func (f field) op() string {
	if f.had {
		return "replace"
	}
	return "add"
}

func (p Profile) setFields(after, before plan.Fields) (array, error) {
	if len(after) == 0 {
		return nil, nil
	}
	var fields []field
	for path, of := range after.Sorted() {
		a, err := parseAttribute(path)
		if err != nil {
			return nil, err
		}
		value, err := a.value(of)
		if err != nil {
			return nil, err
		}
		fields = append(fields, field{attribute: a, value: value, had: before[path] != ""})
	}
	switch p.Patch {
	case DialectValues:
		return byValues(fields)
	case DialectEntra:
		return byEntra(fields), nil
	case DialectAADOptSCIM:
		return byAADOptSCIM(fields), nil
	case DialectPaths:
	}
	return byPaths(fields), nil
}

func (p Profile) addMembers(step plan.Step, resolve *resolver) array {
	return array{operation{op: p.word("add"), path: "members", value: p.memberList(step, resolve)}}
}

// removeMembers sends one operation each, where the profile does not say
// otherwise: some services read "remove" with a list of values as "remove all".
func (p Profile) removeMembers(step plan.Step, resolve *resolver) array {
	if p.Removal == RemovalValue {
		return array{operation{op: p.word("remove"), path: "members", value: p.memberList(step, resolve)}}
	}
	ops := make(array, 0, len(step.Members))
	for _, m := range step.Members {
		ops = append(ops, operation{op: p.word("remove"), path: member(string(resolve.id(m)))})
	}
	return ops
}

func (p Profile) memberList(step plan.Step, resolve *resolver) memberList {
	list := memberList{before: `{"value":`, ids: make([]plan.RemoteID, 0, len(step.Members))}
	if p.Patch == DialectEntra {
		list.before = `{"$ref":null,"value":`
	}
	for _, m := range step.Members {
		list.ids = append(list.ids, resolve.id(m))
	}
	return list
}

// memberList is an array with an object for each member. Before stands in it
// before the member's id.
type memberList struct {
	before string
	ids    []plan.RemoteID
}

func (l memberList) appendTo(b []byte) []byte {
	const usualID = 40
	b = append(slices.Grow(b, len(l.ids)*(len(l.before)+usualID)), '[')
	for i, id := range l.ids {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(plan.AppendText(append(b, l.before...), string(id)), '}')
	}
	return append(b, ']')
}
