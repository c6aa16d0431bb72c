package scimtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	filter "github.com/scim2/filter-parser/v2"
)

// scope is where attribute names are looked up: a resource, or an element of
// a multi-valued attribute.
type scope struct {
	kind *kind
	// element is the attribute whose elements are asked, or nil.
	element *attr
}

func parseFilter(text string) (filter.Expression, error) {
	e, err := filter.ParseFilter([]byte(text))
	if err != nil {
		return nil, problem(http.StatusBadRequest, "invalidFilter", "filter %q: %v", text, err)
	}
	return e, nil
}

// match evaluates an expression on a shown resource or an element.
func (s scope) match(e filter.Expression, on map[string]any) (bool, error) {
	switch e := e.(type) {
	case *filter.AttributeExpression:
		return s.compare(*e, on)
	case *filter.LogicalExpression:
		left, err := s.match(e.Left, on)
		if err != nil || left == (e.Operator == filter.OR) {
			return left, err
		}
		return s.match(e.Right, on)
	case *filter.NotExpression:
		m, err := s.match(e.Expression, on)
		return !m, err
	case *filter.ValuePath:
		a, values, err := s.find(e.AttributePath, on)
		if err != nil {
			return false, err
		}
		inner := scope{kind: s.kind, element: &a}
		for _, v := range values {
			element, _ := v.(map[string]any)
			if m, err := inner.match(e.ValueFilter, element); m || err != nil {
				return m, err
			}
		}
		return false, nil
	}
	return false, problem(http.StatusBadRequest, "invalidFilter", "this filter is not understood")
}

// find returns the attribute of a path and its values, one by one.
func (s scope) find(p filter.AttributePath, on map[string]any) (attr, []any, error) {
	unknown := problem(http.StatusBadRequest, "invalidFilter", "there is no attribute %s", p)
	var a attr
	var ok bool
	if s.element != nil {
		a, ok = sub(s.element.sub, p.AttributeName)
	} else {
		var sch schema
		if sch, ok = s.kind.schema(p.URI()); ok {
			a, ok = sch.attribute(p.AttributeName)
			if sch.id != s.kind.core.id {
				on, _ = on[sch.id].(map[string]any)
			}
		}
	}
	if !ok {
		return attr{}, nil, unknown
	}
	values := listOf(on[spelled(on, a.name)])
	part := p.SubAttributeName()
	if part == "" {
		return a, values, nil
	}
	if a, ok = sub(a.sub, part); !ok {
		return attr{}, nil, unknown
	}
	var parts []any
	for _, v := range values {
		if m, _ := v.(map[string]any); m[a.name] != nil {
			parts = append(parts, m[a.name])
		}
	}
	return a, parts, nil
}

// spelled finds the key that an open schema was given in another case.
func spelled(on map[string]any, name string) string {
	if _, ok := on[name]; ok {
		return name
	}
	for key := range on {
		if strings.EqualFold(key, name) {
			return key
		}
	}
	return name
}

func listOf(v any) []any {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		return v
	}
	return []any{v}
}

// compare holds each value of the attribute against the filter's; one that
// fits is enough, but for "ne", which no value may equal.
func (s scope) compare(e filter.AttributeExpression, on map[string]any) (bool, error) {
	a, values, err := s.find(e.AttributePath, on)
	if err != nil {
		return false, err
	}
	want := e.CompareValue
	if text, ok := want.(string); ok { // the parser leaves the escapes in
		if err := json.Unmarshal([]byte(`"`+text+`"`), &text); err != nil {
			return false, problem(http.StatusBadRequest, "invalidFilter", "%q is not a JSON string", text)
		}
		want = text
	}
	operator := e.Operator
	if operator == filter.NE {
		operator = filter.EQ
	}
	found := false
	for _, v := range values {
		if m, ok := v.(map[string]any); ok && operator != filter.PR {
			v = m["value"]
		}
		found = found || holds(operator, v, want, a.caseExact)
	}
	return found != (e.Operator == filter.NE), nil
}

func holds(op filter.CompareOperator, have, want any, caseExact bool) bool {
	h, isText := have.(string)
	w, wantsText := want.(string)
	switch {
	case op == filter.PR:
		return have != nil && have != ""
	case !isText || !wantsText:
		return op == filter.EQ && fmt.Sprint(have) == fmt.Sprint(want) && isText == wantsText
	case !caseExact:
		h, w = fold(h), fold(w)
	}
	switch op {
	case filter.EQ:
		return h == w
	case filter.CO:
		return strings.Contains(h, w)
	case filter.SW:
		return strings.HasPrefix(h, w)
	case filter.EW:
		return strings.HasSuffix(h, w)
	case filter.GT:
		return h > w
	case filter.GE:
		return h >= w
	case filter.LT:
		return h < w
	case filter.LE:
		return h <= w
	}
	return false
}
