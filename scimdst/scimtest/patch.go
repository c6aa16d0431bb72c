package scimtest

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"

	filter "github.com/scim2/filter-parser/v2"
)

// patch returns the record's body after all operations (RFC 7644 §3.5.2).
func (s *store) patch(r *record, request []byte) (map[string]any, error) {
	var p struct {
		Schemas    []string
		Operations []struct {
			Op    string
			Path  string
			Value any
		}
	}
	if err := json.Unmarshal(request, &p); err != nil {
		return nil, problem(http.StatusBadRequest, "invalidSyntax", "the body is not a PatchOp: %v", err)
	}
	if !slices.Contains(p.Schemas, "urn:ietf:params:scim:api:messages:2.0:PatchOp") || len(p.Operations) == 0 {
		return nil, problem(http.StatusBadRequest, "invalidSyntax", "the body is not a PatchOp")
	}
	edit := editor{kind: r.kind, body: clone(r.body).(map[string]any), options: s.options}
	for _, op := range p.Operations {
		if s.options.has(PatchNothing) {
			break
		}
		paths, value := edit.asEntra(strings.ToLower(op.Op), op.Path, op.Value)
		for _, path := range paths {
			if err := edit.apply(strings.ToLower(op.Op), path, value); err != nil {
				return nil, err
			}
		}
	}
	return edit.body, nil
}

// editor applies operations to a body.
type editor struct {
	kind    *kind
	body    map[string]any
	options Options
}

func (e *editor) apply(op, path string, value any) error {
	switch {
	case op != "add" && op != "replace" && op != "remove":
		return problem(http.StatusBadRequest, "invalidSyntax", "there is no operation %q", op)
	case op == "remove" && value != nil:
		return problem(http.StatusBadRequest, "invalidValue", "remove takes no value")
	case op == "remove" && path == "":
		return problem(http.StatusBadRequest, "noTarget", "remove needs a path")
	case op != "remove" && value == nil:
		return problem(http.StatusBadRequest, "invalidValue", "%s needs a value", op)
	case path == "":
		return e.applyAll(op, "", value)
	}
	if sch, ok := e.kind.schema(path); ok {
		if op == "remove" {
			delete(e.body, sch.id)
			return nil
		}
		return e.applyAll(op, sch.id+":", value)
	}
	return e.applyTo(op, path, value)
}

// applyAll applies each part of a value object by its own path.
func (e *editor) applyAll(op, prefix string, value any) error {
	object, ok := value.(map[string]any)
	if !ok {
		return problem(http.StatusBadRequest, "invalidValue", "without the path of an attribute the value is an object")
	}
	for _, key := range slices.Sorted(maps.Keys(object)) {
		if prefix == "" && (strings.EqualFold(key, "schemas") || object[key] == nil) {
			continue
		}
		if err := e.apply(op, prefix+key, object[key]); err != nil {
			return err
		}
	}
	return nil
}

func (e *editor) applyTo(op, path string, value any) error {
	p, err := filter.ParsePath([]byte(path))
	if err != nil {
		return problem(http.StatusBadRequest, "invalidPath", "path %q: %v", path, err)
	}
	sch, ok := e.kind.schema(p.AttributePath.URI())
	a, known := sch.attribute(p.AttributePath.AttributeName)
	if !ok || !known {
		return problem(http.StatusBadRequest, "invalidPath", "there is no attribute %s", path)
	}
	if a.readOnly {
		return problem(http.StatusBadRequest, "mutability", "%s is read-only", a.name)
	}
	in := e.body
	if sch.id != e.kind.core.id {
		in, _ = e.body[sch.id].(map[string]any)
		if in == nil {
			in = map[string]any{}
		}
		a.name = spelled(in, a.name)
		defer func() { e.keep(sch.id, in) }()
	}
	part := p.AttributePath.SubAttributeName()
	if p.ValueExpression != nil {
		return e.onElements(op, in, a, p, value)
	}
	if part != "" {
		return onPart(op, in, a, part, value)
	}
	if a.name == "members" && op == "add" && e.options.has(DoubleMembers) {
		have, _ := in[a.name].([]any)
		in[a.name] = append(have, listOf(value)...)
		return nil
	}
	return onWhole(op, in, a, value)
}

func (e *editor) keep(urn string, extension map[string]any) {
	delete(e.body, urn)
	if len(extension) > 0 {
		e.body[urn] = extension
	}
}

// onWhole sets or removes an attribute as a whole.
func onWhole(op string, in map[string]any, a attr, value any) error {
	if op == "remove" {
		delete(in, a.name)
		return nil
	}
	v, err := normalValue(a, value)
	if err != nil {
		return err
	}
	list, isList := v.([]any)
	object, isObject := v.(map[string]any)
	old, _ := in[a.name].(map[string]any)
	switch {
	case isList && op == "add":
		have, _ := in[a.name].([]any)
		in[a.name] = addAll(have, list)
	case isObject && old != nil:
		maps.Copy(old, object) // what is not named stays (RFC 7644 §3.5.2.3)
	default:
		in[a.name] = v
	}
	return nil
}

// onPart sets or removes one part of a complex attribute, of each element
// where there are many.
func onPart(op string, in map[string]any, a attr, part string, value any) error {
	b, ok := sub(a.sub, part)
	if !ok {
		return problem(http.StatusBadRequest, "invalidPath", "%s has no part %s", a.name, part)
	}
	targets := listOf(in[a.name])
	if len(targets) == 0 && !a.multi && op != "remove" {
		in[a.name] = map[string]any{}
		targets = listOf(in[a.name])
	}
	if len(targets) == 0 && op != "remove" {
		return problem(http.StatusBadRequest, "noTarget", "there is no value in %s", a.name)
	}
	return setPart(op, targets, b, value)
}

func setPart(op string, targets []any, b attr, value any) error {
	for _, t := range targets {
		m, _ := t.(map[string]any)
		if op == "remove" {
			delete(m, b.name)
			continue
		}
		v, err := normalElement(b, value)
		if err != nil {
			return err
		}
		m[b.name] = v
	}
	return nil
}

// onElements works on the elements that a value filter selects.
func (e *editor) onElements(op string, in map[string]any, a attr, p filter.Path, value any) error {
	list := listOf(in[a.name])
	var chosen, rest []any
	for _, v := range list {
		element, _ := v.(map[string]any)
		m, err := scope{kind: e.kind, element: &a}.match(p.ValueExpression, element)
		if err != nil {
			return err
		}
		if m {
			chosen = append(chosen, v)
		} else {
			rest = append(rest, v)
		}
	}
	if op == "remove" && a.name == "members" && e.options.has(RemoveAll) {
		rest = nil
	}
	if op == "remove" && p.SubAttributeName() == "" {
		in[a.name] = rest
		return nil
	}
	if len(chosen) == 0 && op != "remove" {
		return problem(http.StatusBadRequest, "noTarget", "no value of %s is selected", a.name)
	}
	if part := p.SubAttributeName(); part != "" {
		b, ok := sub(a.sub, part)
		if !ok {
			return problem(http.StatusBadRequest, "invalidPath", "%s has no part %s", a.name, part)
		}
		return setPart(op, chosen, b, value)
	}
	v, err := normalElement(a, value)
	if err != nil {
		return err
	}
	for _, c := range chosen {
		maps.Copy(c.(map[string]any), v.(map[string]any))
	}
	return nil
}
