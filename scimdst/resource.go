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

// held is a resource as the service showed it.
type held struct {
	plan.Resource
	// membersShown: the attribute "members" was there, even if empty.
	membersShown bool
	// groups are those that a person shows to be in (RFC 7643 §4.1.2).
	groups      []plan.RemoteID
	groupsShown bool
}

// parseResource reads one resource from a single answer.
func parseResource(kind plan.Kind, body []byte) (held, error) {
	var m map[string]any
	dec := json.NewDecoder(strings.NewReader(string(body)))
	dec.UseNumber()
	if err := dec.Decode(&m); err != nil {
		return held{}, fmt.Errorf("the answer is not a JSON object: %w", err)
	}
	return flatten(kind, m)
}

// flatten turns a resource's JSON into the plan's form: every simple
// attribute, those of name, e-mail addresses and telephone numbers by type,
// and what is simple in extensions. What has no value is left out.
func flatten(kind plan.Kind, m map[string]any) (held, error) {
	if err := checkSchemas(kind, m); err != nil {
		return held{}, err
	}
	id, _ := find(m, "id").(string)
	if id == "" {
		return held{}, errors.New("a resource has no id")
	}
	h := held{Resource: plan.Resource{Kind: kind, RemoteID: plan.RemoteID(id), Fields: plan.Fields{}}}
	external, _ := find(m, plan.ExternalIDPath).(string)
	h.ExternalID = plan.ExternalID(external)
	if meta, ok := find(m, "meta").(map[string]any); ok {
		h.Version, _ = find(meta, "version").(string)
	}
	for _, key := range slices.Sorted(maps.Keys(m)) {
		flattenAttribute(h.Fields, key, m[key])
	}
	if kind == plan.Group {
		return withMembers(h, m)
	}
	list, ok := find(m, "groups").([]any)
	h.groupsShown = ok
	for _, e := range list {
		entry, _ := e.(map[string]any)
		id, _ := find(entry, "value").(string)
		h.groups = append(h.groups, plan.RemoteID(id))
	}
	return h, nil
}

// checkSchemas holds the core schema of the kind against "schemas" (RFC 7643
// §3): an answer without it is of another kind, or no resource at all.
func checkSchemas(kind plan.Kind, m map[string]any) error {
	list, _ := find(m, "schemas").([]any)
	for _, s := range list {
		if text, _ := s.(string); strings.EqualFold(text, schemaOf(kind)) {
			return nil
		}
	}
	return foreign(kind)
}

func schemaOf(kind plan.Kind) string {
	if kind == plan.Group {
		return groupSchema
	}
	return userSchema
}

func foreign(kind plan.Kind) error {
	return fmt.Errorf("the answer is no SCIM resource: its schemas do not name %s", schemaOf(kind))
}

func flattenAttribute(f plan.Fields, key string, value any) {
	name := canonical(key)
	isURN := len(key) >= 4 && strings.EqualFold(key[:4], "urn:")
	switch v := value.(type) {
	case map[string]any:
		if isURN {
			flattenExtension(f, extensionName(key), v)
		} else if name == "name" {
			flattenObject(f, "name.", v)
		}
	case []any:
		if name == "emails" || name == "phoneNumbers" {
			flattenTyped(f, name, v)
		}
	default:
		// A URN with a simple value is what elimity makes of a PATCH path that
		// it did not understand; it is no attribute.
		if isURN || name == "id" || name == plan.ExternalIDPath || name == "password" {
			return
		}
		set(f, name, value)
	}
}

func flattenExtension(f plan.Fields, urn string, m map[string]any) {
	for _, key := range slices.Sorted(maps.Keys(m)) {
		if sub, ok := m[key].(map[string]any); ok {
			flattenObject(f, urn+":"+key+".", sub)
			continue
		}
		set(f, urn+":"+key, m[key])
	}
}

func flattenObject(f plan.Fields, prefix string, m map[string]any) {
	for _, key := range slices.Sorted(maps.Keys(m)) {
		set(f, prefix+canonical(key), m[key])
	}
}

// flattenTyped takes, of several values of one type, the primary or else the
// first.
func flattenTyped(f plan.Fields, name string, list []any) {
	primary := map[string]bool{}
	for _, e := range list {
		m, _ := e.(map[string]any)
		kind, _ := find(m, "type").(string)
		if kind == "" {
			continue
		}
		path := typedPath(name, strings.ToLower(kind))
		isPrimary, _ := find(m, "primary").(bool)
		if _, have := f[path]; !have || isPrimary && !primary[path] {
			set(f, path, find(m, "value"))
			primary[path] = isPrimary
		}
	}
}

// set stores a simple value as text, and nothing for a blank or complex one.
func set(f plan.Fields, path string, value any) {
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

func withMembers(h held, m map[string]any) (held, error) {
	value := find(m, "members")
	list, ok := value.([]any)
	if !ok {
		return h, nil
	}
	h.membersShown = true
	for _, e := range list {
		entry, _ := e.(map[string]any)
		id, _ := find(entry, "value").(string)
		if id == "" {
			return held{}, fmt.Errorf("group %s has a member without a value", h.RemoteID)
		}
		h.Members = append(h.Members, plan.RemoteID(id))
	}
	slices.Sort(h.Members)
	h.Members = slices.Compact(h.Members)
	return h, nil
}

// find returns the value under a name in any case (RFC 7643 §2.1), the exact
// one first.
func find(m map[string]any, name string) any {
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

// canonical returns the spelling of RFC 7643 for an attribute of its core
// schemas, and any other name as it is.
func canonical(name string) string {
	for _, known := range [...]string{
		"id", plan.ExternalIDPath, plan.UserName, plan.DisplayName, plan.Active,
		"nickName", "profileUrl", "title", "userType", "preferredLanguage", "locale", "timezone", "password",
		"name", "givenName", "familyName", "middleName", "formatted", "honorificPrefix", "honorificSuffix",
		"emails", "phoneNumbers",
	} {
		if strings.EqualFold(name, known) {
			return known
		}
	}
	return name
}

func extensionName(urn string) string {
	if strings.EqualFold(urn, enterpriseSchema) {
		return enterpriseSchema
	}
	return urn
}
