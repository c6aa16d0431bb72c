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
func patchBody(step plan.Step, resolve *resolver) (map[string]any, error) {
	ops, err := operations(step, resolve)
	if err != nil {
		return nil, err
	}
	return map[string]any{"schemas": []string{patchSchema}, "Operations": ops}, nil
}

func operations(step plan.Step, resolve *resolver) ([]operation, error) {
	onMembers := step.Action == plan.AddMembers || len(step.Members) > 0
	switch {
	case onMembers && step.Kind != plan.Group:
		return nil, errors.New("only a group has members")
	case onMembers && len(step.Members) == 0:
		return nil, errors.New("there are no members")
	case onMembers && len(step.After) > 0:
		return nil, errors.New("a step changes members or fields, not both")
	case step.Action == plan.AddMembers:
		return addMembers(step, resolve), nil
	case onMembers && step.Action == plan.Take:
		return removeMembers(step, resolve), nil
	case onMembers:
		return nil, errors.New("this action does not change members")
	}
	return setFields(wanted(step), step.Before)
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

func setFields(after, before plan.Fields) ([]operation, error) {
	if len(after) == 0 {
		return nil, errors.New("there is nothing to change")
	}
	var ops []operation
	for path, text := range after.Sorted() {
		a, err := parseAttribute(path)
		if err != nil {
			return nil, err
		}
		value, err := a.value(text)
		if err != nil {
			return nil, err
		}
		ops = append(ops, setField(a, value, before[path] != ""))
	}
	return ops, nil
}

// setField gives an attribute its value; doc.go says why in these forms.
func setField(a attribute, value any, had hadValue) operation {
	op := operation{Op: "add", Path: a.path, Value: value}
	if had {
		op.Op = "replace"
	}
	switch {
	case a.path == plan.ExternalIDPath:
		op.Path, op.Value = "", map[string]any{a.path: value}
	case a.kind != "" && !bool(had):
		op.Path, op.Value = a.name, []any{a.element(value)}
		if a.extension != "" {
			op.Path = a.extension + ":" + a.name
		}
	}
	return op
}

// hadValue: the plan saw a value at the destination.
type hadValue bool

func addMembers(step plan.Step, resolve *resolver) []operation {
	list := make([]any, 0, len(step.Members))
	for _, m := range step.Members {
		list = append(list, map[string]any{"value": string(resolve.id(m))})
	}
	return []operation{{Op: "add", Path: "members", Value: list}}
}

// removeMembers sends one operation each: some services read "remove" with a
// list of values as "remove all".
func removeMembers(step plan.Step, resolve *resolver) []operation {
	ops := make([]operation, 0, len(step.Members))
	for _, m := range step.Members {
		ops = append(ops, operation{Op: "remove", Path: member(string(resolve.id(m)))})
	}
	return ops
}
