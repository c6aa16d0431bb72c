package migrate_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ldap2scim/migrate"
	"ldap2scim/plan"
	"ldap2scim/scimdst"
	"ldap2scim/scimdst/scimtest"
)

// everywhere ends a process at every so many of its interactions, which are
// others with each seed, until there is one that comes to its end.
func everywhere(t *testing.T, every, least int, crash func(t *testing.T, at int) (crashed bool)) {
	t.Helper()
	for at := 1 + int(seedOf(t)%uint64(every)); ; at += every {
		crashed := false
		t.Run(fmt.Sprint(at), func(t *testing.T) { crashed = crash(t, at) })
		if !crashed {
			if at < least {
				t.Errorf("only %d interactions", at)
			}
			return
		}
	}
}

// TestCrashInRollback: a rollback is ended anywhere, and goes on; all is as it
// was before, and what was made is removed once.
func TestCrashInRollback(t *testing.T) {
	t.Parallel()
	everywhere(t, 11, 40, func(t *testing.T, at int) bool {
		w := inhabited(t)
		before := w.bodies()
		f := w.open()
		p := w.planned(f)
		a := w.careful(f)
		if _, err := a.Run(t.Context(), p); err != nil {
			t.Fatal(err)
		}
		back := w.rollback(f, p, 0, plan.RemoveCreated)
		i := w.interactions(at)
		i.Destination = scimdst.Careful{Writer: w.writer()}
		a.Destination = i
		crashed, err := i.carryOut(a, back)
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		a.File = w.open()
		a.Destination, a.Lister = scimdst.Careful{Writer: w.writer()}, nil
		if res, err := a.Run(t.Context(), back); err != nil || res.Failed+res.Left+res.Unknown > 0 {
			t.Fatalf("%+v, %v: %+v", res, err, w.failures(a.File, back))
		}
		if diff := cmp.Diff(before, w.bodies()); diff != "" {
			t.Errorf("not as it was (-was +is):\n%s", diff)
		}
		if r := w.report(a.File, back); !r.Settled {
			t.Errorf("report: %s", r.Sentence)
		}
		removed := 0
		for _, q := range w.service.Requests() {
			if q.Method == http.MethodDelete {
				removed++
			}
		}
		if removed != 5 {
			t.Errorf("%d requests to remove 5 objects", removed)
		}
		return crashed
	})
}

// TestCrashInWave: a wave is ended anywhere, and goes on alone; then the rest.
func TestCrashInWave(t *testing.T) {
	t.Parallel()
	everywhere(t, 7, 20, func(t *testing.T, at int) bool {
		w := newWorld(t, staff(12, 1))
		rs := rules()
		rs.Waves = []plan.Wave{{Name: "pilot", People: []string{"u03", "u04", "u05", "u06"}}}
		w.rules = &rs
		f := w.open()
		p := w.planned(f)
		i := w.interactions(at)
		a := w.apply(f, i)
		a.Scope.Wave = "pilot"
		crashed, err := i.carryOut(a, p)
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		f = w.open()
		for _, wave := range []string{"pilot", plan.Rest} {
			a = w.apply(f, w.writer())
			a.Scope.Wave = wave
			if res, err := a.Run(t.Context(), p); err != nil || res.Failed+res.Left+res.Unknown > 0 {
				t.Fatalf("wave %s: %+v, %v", wave, res, err)
			}
			if people := len(w.service.Users()); wave == "pilot" && people != 4 {
				t.Errorf("%d people after the pilot", people)
			}
			w.report(f, p)
		}
		w.settled(f, p)
		if n := w.creates(); n != 13 {
			t.Errorf("%d requests to create 13 objects", n)
		}
		return crashed
	})
}

// TestCrashWhileDown ends the process while it waits for a service that is down,
// with answers lost before that.
func TestCrashWhileDown(t *testing.T) {
	t.Parallel()
	everywhere(t, 15, 60, func(t *testing.T, at int) bool {
		w := newWorld(t, staff(12, 1))
		w.strangers()
		f := w.open()
		p := w.planned(f)
		w.service.Inject(scimtest.Fault{Trouble: scimtest.CutAfter, Match: scimtest.To("POST", "/Users"), Skip: 2, Times: 4})
		w.service.Inject(scimtest.Fault{Trouble: scimtest.StatusBefore, Status: 503, Skip: 4, Times: 25})
		i := w.interactions(at)
		a := w.apply(f, i)
		a.Concurrency, a.Retry.Budget = 4, time.Hour
		crashed, err := i.carryOut(a, p)
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		w.service.Heal()
		f = w.open()
		again := w.apply(f, w.writer())
		again.Observe = func(e migrate.Event) {
			if r, ok := e.(migrate.Refused); ok {
				t.Errorf("refused: %+v", r)
			}
		}
		if res, err := again.Run(t.Context(), p); err != nil || res.Failed+res.Left+res.Unknown > 0 {
			t.Fatalf("%+v, %v", res, err)
		}
		w.settled(f, p)
		return crashed
	})
}
