package plan_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ldap2scim/plan"
)

func TestPrerequisites(t *testing.T) {
	t.Parallel()
	day := func(n int) time.Time { return time.Date(2026, 11, n, 0, 0, 0, 0, time.UTC) }
	w := &world{entries: one("costcode", "7"), rules: vendorRules(func(r *plan.Rules) { r.Prerequisites = plan.Prerequisites() })}
	sum, got := decide(t, w)
	want := []string{"ldap-disabled", "managed-apple-id", "idp-attribute costCode"}
	if !slices.Equal(sum.Unmet, want) || !slices.Equal(subjects(sum.StillUnmet(nil, nil)), want) {
		t.Errorf("unmet %v, still %v", sum.Unmet, subjects(sum.StillUnmet(nil, nil)))
	}
	var first []plan.Code
	for _, f := range got.findings[:3] {
		first = append(first, f.Code)
		if f.Severity != plan.Block || f.Object != "" || f.Remedy == "" {
			t.Errorf("%+v", f)
		}
	}
	if !slices.Equal(first, []plan.Code{plan.LDAPEnabled, plan.AppleID, plan.BadValue}) {
		t.Errorf("the plan says first %v", first)
	}
	if sum.Hazards[plan.HazardInvite] != 1 {
		t.Errorf("who would be invited is a hazard: %v", sum.Hazards)
	}
	if len(got.steps) != 1 {
		t.Errorf("unknown blocks apply and not the plan: %+v", got.steps)
	}

	w.attested = []plan.Attestation{
		{Of: plan.LDAPDisabled, By: "ann", At: day(1)},
		{Of: plan.LDAPDisabled, By: "ben", At: day(3)},
		{Of: plan.LDAPDisabled, By: "cat", At: day(2)},
		{Of: plan.IdPAttribute, Name: "other", By: "ann", At: day(1)},
	}
	if still := subjects(sum.StillUnmet(w.attested, nil)); !slices.Equal(still, want[1:]) {
		t.Errorf("still unmet %v", still)
	}
	sum, _ = decide(t, w)
	if !slices.Equal(sum.Unmet, want[1:]) || sum.Prerequisites[0].Standing != plan.Attested || sum.Prerequisites[0].Attestation.By != "ben" {
		t.Errorf("%+v", sum.Prerequisites)
	}

	w.attested = append(w.attested,
		plan.Attestation{Of: plan.IdPAttribute, Name: "COSTCODE", By: "ann", At: day(1)},
		plan.Attestation{Of: plan.AppleIDSaved, By: "ann", At: day(1)},
		plan.Attestation{Of: plan.InvitationsOff, By: "ann", At: day(1)},
		plan.Attestation{Of: plan.LDAPDisabled, By: "the audit trail", Proven: true, At: day(1)})
	sum, got = decide(t, w)
	var standings []plan.Standing
	for _, p := range sum.Prerequisites {
		standings = append(standings, p.Standing)
	}
	if d := cmp.Diff([]plan.Standing{plan.Proven, plan.Attested, plan.Attested, plan.Attested}, standings); d != "" || len(sum.Unmet) > 0 || sum.Findings[plan.Block]+sum.Findings[plan.Warn] > 0 {
		t.Errorf("%s %+v", d, got.findings)
	}
}

func subjects(all []plan.Prerequired) []string {
	var list []string
	for _, p := range all {
		list = append(list, p.Subject())
	}
	return list
}

// TestEvidence: a proof counts before what was said, and what contradicts is
// heeded when it is the latest.
func TestEvidence(t *testing.T) {
	t.Parallel()
	day := func(n int) time.Time { return time.Date(2026, 11, n, 0, 0, 0, 0, time.UTC) }
	seen := func(b plan.Bearing, n int) plan.Evidence {
		return plan.Evidence{Of: plan.LDAPDisabled, Kind: "audit-trail", Bearing: b, At: day(n), Seen: day(n), Sentence: "it was seen"}
	}
	said := []plan.Attestation{{Of: plan.LDAPDisabled, By: "ann", At: day(2)}}
	for name, tt := range map[string]struct {
		said []plan.Attestation
		seen []plan.Evidence
		want plan.Standing
		// refuted: the finding says what was seen.
		refuted bool
	}{
		"nothing":                           {nil, nil, plan.Unknown, false},
		"support alone":                     {nil, []plan.Evidence{seen(plan.Supports, 1)}, plan.Unknown, false},
		"said":                              {said, []plan.Evidence{seen(plan.Inconclusive, 9)}, plan.Attested, false},
		"proven":                            {nil, []plan.Evidence{seen(plan.Contradicts, 1), seen(plan.Proves, 3)}, plan.Proven, false},
		"synced before it was said":         {said, []plan.Evidence{seen(plan.Contradicts, 1)}, plan.Attested, false},
		"synced after it was said":          {said, []plan.Evidence{seen(plan.Contradicts, 3)}, plan.Unknown, true},
		"synced after it was proven":        {nil, []plan.Evidence{seen(plan.Contradicts, 3), seen(plan.Proves, 2)}, plan.Unknown, true},
		"synced after both":                 {said, []plan.Evidence{seen(plan.Proves, 1), seen(plan.Contradicts, 3)}, plan.Unknown, true},
		"said after it synced after proof":  {said, []plan.Evidence{seen(plan.Proves, 0), seen(plan.Contradicts, 1)}, plan.Attested, false},
		"the order of gathering is nothing": {nil, []plan.Evidence{seen(plan.Proves, 3), seen(plan.Contradicts, 1)}, plan.Proven, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := &world{entries: one(), rules: rules(), attested: tt.said, seen: tt.seen}
			w.rules.Prerequisites = []plan.Prerequisite{plan.LDAPDisabled}
			sum, got := decide(t, w)
			p := sum.Prerequisites[0]
			if p.Standing != tt.want || p.Refuted() != tt.refuted || len(sum.Unmet) > 0 != (tt.want == plan.Unknown) {
				t.Errorf("%+v", p)
			}
			if says := tt.want == plan.Unknown && strings.Contains(got.findings[0].Sentence, "it was seen"); says != tt.refuted {
				t.Errorf("%+v", got.findings)
			}
			if unmet := sum.StillUnmet(tt.said, tt.seen); len(unmet) > 0 != (tt.want == plan.Unknown) {
				t.Errorf("asked again: %+v", unmet)
			}
			if unmet := sum.StillUnmet(tt.said, append(slices.Clone(tt.seen), seen(plan.Contradicts, 20))); len(unmet) != 1 {
				t.Error("a sync after the plan was made overrules nothing")
			}
		})
	}
}

// TestReminders: what nobody can prove to this program is a note, where the
// vendor is the destination.
func TestReminders(t *testing.T) {
	t.Parallel()
	codes := func(prerequisites ...plan.Prerequisite) []plan.Code {
		w := &world{entries: one(), rules: rules()}
		w.rules.Prerequisites = prerequisites
		_, got := decide(t, w)
		var notes []plan.Code
		for _, f := range got.findings {
			if f.Severity == plan.Note {
				notes = append(notes, f.Code)
			}
		}
		return notes
	}
	want := []plan.Code{plan.LastSync, plan.Variables, plan.Authentication, plan.Token, plan.OneWay}
	if got := codes(plan.LDAPDisabled); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := codes(); len(got) > 0 {
		t.Errorf("generic: %v", got)
	}
}

// TestSeenAttribute: that somebody bears the attribute proves that it exists.
func TestSeenAttribute(t *testing.T) {
	t.Parallel()
	w := &world{entries: one("costcode", "7"), rules: rules()}
	w.rules.Prerequisites = []plan.Prerequisite{plan.IdPAttribute}
	w.put(plan.Resource{Kind: plan.Person, ExternalID: "p7", Fields: plan.Fields{plan.UserName: "u7", custom: "1"}})
	if sum, _ := decide(t, w); len(sum.Unmet) > 0 || sum.Prerequisites[0].Standing != plan.Proven {
		t.Errorf("%+v", sum.Prerequisites)
	}
}

// TestNothingIsNeeded: of a generic service, or without the setting.
func TestNothingIsNeeded(t *testing.T) {
	t.Parallel()
	if sum, _ := decide(t, &world{entries: one(), rules: vendorRules(nil)}); sum.Prerequisites != nil {
		t.Errorf("generic: %+v", sum.Prerequisites)
	}
	w := &world{entries: one(), rules: rules()}
	w.rules.Prerequisites = []plan.Prerequisite{plan.AppleIDSaved}
	if sum, _ := decide(t, w); sum.Prerequisites != nil {
		t.Errorf("no Managed Apple IDs: %+v", sum.Prerequisites)
	}
}
