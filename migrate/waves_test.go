package migrate_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"ldap2scim/migrate"
	"ldap2scim/plan"
	"ldap2scim/scimdst/scimtest"
)

// TestWavesAreReconciled: the next wave is refused until the one before is sent,
// read back after its last step, and found as the plan wants it; or until it is
// allowed by name.
func TestWavesAreReconciled(t *testing.T) {
	t.Parallel()
	w := newWorld(t, staff(12, 1))
	rs := rules()
	rs.Waves = []plan.Wave{{Name: "pilot", People: []string{"u03", "u04"}}, {Name: "half", People: []string{"u05", "u06"}}}
	w.rules = &rs
	f := w.open()
	p := w.planned(f)
	a := w.apply(f, w.writer())
	send := func(wave string) error {
		a.Scope.Wave = wave
		_, err := a.Run(t.Context(), p)
		return err
	}
	refused := func(wave, before, why, hint string) {
		t.Helper()
		err := send(wave)
		e, ok := errors.AsType[*migrate.WaveError](err)
		if !ok || e.Before != before || !strings.Contains(err.Error(), why) || !strings.Contains(e.Hint(), hint) {
			t.Errorf("wave %q: %v", wave, err)
		}
	}
	sent := func(wave string) {
		t.Helper()
		if err := send(wave); err != nil {
			t.Fatalf("wave %q: %v", wave, err)
		}
	}

	refused("", "pilot", "4 of its steps are not sent yet", "ldap2scim apply --wave pilot, then ldap2scim report")
	refused("half", "pilot", "4 of its steps", "--wave pilot")
	w.report(f, p) // before anything was sent: says nothing of the wave
	sent("pilot")
	refused("half", "pilot", "not read back since its last step", "ldap2scim report")
	u03 := func() string {
		for _, u := range w.service.Users() {
			if u.Name == "u03" {
				return "/Users/" + u.ID
			}
		}
		return ""
	}
	const change = `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","path":"name.familyName","value":"NAME"}]}`
	w.send(http.MethodPatch, u03(), strings.Replace(change, "NAME", "By hand", 1))
	w.report(f, p)
	refused("half", "pilot", "not all of it is as the plan wants it", "ldap2scim show failures")
	w.send(http.MethodPatch, u03(), strings.Replace(change, "NAME", "S u03", 1))
	w.report(f, p)
	sent("pilot") // again: nothing is left of it

	// A step of the second wave fails; the third is refused until it is mended.
	w.service.Inject(scimtest.Fault{Trouble: scimtest.StatusBefore, Status: 400, Match: scimtest.To("POST", "/Users")})
	sent("half")
	w.report(f, p)
	refused(plan.Rest, "half", "not all of it is as the plan wants it", "--allow unreconciled-wave")
	a.Scope.Again = true
	sent("")
	a.Scope.Again = false
	refused(plan.Rest, "half", "not read back", "ldap2scim report")
	w.report(f, p)
	sent(plan.Rest)
	w.whole()
}

// TestWavesAllowed: unless told.
func TestWavesAllowed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, staff(12, 1))
	rs := rules()
	rs.Waves = []plan.Wave{{Name: "pilot", People: []string{"u03", "u04"}}}
	w.rules = &rs
	f := w.open()
	a := w.apply(f, w.writer())
	a.Allow = []plan.Hazard{plan.HazardUnreconciled}
	if _, err := a.Run(t.Context(), w.planned(f)); err != nil {
		t.Fatal(err)
	}
	w.whole()
}
