package scimtest

import (
	"maps"
	"net/http"
	"slices"
	"strings"
)

// normal returns a given resource with canonical names, without what is
// read-only, null or unknown. A value of the wrong type is refused.
func normal(k *kind, given map[string]any) (map[string]any, error) {
	body := map[string]any{}
	for _, key := range slices.Sorted(maps.Keys(given)) {
		value := given[key]
		if sch, ok := k.schema(key); ok && key != "" {
			if err := normalExtension(body, sch, value); err != nil {
				return nil, err
			}
			continue
		}
		a, ok := k.core.attribute(key)
		if !ok || a.readOnly || value == nil {
			continue
		}
		v, err := normalValue(a, value)
		if err != nil {
			return nil, err
		}
		body[a.name] = v
	}
	return body, nil
}

func normalExtension(body map[string]any, sch schema, value any) error {
	given, ok := value.(map[string]any)
	if !ok {
		return problem(http.StatusBadRequest, "invalidValue", "%s is not an object", sch.id)
	}
	ext := map[string]any{}
	for _, key := range slices.Sorted(maps.Keys(given)) {
		value := given[key]
		a, ok := sch.attribute(key)
		if !ok || value == nil {
			continue
		}
		v, err := normalValue(a, value)
		if err != nil {
			return err
		}
		ext[a.name] = v
	}
	if len(ext) > 0 {
		body[sch.id] = ext
	}
	return nil
}

// normalValue checks a whole attribute. A single value given for a
// multi-valued attribute becomes a list.
func normalValue(a attr, value any) (any, error) {
	if !a.multi {
		return normalElement(a, value)
	}
	given, ok := value.([]any)
	if !ok {
		given = []any{value}
	}
	list := make([]any, 0, len(given))
	for _, e := range given {
		v, err := normalElement(a, e)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, nil
}

func normalElement(a attr, value any) (any, error) {
	wrong := problem(http.StatusBadRequest, "invalidValue", "%s does not take %T", a.name, value)
	switch v := value.(type) {
	case string:
		if a.typ == "boolean" || a.typ == "complex" {
			return nil, wrong
		}
	case bool:
		if a.typ != "boolean" {
			return nil, wrong
		}
	case map[string]any:
		if a.typ != "complex" {
			return nil, wrong
		}
		return normalObject(a, v)
	default:
		return nil, wrong
	}
	return value, nil
}

func normalObject(a attr, given map[string]any) (map[string]any, error) {
	object := map[string]any{}
	for _, key := range slices.Sorted(maps.Keys(given)) {
		value := given[key]
		part, ok := sub(a.sub, key)
		if !ok || value == nil {
			continue
		}
		v, err := normalElement(part, value)
		if err != nil {
			return nil, err
		}
		object[part.name] = v
	}
	return object, nil
}

// addAll adds elements to a list, each once, and keeps at most one primary
// (RFC 7644 §3.5.2.1).
func addAll(list, more []any) []any {
	have := map[string]bool{}
	for _, e := range list {
		have[identity(e)] = true
	}
	for _, e := range more {
		if have[identity(e)] {
			continue
		}
		have[identity(e)] = true
		list = append(list, e)
		if m, ok := e.(map[string]any); ok && m["primary"] == true {
			onlyPrimary(list, m)
		}
	}
	return list
}

func onlyPrimary(list []any, chosen map[string]any) {
	for _, e := range list {
		m, ok := e.(map[string]any)
		if ok && m["primary"] == true && (m["value"] != chosen["value"] || m["type"] != chosen["type"]) {
			m["primary"] = false
		}
	}
}

// identity tells the elements of a list apart.
func identity(e any) string {
	m, ok := e.(map[string]any)
	if !ok {
		text, _ := e.(string)
		return text
	}
	value, _ := m["value"].(string)
	typ, _ := m["type"].(string)
	return value + "\x00" + strings.ToLower(typ)
}
