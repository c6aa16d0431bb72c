package migrate_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"ldap2scim/checkpoints"
	"ldap2scim/migrate"
	"ldap2scim/plan"
)

// twice is a plan that changes one person two times, both bound to the version
// that is there now.
func (w *world) twice(f *checkpoints.File) checkpoints.Plan {
	w.t.Helper()
	created := w.planned(f)
	if _, err := w.apply(f, w.writer()).Run(w.t.Context(), created); err != nil {
		w.t.Fatal(err)
	}
	ada := w.service.Users()[0]
	step := plan.Step{
		Action: plan.Update, Kind: plan.Person, Object: "id-u00", Name: "u00", Remote: plan.RemoteID(ada.ID), Version: `W/"1"`,
		Before: plan.Fields{}, After: plan.Fields{"title": "Dr."}, ID: "first", Phase: 1,
	}
	second := step
	second.ID, second.After, second.Phase = "second", plan.Fields{plan.DisplayName: "Ada"}, 2
	p, err := f.SavePlan(w.t.Context(), checkpoints.Plan{
		Made: time.Now(), Snapshot: created.Snapshot, Inventory: created.Inventory, Settings: created.Settings, Rules: created.Rules,
	}, func(to plan.Sink) (plan.Summary, error) {
		return plan.Summary{Digest: "tw1ce", Steps: map[plan.Action]int{plan.Update: 2}}, errors.Join(to.Step(step), to.Step(second))
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return p
}

// TestOwnChangeIsNoDriftAfterRestart: of two steps on one object the first is
// sent by a process that is killed, and the second by another one.
func TestOwnChangeIsNoDriftAfterRestart(t *testing.T) {
	t.Parallel()
	for at := 1; ; at++ {
		w := newWorld(t, staff(1, 0))
		f := w.open()
		p := w.twice(f)
		crashed, err := w.interactions(at).run(w, f, p, 1)
		if err != nil {
			t.Fatal(err)
		}
		a := w.apply(f, w.writer())
		a.Lister = nil
		if res, err := a.Run(t.Context(), p); err != nil || res.Failed > 0 {
			t.Errorf("killed at interaction %d, and run again: %+v, %v", at, res, err)
		}
		if body := w.service.Users()[0].Body; body["title"] != "Dr." || body["displayName"] != "Ada" {
			t.Errorf("killed at interaction %d: %v", at, body)
		}
		if !crashed {
			if at < 8 {
				t.Fatalf("only %d interactions", at)
			}
			return
		}
	}
}

// TestChangeByOthersIsDriftAfterRestart: what somebody else did between the two
// is seen.
func TestChangeByOthersIsDriftAfterRestart(t *testing.T) {
	t.Parallel()
	w := newWorld(t, staff(1, 0))
	f := w.open()
	p := w.twice(f)
	ctx, stop := context.WithCancel(t.Context())
	a := w.apply(f, w.writer())
	a.Lister = nil
	a.Observe = func(e migrate.Event) {
		if _, ok := e.(migrate.Answered); ok {
			stop()
		}
	}
	if res, err := a.Run(ctx, p); err != nil || res.Done != 1 || !res.Interrupted {
		t.Fatalf("%+v, %v", res, err)
	}
	w.send("PATCH", "/Users/"+w.service.Users()[0].ID, `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"add","path":"nickName","value":"A"}]}`)
	again := w.apply(f, w.writer())
	again.Lister = nil
	if res, err := again.Run(t.Context(), p); err != nil || res.Failed != 1 {
		t.Errorf("%+v, %v", res, err)
	}
	if body := w.service.Users()[0].Body; body["displayName"] != nil {
		t.Errorf("it was changed all the same: %v", body)
	}
}
