package entratest

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

const (
	coreUser       = "urn:ietf:params:scim:schemas:core:2.0:User"
	coreGroup      = "urn:ietf:params:scim:schemas:core:2.0:Group"
	enterpriseUser = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
	groupExtension = "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"
	patchSchema    = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
)

// place is where a target attribute is in a SCIM resource.
type place struct {
	urn       string // of an extension
	name      string
	kind      string // the type of an element, as in emails[type eq "work"]
	attribute string // the part of name, if it is complex
}

func placeOf(target string) place {
	var p place
	if strings.HasPrefix(target, "urn:") {
		cut := strings.LastIndexByte(target, ':')
		p.urn, target = target[:cut], target[cut+1:]
	}
	if m := regexp.MustCompile(`^(\w+)\[type eq "(\w+)"\]\.(\w+)$`).FindStringSubmatch(target); m != nil {
		p.name, p.kind, p.attribute = m[1], m[2], m[3]
		return p
	}
	p.name, p.attribute, _ = strings.Cut(target, ".")
	return p
}

// get reads a value out of a resource as text; "" where there is none.
func (p place) get(resource map[string]any) string {
	if p.urn != "" {
		resource, _ = memberOf(resource, p.urn).(map[string]any)
	}
	value := memberOf(resource, p.name)
	if list, ok := value.([]any); ok {
		value = nil
		for _, e := range list {
			if m, ok := e.(map[string]any); ok && strings.EqualFold(fmt.Sprint(memberOf(m, "type")), p.kind) {
				value = m
				break
			}
		}
	}
	if p.attribute != "" {
		m, _ := value.(map[string]any)
		value = memberOf(m, p.attribute)
	}
	switch v := value.(type) {
	case string:
		return v
	case bool:
		return truth(v)
	}
	return ""
}

// memberOf finds a member without regard to case (RFC 7643 §2.1).
func memberOf(m map[string]any, name string) any {
	for _, key := range slices.Sorted(maps.Keys(m)) {
		if strings.EqualFold(key, name) {
			return m[key]
		}
	}
	return nil
}

// put writes a value into a resource.
func (p place) put(resource map[string]any, value any) {
	if p.urn != "" {
		resource = within(resource, p.urn)
	}
	switch {
	case p.kind != "":
		list, _ := resource[p.name].([]any)
		for _, e := range list {
			if m := e.(map[string]any); m["type"] == p.kind {
				m[p.attribute] = value
				return
			}
		}
		element := map[string]any{"type": p.kind, p.attribute: value}
		if p.attribute == "value" {
			element["primary"] = len(list) == 0
		}
		resource[p.name] = append(list, element)
	case p.attribute != "":
		within(resource, p.name)[p.attribute] = value
	default:
		resource[p.name] = value
	}
}

func within(resource map[string]any, name string) map[string]any {
	inner, ok := resource[name].(map[string]any)
	if !ok {
		inner = map[string]any{}
		resource[name] = inner
	}
	return inner
}

// creation is the body of a POST. A group has no members. The URN of a custom
// extension is not among the schemas.
//
// Source: learn.microsoft.com/entra/identity/app-provisioning/use-scim-to-provision-users-and-groups
func creation(kind string, values map[string]string) map[string]any {
	body := map[string]any{"schemas": []string{coreUser, enterpriseUser}, "meta": map[string]any{"resourceType": kind}, "roles": []any{}}
	if kind == "Group" {
		body = map[string]any{"schemas": []string{coreGroup, groupExtension}, "meta": map[string]any{"resourceType": kind}}
	}
	for _, target := range slices.Sorted(maps.Keys(values)) {
		var value any = values[target]
		if target == "active" {
			value = values[target] == "True"
		}
		placeOf(target).put(body, value)
	}
	return body
}
