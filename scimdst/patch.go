package scimdst

import (
	"errors"
	"maps"

	"ldap2scim/plan"
)

// operation is one PATCH operation (RFC 7644 §3.5.2), its keys in the order
// of the alphabet.
type operation struct {
	Op    string `json:"op"`
	Path  string `json:"path,omitempty"`
	Value any    `json:"value,omitempty"`
}

// patchBody is the body that changes the step's object.
func (p Profile) patchBody(step plan.Step, resolve *resolver) (map[string]any, error) {
	ops, err := p.operations(step, resolve)
	if err != nil {
		return nil, err
	}
	return map[string]any{"schemas": []string{patchSchema}, "Operations": ops}, nil
}

func (p Profile) operations(step plan.Step, resolve *resolver) ([]operation, error) {
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
	value any
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

func (p Profile) setFields(after, before plan.Fields) ([]operation, error) {
	if len(after) == 0 {
		return nil, nil
	}
	var fields []field
	for path, text := range after.Sorted() {
		a, err := parseAttribute(path)
		if err != nil {
			return nil, err
		}
		value, err := a.value(text)
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

func (p Profile) addMembers(step plan.Step, resolve *resolver) []operation {
	return []operation{{Op: p.word("add"), Path: "members", Value: p.memberList(step, resolve)}}
}

// removeMembers sends one operation each, where the profile does not say
// otherwise: some services read "remove" with a list of values as "remove all".
func (p Profile) removeMembers(step plan.Step, resolve *resolver) []operation {
	if p.Removal == RemovalValue {
		return []operation{{Op: p.word("remove"), Path: "members", Value: p.memberList(step, resolve)}}
	}
	ops := make([]operation, 0, len(step.Members))
	for _, m := range step.Members {
		ops = append(ops, operation{Op: p.word("remove"), Path: member(string(resolve.id(m)))})
	}
	return ops
}

func (p Profile) memberList(step plan.Step, resolve *resolver) []any {
	list := make([]any, 0, len(step.Members))
	for _, m := range step.Members {
		entry := map[string]any{"value": string(resolve.id(m))}
		if p.Patch == DialectEntra {
			entry["$ref"] = nil
		}
		list = append(list, entry)
	}
	return list
}
