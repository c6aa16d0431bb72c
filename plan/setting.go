package plan

import (
	"errors"
	"fmt"
	"slices"
)

// SettingRule is a named thing that a destination must have beside people and
// groups, and how it must be: data that the destination gives a meaning. What
// the inventory has under the same ID is held against it.
type SettingRule struct {
	// ID is the name by which the rules, the inventory and the steps know it.
	// It must not look like the ID of a directory entry.
	ID ExternalID `json:"id"`
	// Name is for people.
	Name string `json:"name"`
	// Want are the fields that it must have. What it has beside them stays.
	Want Fields `json:"want,omitempty"`
	// Stage says when it is set.
	Stage Stage `json:"stage"`
	// Needs are settings whose ids at the destination its steps take. They
	// come before it in the rules.
	Needs []ExternalID `json:"needs,omitempty"`
	// Unmet is for something that this program cannot set: a finding takes the
	// place of a step.
	Unmet *Unmet `json:"unmet,omitempty"`
	// Holds says which people and groups are its members; "" for none.
	Holds Holding `json:"holds,omitempty"`
	// Chunk is the largest number of members in one step; 0 means one.
	Chunk int `json:"chunk,omitempty"`
	// Most is the largest number of people whom a setting tries; 0 means none.
	Most int `json:"most,omitempty"`
	// Until names a setting: once that is as it must be, nobody is tried.
	Until ExternalID `json:"until,omitempty"`
	// Ended is how a rollback sets it before it removes what was made; nil for
	// one that it leaves alone.
	Ended Fields `json:"ended,omitempty"`
	// Removed says that such a rollback removes it where the plan made it, and
	// with it every setting that needs it.
	Removed bool `json:"removed,omitempty"`
}

// Stage says when a setting is set.
type Stage string

const (
	// StageBefore: before people and groups.
	StageBefore Stage = "before"
	// StageWave: with each wave, after its people, groups and memberships.
	StageWave Stage = "wave"
	// StageAfter: when everything else is sent.
	StageAfter Stage = "after"
)

// Holding says who the members of a setting are.
type Holding string

const (
	// HoldsGroups: every group of the plan, and the people who are in none.
	HoldsGroups Holding = "groups"
	// HoldsPeople: every person of the plan, and no group.
	HoldsPeople Holding = "people"
	// Tries: the first people of the first wave, each by a step of its own.
	Tries Holding = "tries"
)

// Unmet is the finding on a setting that is not as it must be, and that this
// program does not set.
type Unmet struct {
	Code     Code     `json:"code"`
	Severity Severity `json:"severity"`
	Sentence string   `json:"sentence"`
	Remedy   string   `json:"remedy"`
	// Hazard must be allowed by name where it is not "".
	Hazard Hazard `json:"hazard,omitempty"`
}

// Hazards of settings.
const (
	// HazardSecondWriter: something else writes to the same service.
	HazardSecondWriter Hazard = "second-writer"
	// HazardNoLicence: a licence is missing that the plan relies on.
	HazardNoLicence Hazard = "no-licence"
)

func validateSettings(all []SettingRule, existing *Existing) error {
	var errs []error
	known := map[ExternalID]bool{}
	for _, s := range all {
		say := func(format string, args ...any) {
			errs = append(errs, fmt.Errorf("setting %q: %w", s.ID, fmt.Errorf(format, args...)))
		}
		switch {
		case s.ID == "":
			say("it has no ID")
		case known[s.ID]:
			say("it is there twice")
		case !slices.Contains([]Stage{StageBefore, StageWave, StageAfter}, s.Stage):
			say("%q is no stage", s.Stage)
		case !slices.Contains([]Holding{"", HoldsGroups, HoldsPeople, Tries}, s.Holds):
			say("it cannot hold %q", s.Holds)
		}
		for _, need := range s.Needs {
			if !known[need] {
				say("it needs %q, which does not come before it", need)
			}
		}
		known[s.ID] = true
	}
	for _, need := range existing.needs() {
		if !known[need] {
			errs = append(errs, fmt.Errorf("what is written to people needs the setting %q, which is not there", need))
		}
	}
	return errors.Join(errs...)
}
