package plan_test

import (
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ldap2scim/plan"
)

// vendorWorld adds to a random world what the vendor's checks look at: values
// that are refused, shared Apple IDs, records that contradict, waivers.
func vendorWorld(seed uint64) *world {
	r := rand.New(rand.NewPCG(seed, 1))
	w := randomWorld(r)
	w.tenant = map[plan.ExternalID]plan.Account{}
	pick := func(of ...string) string { return of[r.IntN(len(of))] }
	w.rules.ManagedAppleID.Before = plan.AppleIDPattern{From: pick("", "mail", "upn"), Subdomain: r.IntN(2) == 0}
	w.rules.ManagedAppleID.After = plan.AppleIDPattern{From: pick("", plan.WorkEmail, custom), Subdomain: r.IntN(2) == 0}
	w.rules.Waived = map[plan.Code]string{}
	for _, code := range []plan.Code{plan.Renamed, plan.BadEmail, plan.BlankPersonal, plan.BadValue, plan.AppleID} {
		if r.IntN(3) == 0 {
			w.rules.Waived[code] = "why not"
		}
	}
	w.rules.Prerequisites = plan.Prerequisites()[:r.IntN(4)]
	for _, e := range w.entries {
		if e.Kind != plan.Person {
			continue
		}
		e.Attrs["upn"] = []string{pick("a@x", "A@x", "b@x", string(e.ID)+"@example.com")}
		switch r.IntN(6) {
		case 0:
			e.Attrs["costcode"] = []string{pick("cn=a,dc=b", "\xff", "a@x", "A@x", " ")}
		case 1:
			delete(e.Attrs, "sn")
		}
		if r.IntN(2) == 0 {
			w.tenant[e.ID] = plan.Account{
				UID: pick("", e.First("uid"), "other"), AppleID: pick("", "a@x", string(e.ID)+"@example.com"),
				Values: map[string]string{"costcode": pick("", "c0", "c1")}, Enrolled: r.IntN(3) == 0,
			}
		}
	}
	return w
}

// FuzzVendorLaws holds plans with the vendor's checks against laws 1, 2 and 6,
// and blocks against waivers.
func FuzzVendorLaws(f *testing.F) {
	for seed := range uint64(300) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		w := vendorWorld(seed)
		sum, first := decide(t, w)
		if again, second := decide(t, vendorWorld(seed)); again.Digest != sum.Digest {
			t.Fatalf("the same input gives another plan: %s", cmp.Diff(first, second, cmp.AllowUnexported(record{})))
		}
		class := map[plan.ExternalID]plan.Class{}
		for _, c := range first.decisions {
			if c.Kind == plan.Person {
				class[c.Object] = c.Class
			}
		}
		for _, f := range first.findings {
			_, waived := w.rules.Waived[f.Code]
			switch {
			case f.Kind != plan.Person || f.Object == "":
			case f.Severity == plan.Block && class[f.Object] != plan.Blocked && class[f.Object] != plan.Excluded && class[f.Object] != plan.ToDeactivate:
				t.Errorf("%+v, and the person is %s", f, class[f.Object])
			case (f.Waived != "") && (f.Severity != plan.Warn || !waived):
				t.Errorf("%+v", f)
			}
		}
		counted := 0
		for _, p := range sum.Prerequisites {
			if p.Standing == plan.Unknown && p.Of != plan.InvitationsOff { // which has a hazard
				counted++
			}
		}
		if counted != len(sum.Unmet) || sum.Hazards[plan.HazardChangeAppleID] > sum.AppleIDs.Changed {
			t.Errorf("%+v", sum)
		}
		for i, s := range first.steps {
			if err := w.carryOut(s); err != nil {
				t.Fatalf("step %d (%c %s %s): %v", i, s.Action, s.Kind, s.Name, err)
			}
		}
		if _, after := decide(t, w); len(after.steps) > 0 {
			t.Fatalf("after applying %d steps, a new plan has %+v", len(first.steps), after.steps)
		}
	})
}
