package scimdst

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"ldap2scim/plan"
)

// treeResource reads what parseResource reads, by way of the tree that
// encoding/json makes of it: plain, and too slow for long lists.
func treeResource(kind plan.Kind, body []byte) (held, error) {
	var m map[string]any
	dec := json.NewDecoder(strings.NewReader(string(body)))
	dec.UseNumber()
	if err := dec.Decode(&m); err != nil {
		return held{}, fmt.Errorf("the answer is not a JSON object: %w", err)
	}
	return treeFlatten(kind, m)
}

func treeFlatten(kind plan.Kind, m map[string]any) (held, error) {
	if err := treeSchemas(kind, m); err != nil {
		return held{}, err
	}
	id, _ := treeFind(m, "id").(string)
	if id == "" {
		return held{}, errors.New("a resource has no id")
	}
	h := held{Resource: plan.Resource{Kind: kind, RemoteID: plan.RemoteID(id), Fields: plan.Fields{}}}
	external, _ := treeFind(m, plan.ExternalIDPath).(string)
	h.ExternalID = plan.ExternalID(external)
	if meta, ok := treeFind(m, "meta").(map[string]any); ok {
		h.Version, _ = treeFind(meta, "version").(string)
	}
	for _, key := range slices.Sorted(maps.Keys(m)) {
		treeAttribute(h.Fields, key, m[key])
	}
	if kind == plan.Group {
		return treeMembers(h, m)
	}
	list, ok := treeFind(m, "groups").([]any)
	h.groupsShown = ok
	for _, e := range list {
		entry, _ := e.(map[string]any)
		id, _ := treeFind(entry, "value").(string)
		h.groups = append(h.groups, plan.RemoteID(id))
	}
	return h, nil
}

func treeSchemas(kind plan.Kind, m map[string]any) error {
	list, _ := treeFind(m, "schemas").([]any)
	for _, s := range list {
		if text, _ := s.(string); strings.EqualFold(text, schemaOf(kind)) {
			return nil
		}
	}
	return foreign(kind)
}

func treeAttribute(f plan.Fields, key string, value any) {
	name := treeName(key)
	isURN := len(key) >= 4 && strings.EqualFold(key[:4], "urn:")
	switch v := value.(type) {
	case map[string]any:
		if isURN {
			treeExtension(f, extensionName(key), v)
		} else if name == "name" {
			treeObject(f, "name.", v)
		}
	case []any:
		if name == "emails" || name == "phoneNumbers" {
			treeTyped(f, name, v)
		}
	default:
		// A URN with a simple value is what elimity makes of a PATCH path that
		// it did not understand; it is no attribute.
		if isURN || name == "id" || name == plan.ExternalIDPath || name == "password" {
			return
		}
		treeSet(f, name, value)
	}
}

func treeExtension(f plan.Fields, urn string, m map[string]any) {
	for _, key := range slices.Sorted(maps.Keys(m)) {
		if sub, ok := m[key].(map[string]any); ok {
			treeObject(f, urn+":"+key+".", sub)
			continue
		}
		treeSet(f, urn+":"+key, m[key])
	}
}

func treeObject(f plan.Fields, prefix string, m map[string]any) {
	for _, key := range slices.Sorted(maps.Keys(m)) {
		treeSet(f, prefix+treeName(key), m[key])
	}
}

func treeName(key string) string {
	if known, ok := canonical([]byte(key)); ok {
		return known
	}
	return key
}

// treeTyped takes, of several values of one type, the primary or else the
// first.
func treeTyped(f plan.Fields, name string, list []any) {
	primary := map[string]bool{}
	for _, e := range list {
		m, _ := e.(map[string]any)
		kind, _ := treeFind(m, "type").(string)
		if kind == "" {
			continue
		}
		path := typedPath(name, strings.ToLower(kind))
		isPrimary, _ := treeFind(m, "primary").(bool)
		if _, have := f[path]; !have || isPrimary && !primary[path] {
			treeSet(f, path, treeFind(m, "value"))
			primary[path] = isPrimary
		}
	}
}

// treeSet stores a simple value as text, and nothing for a blank or complex one.
func treeSet(f plan.Fields, path string, value any) {
	var text string
	switch v := value.(type) {
	case string:
		text = v
	case bool, json.Number:
		text = fmt.Sprint(v)
	}
	if text != "" {
		f[path] = text
	}
}

func treeMembers(h held, m map[string]any) (held, error) {
	value := treeFind(m, "members")
	list, ok := value.([]any)
	if !ok {
		return h, nil
	}
	h.membersShown = true
	for _, e := range list {
		entry, _ := e.(map[string]any)
		id, _ := treeFind(entry, "value").(string)
		if id == "" {
			return held{}, fmt.Errorf("group %s has a member without a value", h.RemoteID)
		}
		h.Members = append(h.Members, plan.RemoteID(id))
	}
	slices.Sort(h.Members)
	h.Members = slices.Compact(h.Members)
	return h, nil
}

// treeFind returns the value under a name in any case (RFC 7643 §2.1), the exact
// one first.
func treeFind(m map[string]any, name string) any {
	if v, ok := m[name]; ok {
		return v
	}
	for _, key := range slices.Sorted(maps.Keys(m)) {
		if strings.EqualFold(key, name) {
			return m[key]
		}
	}
	return nil
}
