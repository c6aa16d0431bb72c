package plan_test

import (
	"slices"
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
	if !slices.Equal(sum.Unmet, want) || !slices.Equal(sum.StillUnmet(nil), want) {
		t.Errorf("unmet %v, still %v", sum.Unmet, sum.StillUnmet(nil))
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
	if len(got.steps) != 1 {
		t.Errorf("unknown blocks apply and not the plan: %+v", got.steps)
	}

	w.attested = []plan.Attestation{
		{Of: plan.LDAPDisabled, By: "ann", At: day(1)},
		{Of: plan.LDAPDisabled, By: "ben", At: day(3)},
		{Of: plan.LDAPDisabled, By: "cat", At: day(2)},
		{Of: plan.IdPAttribute, Name: "other", By: "ann", At: day(1)},
	}
	if still := sum.StillUnmet(w.attested); !slices.Equal(still, want[1:]) {
		t.Errorf("still unmet %v", still)
	}
	sum, _ = decide(t, w)
	if !slices.Equal(sum.Unmet, want[1:]) || sum.Prerequisites[0].Standing != plan.Attested || sum.Prerequisites[0].Attestation.By != "ben" {
		t.Errorf("%+v", sum.Prerequisites)
	}

	w.attested = append(w.attested,
		plan.Attestation{Of: plan.IdPAttribute, Name: "COSTCODE", By: "ann", At: day(1)},
		plan.Attestation{Of: plan.AppleIDSaved, By: "ann", At: day(1)},
		plan.Attestation{Of: plan.LDAPDisabled, By: "the audit trail", Proven: true, At: day(1)})
	sum, got = decide(t, w)
	var standings []plan.Standing
	for _, p := range sum.Prerequisites {
		standings = append(standings, p.Standing)
	}
	if d := cmp.Diff([]plan.Standing{plan.Proven, plan.Attested, plan.Attested}, standings); d != "" || len(sum.Unmet) > 0 || sum.Findings[plan.Block]+sum.Findings[plan.Warn] > 0 {
		t.Errorf("%s %+v", d, got.findings)
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
