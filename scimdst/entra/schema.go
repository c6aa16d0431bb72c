package entra

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"ldap2scim/plan"
)

// The vendor knows these attributes of people and no others; the template maps
// many more, which are to be removed.
// Source: Ivanti Neurons for MDM, User Provisioning with Microsoft Entra ID.
func supported(target string) bool {
	switch target {
	case plan.UserName, plan.Active, plan.DisplayName, plan.WorkEmail, plan.GivenName, plan.FamilyName, plan.ExternalIDPath, departmentPath:
		return true
	}
	return strings.HasPrefix(target, plan.CustomURN)
}

// schema is the document of a job's mapping, of which only the rule for users
// is looked at.
type schema struct {
	doc []byte
	// rule is the ID of the rule, for provisioning on demand.
	rule string
	// mappings is the array of the rows for users.
	mappings value
	// source and target are the arrays of the attributes that rows may name.
	source, target value
}

// parseSchema finds the parts of a document.
func parseSchema(doc []byte) (schema, error) {
	root, err := parseValue(doc)
	if err != nil {
		return schema{}, fmt.Errorf("read the attribute mapping: %w", err)
	}
	s := schema{doc: doc}
	for _, rule := range root.get("synchronizationRules").members {
		object, found := rule.get("objectMappings").with("sourceObjectName", "User")
		if !found {
			continue
		}
		s.rule, s.mappings = rule.get("id").text(), object.get("attributeMappings")
		s.source = attributesOf(root, rule.get("sourceDirectoryName").text(), "User")
		s.target = attributesOf(root, rule.get("targetDirectoryName").text(), object.get("targetObjectName").text())
		break
	}
	switch {
	case s.rule == "":
		return schema{}, errors.New("read the attribute mapping: it has no rule for users")
	case !s.mappings.array || !s.source.array || !s.target.array:
		return schema{}, errors.New("read the attribute mapping: its rule for users lacks a part")
	}
	return s, nil
}

func attributesOf(root value, directory, object string) value {
	d, _ := root.get("directories").with("name", directory)
	o, _ := d.get("objects").with("name", object)
	return o.get("attributes")
}

// rows are the targets of the mapping with the expression of each source, and
// which of them the service does not know.
func (s schema) rows() plan.Fields {
	f := plan.Fields{}
	var not []string
	for _, m := range s.mappings.members {
		target := m.get("targetAttributeName").text()
		f[target] = m.get("source").get("expression").text()
		if f[target] == "" {
			f[target] = "(constant or default)"
		}
		if !supported(target) {
			not = append(not, target)
		}
	}
	slices.Sort(not)
	f[unsupported] = strings.Join(not, ", ")
	if len(not) == 0 {
		f[unsupported] = none
	}
	return f
}

// with returns the document with the rows that are wanted, by target, and
// without those that the service does not know. Everything else is byte for
// byte as it was.
func (s schema) with(want plan.Fields) ([]byte, error) {
	var changes splices
	have := s.rows()
	var rows, sources, targets []string
	replaced := map[string]bool{}
	for target, expression := range want.Sorted() {
		if target == unsupported {
			continue
		}
		name := strings.Trim(expression, "[]")
		if _, known := s.source.with("name", name); !known && strings.HasPrefix(name, "extension_") {
			sources = append(sources, attribute(name))
		}
		if _, known := s.target.with("name", target); !known {
			targets = append(targets, attribute(target))
		}
		if have[target] != expression {
			replaced[target] = have[target] != ""
			rows = append(rows, row(target, name))
		}
	}
	changes.change(s.mappings, rows, func(v value) bool {
		target := v.get("targetAttributeName").text()
		return replaced[target] || want[unsupported] == none && !supported(target)
	})
	never := func(value) bool { return false }
	changes.change(s.source, sources, never)
	changes.change(s.target, targets, never)
	return changes.apply(s.doc)
}

// attribute defines one, as the portal does.
// Source: learn.microsoft.com/graph/synchronization-configure-with-custom-target-attributes.
func attribute(name string) string {
	return `{"anchor":false,"caseExact":false,"defaultValue":null,"flowNullValues":false,"metadata":[],"multivalued":false,"mutability":"ReadWrite","name":` +
		text(name) + `,"required":false,"referencedObjects":[],"type":"String"}`
}

// row maps one attribute.
// Source: learn.microsoft.com/graph/synchronization-configure-with-directory-extension-attributes.
func row(target, source string) string {
	return `{"defaultValue":null,"exportMissingReferences":false,"flowBehavior":"FlowWhenChanged","flowType":"Always","matchingPriority":0,"source":{"expression":` +
		text("["+source+"]") + `,"name":` + text(source) + `,"parameters":[],"type":"Attribute"},"targetAttributeName":` + text(target) + `}`
}

// text is s as JSON.
func text(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		return `""` // unreachable: a string can be encoded
	}
	return string(b)
}
