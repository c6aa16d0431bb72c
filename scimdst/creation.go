package scimdst

import (
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"ldap2scim/plan"
)

// PasswordPlaceholder stands in a dry run for the password that a new person
// gets where the profile asks for one. The real one is random, is sent once,
// and is kept nowhere.
const PasswordPlaceholder = "{a random password}"

// newPassword has 130 bits, and the kinds of characters that rules ask for.
func newPassword() string { return "Aa1-" + rand.Text() }

// creation is the body that creates the step's object (RFC 7644 §3.3).
func (p Profile) creation(step plan.Step) ([]byte, error) {
	t, err := p.templateOf(step)
	if err != nil {
		return nil, err
	}
	body, _ := t.fill(step) // it fits what it was made of
	return body, nil
}

// newResource is the step's object as it is to be, but for a password. Value
// gives what stands for the text of an attribute, and may refuse it.
func (p Profile) newResource(step plan.Step, value func(attribute, string) (part, error)) (*object, error) {
	if len(step.Members) > 0 {
		return nil, errors.New("a group is created without members")
	}
	if step.Object == "" {
		return nil, errors.New("there is no external id")
	}
	schemas, key := array{text(userSchema)}, plan.UserName
	if step.Kind == plan.Group {
		schemas, key = array{text(groupSchema)}, plan.DisplayName
	}
	if step.After[key] == "" {
		// Some services take it, and nobody finds it again.
		return nil, fmt.Errorf("there is no %s", key)
	}
	resource := &object{members: make([]objectMember, 0, len(step.After)+2)}
	if p.externalID(step.Kind) != ExternalIDNone {
		id, err := value(attribute{path: plan.ExternalIDPath, name: plan.ExternalIDPath}, string(step.Object))
		if err != nil {
			return nil, err
		}
		resource.set(plan.ExternalIDPath, id)
	}
	for path, of := range step.After.Sorted() {
		if path == plan.ExternalIDPath {
			continue // it is the object's ID, set above
		}
		a, err := parseAttribute(path)
		if err != nil {
			return nil, err
		}
		is, err := value(a, of)
		if err != nil {
			return nil, err
		}
		if err := a.put(resource, is); err != nil {
			return nil, err
		}
	}
	if resource.get(enterpriseSchema) != nil {
		schemas = append(schemas, text(enterpriseSchema))
	}
	resource.set("schemas", schemas)
	return resource, nil
}

func (p Profile) externalID(kind plan.Kind) ExternalIDUse {
	if kind == plan.Group {
		return p.ExternalID.Group
	}
	return p.ExternalID.Person
}

// Takes reports whether the profile lets the attribute be sent.
func (p Profile) Takes(kind plan.Kind, path string) bool {
	allowed := p.Attributes.of(kind)
	return len(allowed) == 0 || slices.ContainsFunc(allowed, func(a string) bool {
		prefix, open := strings.CutSuffix(a, "*")
		return a == path || open && strings.HasPrefix(path, prefix)
	})
}

func (p Paths) of(kind plan.Kind) []string {
	if kind == plan.Group {
		return p.Group
	}
	return p.Person
}

// checkAttributes refuses what the service is known not to take, so that it is
// not lost in silence.
func (p Profile) checkAttributes(step plan.Step) error {
	if len(p.Attributes.of(step.Kind)) > 0 {
		for _, path := range slices.Concat(slices.Sorted(maps.Keys(step.After)), step.Clear) {
			if !p.Takes(step.Kind, path) {
				return fmt.Errorf("the profile does not take the attribute %s of a %s", path, step.Kind)
			}
		}
	}
	if step.Action != plan.Create {
		return nil
	}
	for _, path := range p.Required.of(step.Kind) {
		if step.After[path] == "" {
			return fmt.Errorf("the profile requires the attribute %s of a new %s", path, step.Kind)
		}
	}
	return nil
}
