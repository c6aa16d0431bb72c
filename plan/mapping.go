package plan

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Mapping fills one target attribute. Exactly one of Source, First, Constant
// and Expression says with what.
type Mapping struct {
	// Target is a SCIM path as in [Fields].
	Target string `json:"target"`
	// Source is an LDAP attribute name, in lower case.
	Source string `json:"source,omitempty"`
	// First are LDAP attribute names, in lower case, of which the first that
	// has a value is taken.
	First []string `json:"first,omitempty"`
	// Constant is the same for everybody.
	Constant string `json:"constant,omitempty"`
	// Expression is in CEL and gives a string; docs/mapping.md says what it
	// sees.
	Expression string `json:"expression,omitempty"`
	// Was is the name of the LDAP custom attribute at the vendor that a custom
	// attribute takes the place of, where it is not its own.
	Was string `json:"was,omitempty"`
}

// MappingError is a mistake in one mapping.
type MappingError struct {
	Kind   Kind
	Target string
	// Other is the target that it is at odds with, or "".
	Other string
	// Err says what is wrong. It wraps an [ExpressionError] where the mistake
	// is in the expression.
	Err error
}

func (e *MappingError) Error() string {
	return fmt.Sprintf("%s mapping of %s: %v", e.Kind, e.Target, e.Err)
}

func (e *MappingError) Unwrap() error { return e.Err }

// plain returns the attributes that go to the target as they are.
func (m Mapping) plain() []string {
	if m.Source != "" {
		return []string{m.Source}
	}
	return m.First
}

// reads returns every attribute that the mapping reads; of an expression that
// does not compile, none.
func (m Mapping) reads() []string {
	if m.Expression == "" {
		return m.plain()
	}
	x, err := compileText(m.Expression)
	if err != nil {
		return nil
	}
	return x.reads
}

// mistakes returns what is wrong with the mapping by itself.
func (m Mapping) mistakes() []error {
	var errs []error
	ways := 0
	for _, set := range []bool{m.Source != "", len(m.First) > 0, m.Constant != "", m.Expression != ""} {
		if set {
			ways++
		}
	}
	if ways != 1 {
		errs = append(errs, fmt.Errorf("give one of an attribute, first, constant and expression, not %d", ways))
	}
	for i, name := range m.plain() {
		if name == "" || name != strings.ToLower(name) {
			errs = append(errs, fmt.Errorf("the source attribute %q must be a name in lower case", name))
		}
		if slices.Contains(m.plain()[:i], name) {
			errs = append(errs, fmt.Errorf("first names %s twice", name))
		}
	}
	if m.Constant != strings.TrimSpace(m.Constant) {
		errs = append(errs, fmt.Errorf("the constant %q has spaces around it", m.Constant))
	}
	if m.Expression != "" {
		if _, err := compileText(m.Expression); err != nil {
			errs = append(errs, each(err)...)
		}
	}
	if m.Target == Active || m.Target == ExternalIDPath {
		errs = append(errs, errors.New("it is set by the program and cannot be mapped"))
	}
	return errs
}

// each returns the errors that err joins.
func each(err error) []error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		return joined.Unwrap()
	}
	return []error{err}
}

// validateMappings returns every mistake in the mappings of one kind, as
// [MappingError] where one of them has it.
func validateMappings(k Kind, ms []Mapping, needed string) error {
	var errs []error
	targets, sources := map[string]bool{}, map[string]string{}
	for _, m := range ms {
		say := func(err error) { errs = append(errs, &MappingError{Kind: k, Target: m.Target, Err: err}) }
		if targets[m.Target] {
			say(errors.New("it is filled twice"))
		}
		targets[m.Target] = true
		for _, err := range m.mistakes() {
			say(err)
		}
		// The vendor's rule: one attribute (source or target) only once. An
		// expression is a source of its own.
		for _, name := range m.plain() {
			if first, twice := sources[name]; twice && first != m.Target {
				errs = append(errs, &MappingError{Kind: k, Target: m.Target, Other: first, Err: fmt.Errorf(
					"the attribute %s feeds both %s and %s, and may feed only one; where both are meant, give one of them expression: 'first(\"%s\")'", name, first, m.Target, name)})
				continue
			}
			sources[name] = m.Target
		}
	}
	if !targets[needed] {
		errs = append(errs, fmt.Errorf("%s mapping has no source for %s", k, needed))
	}
	return errors.Join(errs...)
}
