package migrate_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"ldap2scim/checkpoints"
	"ldap2scim/migrate"
	"ldap2scim/plan"
	"ldap2scim/scimdst/scimtest"
)

// unhurried is a destination that takes a while for each request.
type unhurried struct {
	takes time.Duration
	done  map[plan.StepID]int
}

func (d *unhurried) Do(_ context.Context, s plan.Step, _ map[plan.ExternalID]plan.RemoteID) (plan.Outcome, error) {
	<-time.After(d.takes) // in synctest's own time
	d.done[s.ID]++
	return plan.Outcome{RemoteID: plan.RemoteID("r-" + s.Object)}, nil
}

func (d *unhurried) Look(context.Context, plan.Step, map[plan.ExternalID]plan.RemoteID) (plan.Outcome, plan.Found, error) {
	return plan.Outcome{}, plan.NotSo, nil
}

// TestDeadline: a run ends at the end of its window as cleanly as when it is
// asked to, and goes on in the next.
func TestDeadline(t *testing.T) {
	t.Parallel()
	w := newWorld(t, staff(12, 1))
	f := w.open()
	p := w.planned(f)
	synctest.Test(t, func(t *testing.T) {
		dst := &unhurried{takes: 25 * time.Second, done: map[plan.StepID]int{}}
		begin := time.Now()
		a := migrate.Apply{File: f, Destination: dst, Settings: "settings", Concurrency: 1, Observe: silent, Deadline: begin.Add(time.Minute)}
		res, err := a.Run(t.Context(), p)
		if err != nil || !res.Interrupted || res.Done != 3 || res.Failed+res.Unknown != 0 || time.Since(begin) != 75*time.Second {
			t.Fatalf("after %s: %+v, %v", time.Since(begin), res, err)
		}
		if run, err := f.LastRun(t.Context(), p.ID); err != nil || run.Outcome != "ended at its deadline" {
			t.Errorf("%+v, %v", run, err)
		}
		a.Deadline = time.Time{}
		if res, err = a.Run(t.Context(), p); err != nil || res.Interrupted || res.Left != 0 || len(dst.done) != p.Summary.Requests() {
			t.Fatalf("%+v, %v, %d steps", res, err, len(dst.done))
		}
		for id, n := range dst.done {
			if n != 1 {
				t.Errorf("step %s was done %d times", id, n)
			}
		}
	})
}

// noOne is a destination that holds nobody.
type noOne struct{ asked time.Time }

func (d *noOne) List(context.Context, plan.Kind, func(plan.Resource) error) (plan.Search, error) {
	d.asked = time.Now()
	return plan.Search{Name: "all"}, nil
}

// TestPlanAfterCrash: what a run may have sent that was killed is given the time
// to be seen, before a plan that does not know of it makes it again.
func TestPlanAfterCrash(t *testing.T) {
	t.Parallel()
	w := newWorld(t, staff(3, 0))
	f := w.open()
	p := w.planned(f)
	synctest.Test(t, func(t *testing.T) {
		replan := func() time.Duration {
			dst, begin, said := &noOne{}, time.Now(), time.Duration(0)
			observe := func(e migrate.Event) {
				if e, is := e.(migrate.Settling); is {
					said = e.For
				}
			}
			if _, err := migrate.Plan(t.Context(), f, dst, migrate.PlanOptions{Rules: rules(), Patience: time.Minute}, observe); err != nil {
				t.Fatal(err)
			}
			if took := dst.asked.Sub(begin); took != said {
				t.Errorf("waited %s, and said %s", took, said)
			}
			return said
		}
		if wait := replan(); wait != 0 {
			t.Errorf("nothing is under way, and it waits for %s", wait)
		}
		run, err := f.StartRun(t.Context(), p.ID, "test", time.Now())
		if err != nil {
			t.Fatal(err)
		}
		marked, err := f.Begin(t.Context(), p.ID, run, 0, 2, checkpoints.Scope{}, time.Now())
		if err != nil || len(marked) != 2 {
			t.Fatal(marked, err)
		}
		if err := f.Record(t.Context(), p.ID, run, []checkpoints.Result{{Seq: marked[0].Seq, State: checkpoints.Done}}, checkpoints.Tally{}, time.Now()); err != nil {
			t.Fatal(err)
		}
		<-time.After(20 * time.Second) // in synctest's own time
		if wait := replan(); wait != 40*time.Second {
			t.Errorf("waited %s after 20 s, want 40 s", wait)
		}
		if wait := replan(); wait != 0 {
			t.Errorf("waited %s after a minute", wait)
		}
	})
}

func TestMaxFailures(t *testing.T) {
	t.Parallel()
	w := newWorld(t, staff(12, 1))
	f := w.open()
	p := w.planned(f)
	w.service.Inject(scimtest.Fault{Trouble: scimtest.StatusBefore, Status: 400, Match: scimtest.To("POST", "/Users"), Skip: 2, Times: -1})
	a := w.apply(f, w.writer())
	a.MaxFailures = 3
	res, err := a.Run(t.Context(), p)
	if !errors.Is(err, migrate.ErrFailures) || res.Done != 2 || res.Failed != 3 || res.Left != p.Summary.Requests()-5 {
		t.Fatalf("%+v, %v", res, err)
	}
	if states, err := f.States(t.Context(), p.ID); err != nil || states[checkpoints.Sending] != 0 {
		t.Errorf("journal %v, %v", states, err)
	}
}

// TestRetryFailed takes up what failed, and what was left because of it, and
// nothing else.
func TestRetryFailed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, staff(12, 1))
	f := w.open()
	p := w.planned(f)
	w.service.Inject(scimtest.Fault{Trouble: scimtest.StatusBefore, Status: 400, Match: scimtest.To("POST", "/Users"), Skip: 3, Times: 2})
	a := w.apply(f, w.writer())
	a.MaxFailures = 2
	if _, err := a.Run(t.Context(), p); !errors.Is(err, migrate.ErrFailures) {
		t.Fatal(err)
	}
	a.MaxFailures, a.Scope.Again = 0, true
	res, err := a.Run(t.Context(), p)
	if err != nil || res.Done != 2 || res.Left != 0 {
		t.Fatalf("%+v, %v", res, err)
	}
	if _, err := w.apply(f, w.writer()).Run(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	w.whole()
}

// TestOneWave sends the steps of one wave, and the others later.
func TestOneWave(t *testing.T) {
	t.Parallel()
	w := newWorld(t, staff(12, 1))
	rs := rules()
	rs.Waves = []plan.Wave{{Name: "pilot", People: []string{"u03", "u04"}}}
	w.rules = &rs
	f := w.open()
	p := w.planned(f)
	a := w.apply(f, w.writer())
	a.Scope.Wave = "pilot"
	res, err := a.Run(t.Context(), p)
	if err != nil || res.Done != 4 || res.Left != 0 || len(w.service.Users()) != 2 || len(w.service.Groups()[0].Members) != 2 {
		t.Fatalf("%+v, %v, %d people", res, err, len(w.service.Users()))
	}
	w.report(f, p)
	a.Scope.Wave = plan.Rest
	if res, err = a.Run(t.Context(), p); err != nil || res.Left != 0 {
		t.Fatalf("%+v, %v", res, err)
	}
	w.whole()
}
