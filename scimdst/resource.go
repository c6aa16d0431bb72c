package scimdst

import (
	"bytes"
	"fmt"
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

// parseResource reads one resource from a single answer into the plan's form:
// every simple attribute, those of name, e-mail addresses and telephone numbers
// by type, and what is simple in extensions. What has no value is left out.
// Members are in order, each once.
func parseResource(kind plan.Kind, body []byte) (held, error) {
	h, err := readResource(kind, body)
	if !slices.IsSorted(h.Members) {
		slices.Sort(h.Members)
	}
	h.Members = slices.Compact(h.Members)
	return h, err
}

// readResource is parseResource with the members as they stand there.
func readResource(kind plan.Kind, body []byte) (held, error) {
	all, err := pairsOf(body)
	if err != nil {
		return held{}, fmt.Errorf("the answer is no resource: %w", err)
	}
	h, err := headOf(kind, all)
	if err != nil {
		return held{}, err
	}
	h.Fields = plan.Fields{}
	for _, p := range all {
		flattenAttribute(h.Fields, p.name, p.value)
	}
	if kind == plan.Group {
		return withMembers(h, all.find("members"))
	}
	h.groups, h.groupsShown = valuesIn(all.find("groups"))
	return h, nil
}

// names reports whether the list of schemas has one, in any case (RFC 7643
// §3): an answer without that of its kind is of another, or no resource at all.
func names(schemas []byte, want string) bool {
	found := false
	elements(schemas, func(value []byte) {
		found = found || strings.EqualFold(textOf(value), want)
	})
	return found
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

func flattenAttribute(f plan.Fields, key, value []byte) {
	name := canonical(key)
	isURN := len(key) >= 4 && bytes.EqualFold(key[:4], []byte("urn:"))
	switch value[0] {
	case '{':
		if isURN {
			flattenExtension(f, extensionName(name), inner(value))
		} else if name == "name" {
			flattenObject(f, "name.", inner(value))
		}
	case '[':
		if name == "emails" || name == "phoneNumbers" {
			flattenTyped(f, name, value)
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

func flattenExtension(f plan.Fields, urn string, all pairs) {
	for _, p := range all {
		if p.value[0] == '{' {
			flattenObject(f, urn+":"+string(p.name)+".", inner(p.value))
			continue
		}
		set(f, urn+":"+string(p.name), p.value)
	}
}

func flattenObject(f plan.Fields, prefix string, all pairs) {
	for _, p := range all {
		set(f, prefix+canonical(p.name), p.value)
	}
}

// flattenTyped takes, of several values of one type, the primary or else the
// first.
func flattenTyped(f plan.Fields, name string, list []byte) {
	primary := map[string]bool{}
	elements(list, func(value []byte) {
		of := inner(value)
		kind := textOf(of.find("type"))
		if kind == "" {
			return
		}
		path := typedPath(name, strings.ToLower(kind))
		isPrimary := string(of.find("primary")) == "true"
		if _, have := f[path]; !have || isPrimary && !primary[path] {
			set(f, path, of.find("value"))
			primary[path] = isPrimary
		}
	})
}

// set stores a simple value as text, and nothing for a blank or complex one.
func set(f plan.Fields, path string, value []byte) {
	text := ""
	switch {
	case len(value) == 0:
	case value[0] == '"':
		text = textOf(value)
	case value[0] != '{' && value[0] != '[' && value[0] != 'n': // true, false, a number
		text = string(value)
	}
	if text != "" {
		f[path] = text
	}
}

func withMembers(h held, list []byte) (held, error) {
	if h.Members, h.membersShown = valuesIn(list); slices.Contains(h.Members, "") {
		return held{}, fmt.Errorf("group %s has a member without a value", h.RemoteID)
	}
	return h, nil
}

// canonical returns the spelling of RFC 7643 for an attribute of its core
// schemas, and any other name as it is.
func canonical(name []byte) string {
	for _, known := range [...]string{
		"id", plan.ExternalIDPath, plan.UserName, plan.DisplayName, plan.Active,
		"nickName", "profileUrl", "title", "userType", "preferredLanguage", "locale", "timezone", "password",
		"name", "givenName", "familyName", "middleName", "formatted", "honorificPrefix", "honorificSuffix",
		"emails", "phoneNumbers",
	} {
		if len(name) == len(known) && bytes.EqualFold(name, []byte(known)) {
			return known
		}
	}
	return string(name)
}

func extensionName(urn string) string {
	if strings.EqualFold(urn, enterpriseSchema) {
		return enterpriseSchema
	}
	return urn
}
