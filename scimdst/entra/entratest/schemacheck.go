package entratest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// check holds a schema against what is documented of one, and against the one
// that it replaces: what the template defines may not be taken out of the
// directories, as a document does that was put together anew.
func (sc *schema) check(directories []directoryDefinition, before *schema) error {
	var err error
	if sc.source, err = definitions(directories, "Azure Active Directory"); err != nil {
		return err
	}
	if sc.target, err = definitions(directories, "customappsso"); err != nil {
		return err
	}
	if before != nil {
		if err := keeps(before.source, sc.source); err != nil {
			return err
		}
		if err := keeps(before.target, sc.target); err != nil {
			return err
		}
	}
	for _, r := range sc.rules {
		if r.ID == "" || r.SourceDirectoryName != "Azure Active Directory" || r.TargetDirectoryName != "customappsso" {
			return fmt.Errorf("the rule %q does not lead from Azure Active Directory to customappsso", r.ID)
		}
		for i := range r.ObjectMappings {
			if err := sc.checkMapping(&r.ObjectMappings[i]); err != nil {
				return fmt.Errorf("the mapping of %s: %w", r.ObjectMappings[i].SourceObjectName, err)
			}
		}
	}
	return nil
}

func definitions(directories []directoryDefinition, name string) (map[string][]string, error) {
	i := slices.IndexFunc(directories, func(d directoryDefinition) bool { return d.Name == name })
	if i < 0 {
		return nil, fmt.Errorf("there is no directory %s", name)
	}
	types := []string{"String", "Integer", "Reference", "Binary", "Boolean", "DateTime"}
	objects := map[string][]string{}
	for _, o := range directories[i].Objects {
		for _, a := range o.Attributes {
			if !slices.Contains(types, a.Type) {
				return nil, fmt.Errorf("the attribute %s of %s has the type %q", a.Name, o.Name, a.Type)
			}
			if slices.Contains(objects[o.Name], a.Name) {
				return nil, fmt.Errorf("the attribute %s of %s is defined twice", a.Name, o.Name)
			}
			custom := strings.HasPrefix(a.Name, "urn:") && !strings.Contains(a.Name, ":enterprise:")
			if custom && (a.Multivalued || a.Type == "Reference") {
				return nil, fmt.Errorf("the custom attribute %s is multi-valued or a reference", a.Name)
			}
			objects[o.Name] = append(objects[o.Name], a.Name)
		}
	}
	return objects, nil
}

func keeps(before, after map[string][]string) error {
	for object, names := range before {
		for _, name := range names {
			if !slices.Contains(after[object], name) && !strings.Contains(name, "extension_") && !strings.HasPrefix(name, "urn:") {
				return fmt.Errorf("the attribute %s of %s is no longer defined: the whole document is put", name, object)
			}
		}
	}
	return nil
}

func (sc *schema) checkMapping(m *objectMapping) error {
	from, to := sc.source[m.SourceObjectName], sc.target[m.TargetObjectName]
	if from == nil || to == nil {
		return fmt.Errorf("%s or %s is not defined", m.SourceObjectName, m.TargetObjectName)
	}
	if m.Scope != nil {
		return errors.New("scoping filters are none that this server has")
	}
	var targets, sources []string
	match := false
	for i := range m.AttributeMappings {
		a := &m.AttributeMappings[i]
		if err := a.check(from, to); err != nil {
			return fmt.Errorf("%s: %w", a.TargetAttributeName, err)
		}
		if slices.Contains(targets, a.TargetAttributeName) {
			return fmt.Errorf("%s is a target twice", a.TargetAttributeName)
		}
		if a.Source.Type == "Attribute" {
			if slices.Contains(sources, a.parsed.attribute) {
				return fmt.Errorf("%s is a source twice", a.parsed.attribute)
			}
			sources = append(sources, a.parsed.attribute)
		}
		targets = append(targets, a.TargetAttributeName)
		match = match || a.MatchingPriority > 0
	}
	if !match {
		return errors.New("no attribute has a matchingPriority")
	}
	return nil
}

func (a *attributeMapping) check(from, to []string) error {
	kinds := map[string]bool{"Attribute": true, "Constant": true, "Function": true}
	flows := []string{"Always", "ObjectAddOnly", "MultiValueAddOnly", "ValueAddOnly", "AttributeAddOnly"}
	switch {
	case !slices.Contains(to, a.TargetAttributeName):
		return errors.New("the target attribute is not defined")
	case a.TargetAttributeName == "id":
		return errors.New("id cannot be a target")
	case a.FlowBehavior != "FlowWhenChanged" && a.FlowBehavior != "FlowAlways":
		return fmt.Errorf("the flowBehavior is %q", a.FlowBehavior)
	case !slices.Contains(flows, a.FlowType):
		return fmt.Errorf("the flowType is %q", a.FlowType)
	case !kinds[a.Source.Type]:
		return fmt.Errorf("the source's type is %q", a.Source.Type)
	}
	var err error
	if a.parsed, err = parseExpression(a.Source.Expression); err != nil {
		return err
	}
	if a.Source.Type == "Attribute" && (a.parsed.attribute == "" || a.parsed.attribute != a.Source.Name) {
		return fmt.Errorf("the source attribute %q and the expression %q differ", a.Source.Name, a.Source.Expression)
	}
	if a.Source.Type == "Function" && a.parsed.function != a.Source.Name {
		return fmt.Errorf("the source function %q and the expression %q differ", a.Source.Name, a.Source.Expression)
	}
	for _, name := range a.parsed.attributes() {
		if !slices.Contains(from, name) {
			return fmt.Errorf("the source attribute %s is not defined", name)
		}
	}
	return nil
}
