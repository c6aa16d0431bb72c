package plan

import (
	"errors"
	"fmt"
	"slices"

	"cel.dev/cel-go/cel"
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
	// CustomLength is the longest value of a custom attribute, in characters;
	// 0 means 1024.
	CustomLength int `json:"customLength,omitempty"`
	// ManagedAppleID says how Managed Apple IDs come about.
	ManagedAppleID AppleIDRules `json:"managedAppleId,omitzero"`
	// Prerequisites must be proven or attested before a plan is applied.
	Prerequisites []Prerequisite `json:"prerequisites,omitempty"`
	// Waived are the checks that warn instead of blocking, with the reason.
	Waived map[Code]string `json:"waived,omitempty"`
	// UserNames gives userNames to people, by ID or folded DN, where the
	// mapping would give them one that is taken.
	UserNames map[string]string `json:"userNames,omitempty"`
	// Groups say which groups there are and who is in them.
	Groups GroupRules `json:"groups,omitzero"`
	// Waves part the plan; see [Wave].
	Waves []Wave `json:"waves,omitempty"`
	// Guards refuse a plan that does too much.
	Guards Guards `json:"guards,omitzero"`
	// Settings are what the destination must have beside people and groups, in
	// the order in which they are set.
	Settings []SettingRule `json:"settings,omitempty"`
	// Existing is for a destination where people are found and not made.
	Existing *Existing `json:"existing,omitempty"`
	// Quota is for the estimate.
	Quota Quota `json:"quota,omitzero"`
	// MembersPerRequest is the largest number of members in one step.
	MembersPerRequest int `json:"membersPerRequest"`
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
	errs = append(errs, validateMappings(Person, r.Person, UserName), validateMappings(Group, r.Group, DisplayName), r.Groups.validate(), validateWaves(r.Waves), validateSettings(r.Settings, r.Existing))
	if r.CustomLength < 0 {
		errs = append(errs, fmt.Errorf("the longest custom attribute is %d characters and must not be negative", r.CustomLength))
	}
	for _, p := range r.Prerequisites {
		if !slices.Contains(Prerequisites(), p) {
			errs = append(errs, fmt.Errorf("prerequisite %q is not one of %v", p, Prerequisites()))
		}
	}
	errs = append(errs, customMistakes(r.Person)...)
	errs = append(errs, r.ManagedAppleID.validate(r.Person), validateWaived(r.Waived))
	return errors.Join(errs...)
}

// Attributes returns the source attributes that the rules read of entries of
// one kind, sorted.
func (r Rules) Attributes(k Kind) []string {
	var names []string
	switch k {
	case Person:
		for _, m := range r.Person {
			names = append(names, m.reads()...)
		}
		for _, w := range r.Waves {
			if x, err := compileExpression(w.Expression, cel.BoolType); w.Expression != "" && err == nil {
				names = append(names, x.reads...)
			}
		}
		for _, name := range []string{r.Inactive.Attribute, r.ManagedAppleID.Before.From} {
			if name != "" {
				names = append(names, name)
			}
		}
	case Group:
		for _, m := range r.Group {
			names = append(names, m.reads()...)
		}
	case Unit:
		names = append(names, "ou")
	case Setting: // the directory has none
	}
	slices.Sort(names)
	return slices.Compact(names)
}
