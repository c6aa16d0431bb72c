package migrate

import (
	"maps"
	"slices"
	"strings"

	"ldap2scim/plan"
)

// redact leaves names out of the head of a report.
func (v *View) redact() {
	red := v.Redact
	if red == nil {
		return
	}
	v.Incomplete = red.Text(v.Incomplete)
	v.Attested = slices.Clone(v.Attested)
	for i, a := range v.Attested {
		v.Attested[i] = red.Attestation(a)
	}
	v.Waived = maps.Clone(v.Waived)
	for code, reason := range v.Waived {
		v.Waived[code] = red.Text(reason)
	}
	v.Runs = slices.Clone(v.Runs)
	for i, r := range v.Runs {
		v.Runs[i].Outcome = OutcomeWithout(red, r.Outcome)
	}
}

// OutcomeWithout leaves names out of how a run ended.
func OutcomeWithout(red *plan.Redaction, outcome string) string {
	how, why, told := strings.Cut(outcome, ": ")
	if !told {
		return outcome
	}
	return how + ": " + red.Text(why)
}

// without leaves names out of a line. What a check says of one object holds
// values; what it says of all does not.
func (l Line) without(red *plan.Redaction) Line {
	if red == nil {
		return l
	}
	check, known := plan.CheckOf(l.Code)
	switch {
	case known:
		l.Why, l.Remedy = check.Sentence, check.Remedy
	case l.Failure != "" || l.class() == Failed:
		l.Why = red.Answer(l.Why)
	}
	l.Name = red.Name(l.Kind, l.Object, l.Name)
	l.Object, l.Remote = plan.ID(red, l.Object), plan.ID(red, l.Remote)
	differences := slices.Clone(l.Differences)
	for i, d := range differences {
		differences[i].Is, differences[i].Wants = red.Value(d.Is), red.Value(d.Wants)
	}
	l.Differences = differences
	l.Absent, l.Extra = red.IDs(l.Absent), red.IDs(l.Extra)
	return l
}
