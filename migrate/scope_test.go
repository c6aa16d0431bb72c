package migrate_test

import (
	"errors"
	"testing"
	"time"

	"ldap2scim/checkpoints"
	"ldap2scim/migrate"
	"ldap2scim/plan"
	"ldap2scim/scimdst/scimtest"
)

// TestDeadline: a run ends at the end of its window as cleanly as when it is
// asked to, and goes on in the next.
func TestDeadline(t *testing.T) {
	t.Parallel()
	w := newWorld(t, staff(12, 1))
	f := w.open()
	p := w.planned(f)
	w.service.Inject(scimtest.Fault{Trouble: scimtest.Hang, Match: scimtest.To("POST", "/Users"), Skip: 4, Times: -1})
	// Four requests have so much time on a machine that is busy, and those that
	// hang end after it.
	const window = 3 * time.Second
	w.config.Timeout = window + time.Second
	a := w.apply(f, w.writer())
	a.Deadline = time.Now().Add(window)
	res, err := a.Run(t.Context(), p)
	if err != nil || !res.Interrupted || res.Done != 4 || res.Failed != 0 {
		t.Fatalf("%+v, %v", res, err)
	}
	if run, err := f.LastRun(t.Context(), p.ID); err != nil || run.Outcome != "ended at its deadline" {
		t.Errorf("%+v, %v", run, err)
	}
	w.service.Heal()
	if _, err := w.apply(f, w.writer()).Run(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	w.whole()
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
