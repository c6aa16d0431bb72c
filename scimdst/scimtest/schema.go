package scimtest

import "strings"

const (
	coreUser   = "urn:ietf:params:scim:schemas:core:2.0:User"
	coreGroup  = "urn:ietf:params:scim:schemas:core:2.0:Group"
	enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
	// Ivanti is the extension schema of Ivanti Neurons for MDM.
	Ivanti = "urn:ietf:params:scim:schemas:extension:ivanti:2.0:User"
)

// attr is one attribute of a schema (RFC 7643 §7).
type attr struct {
	name      string
	typ       string // string, boolean, dateTime, reference, complex
	multi     bool
	caseExact bool
	readOnly  bool
	sub       []attr
}

// schema is a set of attributes. An open one takes any simple attribute.
type schema struct {
	id    string
	name  string
	open  bool
	attrs []attr
}

// kind is one resource type (RFC 7643 §6).
type kind struct {
	name       string
	endpoint   string
	key        string // the required attribute that is unique
	core       schema
	extensions []schema
}

func texts(names ...string) []attr {
	var list []attr
	for _, n := range names {
		list = append(list, attr{name: n, typ: "string"})
	}
	return list
}

func with(list []attr, more ...attr) []attr { return append(list, more...) }

// plural is a multi-valued attribute with the usual parts (RFC 7643 §2.4).
func plural(name string) attr {
	return attr{
		name: name, typ: "complex", multi: true,
		sub: with(texts("value", "display", "type"), attr{name: "primary", typ: "boolean"}),
	}
}

// common are the attributes of every resource (RFC 7643 §3.1).
func common() []attr {
	return []attr{
		{name: "id", typ: "string", caseExact: true, readOnly: true},
		{name: "externalId", typ: "string", caseExact: true},
		{name: "schemas", typ: "reference", multi: true, caseExact: true, readOnly: true},
		{name: "meta", typ: "complex", readOnly: true, sub: []attr{
			{name: "resourceType", typ: "string", caseExact: true},
			{name: "created", typ: "dateTime"},
			{name: "lastModified", typ: "dateTime"},
			{name: "location", typ: "reference", caseExact: true},
			{name: "version", typ: "string", caseExact: true},
		}},
	}
}

// The two resource types; nothing writes to them.
var (
	users = &kind{ //nolint:gochecknoglobals // a constant in all but name
		name: "User", endpoint: "/Users", key: "userName",
		core: schema{id: coreUser, name: "User", attrs: with(common(), with(
			texts("userName", "displayName", "nickName", "profileUrl", "title", "userType", "preferredLanguage", "locale", "timezone"),
			attr{name: "name", typ: "complex", sub: texts("formatted", "familyName", "givenName", "middleName", "honorificPrefix", "honorificSuffix")},
			attr{name: "active", typ: "boolean"},
			plural("emails"), plural("phoneNumbers"), plural("roles"), plural("entitlements"),
			attr{name: "groups", typ: "complex", multi: true, readOnly: true, sub: texts("value", "display")},
		)...)},
		extensions: []schema{
			{id: enterprise, name: "EnterpriseUser", attrs: with(
				texts("employeeNumber", "costCenter", "organization", "division", "department"),
				attr{name: "manager", typ: "complex", sub: texts("value", "$ref", "displayName")},
			)},
			{id: Ivanti, name: "IvantiUser", open: true, attrs: texts("costCode", "badge", "location", "distinguishedName", "custAttr1")},
		},
	}
	groups = &kind{ //nolint:gochecknoglobals // a constant in all but name
		name: "Group", endpoint: "/Groups", key: "displayName",
		core: schema{id: coreGroup, name: "Group", attrs: with(common(), with(
			texts("displayName"),
			attr{name: "members", typ: "complex", multi: true, sub: []attr{
				{name: "value", typ: "string", caseExact: true},
				{name: "$ref", typ: "reference", caseExact: true},
				{name: "type", typ: "string"},
				{name: "display", typ: "string"},
			}},
		)...)},
	}
)

// attribute finds an attribute by name in any case. An open schema has all.
func (s schema) attribute(name string) (attr, bool) {
	if a, ok := sub(s.attrs, name); ok {
		return a, true
	}
	return attr{name: name, typ: "string"}, s.open
}

func sub(list []attr, name string) (attr, bool) {
	for _, a := range list {
		if strings.EqualFold(a.name, name) {
			return a, true
		}
	}
	return attr{}, false
}

// schema finds a schema of the kind by its URN; an empty URN is the core.
func (k *kind) schema(urn string) (schema, bool) {
	if urn == "" || strings.EqualFold(urn, k.core.id) {
		return k.core, true
	}
	for _, s := range k.extensions {
		if strings.EqualFold(urn, s.id) {
			return s, true
		}
	}
	return schema{}, false
}
