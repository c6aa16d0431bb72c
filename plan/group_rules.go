package plan

import (
	"errors"
	"fmt"
	"maps"
	"slices"
)

// Nesting says what becomes of groups that are members of a group. SCIM
// services for which this program is made know people as members only.
type Nesting string

const (
	// Flatten puts the people of the groups within a group into it, however
	// deep they are. It is the default.
	Flatten Nesting = "flatten"
	// Direct leaves the groups within a group out.
	Direct Nesting = "direct"
	// LeaveOut makes no group of it; its people still count for groups that
	// contain it.
	LeaveOut Nesting = "leave-out"
)

// Collision says what becomes of groups that have the same name.
type Collision string

const (
	// BlockNames leaves all of them out. It is the default.
	BlockNames Collision = "block"
	// SuffixUnit and PrefixUnit add the name of the unit that each is in.
	SuffixUnit Collision = "suffix-ou"
	PrefixUnit Collision = "prefix-ou"
)

// GroupRules say which groups there are, what they are called and who is in
// them.
type GroupRules struct {
	// Nested is for every group that Each does not name.
	Nested Nesting `json:"nested,omitempty"`
	// Each has exceptions, by the group's ID or its DN folded.
	Each map[string]Nesting `json:"each,omitempty"`
	// Collision is for groups and units alike.
	Collision Collision `json:"collision,omitempty"`
	// Names gives names to groups and units, by ID or folded DN.
	Names map[string]string `json:"names,omitempty"`
	// KeepForeign makes a group at the destination that bears our name and no
	// externalId an obstacle, instead of something to adopt: duplicate groups
	// from different sources are not allowed by some vendors.
	KeepForeign bool      `json:"keepForeign,omitempty"`
	Units       UnitRules `json:"units,omitzero"`
}

// UnitRules say which organizational units become groups.
type UnitRules struct {
	// Make is Subtree or Children, or "" for none.
	Make UnitPeople `json:"make,omitempty"`
	// Under are folded DNs; when there are any, only these units and those
	// below them become groups.
	Under []string `json:"under,omitempty"`
	// Depth is how far below Under (or below the topmost units) a unit may be,
	// counted from 0; a negative number means any.
	Depth int `json:"depth,omitempty"`
	// Name is the template of the group's name: {ou} is the unit's name,
	// {path} that of the units above it too, from the top, joined by " / ".
	Name string `json:"name,omitempty"`
	// KeepEmpty makes a group also of a unit that nobody is in.
	KeepEmpty bool `json:"keepEmpty,omitempty"`
}

// UnitPeople says whom the group of a unit holds.
type UnitPeople string

const (
	// Children: the people whose entries are directly in the unit.
	Children UnitPeople = "direct"
	// Subtree: those in units below it too.
	Subtree UnitPeople = "subtree"
)

func (g GroupRules) validate() error {
	var errs []error
	modes := []Nesting{"", Flatten, Direct, LeaveOut}
	if !slices.Contains(modes[:3], g.Nested) {
		errs = append(errs, fmt.Errorf("nested groups: %q is not one of flatten, direct", g.Nested))
	}
	for _, name := range slices.Sorted(maps.Keys(g.Each)) {
		if !slices.Contains(modes[1:], g.Each[name]) {
			errs = append(errs, fmt.Errorf("nested groups of %s: %q is not one of flatten, direct, leave-out", name, g.Each[name]))
		}
	}
	if !slices.Contains([]Collision{"", BlockNames, SuffixUnit, PrefixUnit}, g.Collision) {
		errs = append(errs, fmt.Errorf("name collisions: %q is not one of block, suffix-ou, prefix-ou", g.Collision))
	}
	if !slices.Contains([]UnitPeople{"", Children, Subtree}, g.Units.Make) {
		errs = append(errs, fmt.Errorf("groups of units: %q is not one of direct, subtree", g.Units.Make))
	}
	return errors.Join(errs...)
}

// nesting is the choice for one group.
func (g GroupRules) nesting(e Entry) Nesting {
	for _, by := range []string{string(e.ID), e.Key} {
		if n, named := g.Each[by]; named {
			return n
		}
	}
	if g.Nested == "" {
		return Flatten
	}
	return g.Nested
}

// given is the name that the rules give to a group or unit, or "".
func (g GroupRules) given(e Entry) string { return named(g.Names, e) }

// named is the name that a map by ID or folded DN has for an entry, or "".
func named(names map[string]string, e Entry) string {
	for _, by := range []string{string(e.ID), e.Key} {
		if name := names[by]; name != "" {
			return name
		}
	}
	return ""
}
