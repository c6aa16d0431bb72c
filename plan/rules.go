package plan

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Rules say how entries become resources. They hold no secret and are stored
// with the plan.
type Rules struct {
	// Person and Group map attributes; see [Mapping].
	Person []Mapping `json:"person"`
	Group  []Mapping `json:"group"`
	// Inactive says which people the directory has disabled. They are
	// excluded (P06). The zero value finds nobody.
	Inactive Test `json:"inactive"`
	// Groups say which groups there are and who is in them.
	Groups GroupRules `json:"groups,omitzero"`
	// Waves part the plan; see [Wave].
	Waves []Wave `json:"waves,omitempty"`
	// Guards refuse a plan that does too much.
	Guards Guards `json:"guards,omitzero"`
	// Quota is for the estimate.
	Quota Quota `json:"quota,omitzero"`
	// MembersPerRequest is the largest number of members in one step.
	MembersPerRequest int `json:"membersPerRequest"`
}

// Mapping fills one target attribute from one source attribute.
type Mapping struct {
	// Target is a SCIM path as in [Fields].
	Target string `json:"target"`
	// Source is an LDAP attribute name, in lower case.
	Source string `json:"source"`
}

// Test is a condition on one attribute of an entry.
type Test struct {
	// Attribute is in lower case. The empty name is a test that never holds.
	Attribute string `json:"attribute,omitempty"`
	// Values are compared without regard to case. When there are none, the
	// test holds for every entry that has the attribute.
	Values []string `json:"values,omitempty"`
}

func (t Test) holds(e Entry) bool {
	if t.Attribute == "" {
		return false
	}
	have := e.Attrs[t.Attribute]
	if len(t.Values) == 0 {
		return len(have) > 0
	}
	return slices.ContainsFunc(have, func(v string) bool {
		return slices.ContainsFunc(t.Values, func(w string) bool { return Fold(v) == Fold(w) })
	})
}

// Validate returns every mistake in the rules.
func (r Rules) Validate() error {
	var errs []error
	if r.MembersPerRequest < 1 {
		errs = append(errs, fmt.Errorf("members per request is %d and must be at least 1", r.MembersPerRequest))
	}
	errs = append(errs, validate(Person, r.Person, UserName), validate(Group, r.Group, DisplayName), r.Groups.validate(), validateWaves(r.Waves))
	return errors.Join(errs...)
}

func validate(k Kind, ms []Mapping, needed string) error {
	var errs []error
	targets, sources := map[string]bool{}, map[string]string{}
	for _, m := range ms {
		if targets[m.Target] {
			errs = append(errs, fmt.Errorf("%s mapping fills %s twice", k, m.Target))
		}
		targets[m.Target] = true
		if m.Source == "" || m.Source != strings.ToLower(m.Source) {
			errs = append(errs, fmt.Errorf("%s mapping of %s: the source attribute %q must be a name in lower case", k, m.Target, m.Source))
		}
		// The vendor's rule: one attribute (source or target) only once.
		if first, twice := sources[m.Source]; twice {
			errs = append(errs, fmt.Errorf("%s mapping: the attribute %s feeds both %s and %s, and may feed only one", k, m.Source, first, m.Target))
		}
		sources[m.Source] = m.Target
		if m.Target == Active || m.Target == ExternalIDPath {
			errs = append(errs, fmt.Errorf("%s mapping: %s is set by the program and cannot be mapped", k, m.Target))
		}
	}
	if !targets[needed] {
		errs = append(errs, fmt.Errorf("%s mapping has no source for %s", k, needed))
	}
	return errors.Join(errs...)
}

// Attributes returns the source attributes that the rules read of entries of
// one kind, sorted.
func (r Rules) Attributes(k Kind) []string {
	var names []string
	switch k {
	case Person:
		for _, m := range r.Person {
			names = append(names, m.Source)
		}
		if r.Inactive.Attribute != "" {
			names = append(names, r.Inactive.Attribute)
		}
	case Group:
		for _, m := range r.Group {
			names = append(names, m.Source)
		}
	case Unit:
		names = append(names, "ou")
	}
	slices.Sort(names)
	return slices.Compact(names)
}
