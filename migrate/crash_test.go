package migrate_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"ldap2scim/checkpoints"
	"ldap2scim/migrate"
	"ldap2scim/plan"
)

// interactions counts everything that passes between the program and the
// world, and ends the process at one of them: from then on, whoever would touch
// the world waits until the test is over.
type interactions struct {
	migrate.Destination
	over    context.Context //nolint:containedctx // the test's
	crashAt int

	mu   sync.Mutex
	n    int
	dead chan struct{}
}

func (w *world) interactions(crashAt int) *interactions {
	return &interactions{Destination: w.writer(), over: w.t.Context(), crashAt: crashAt, dead: make(chan struct{})}
}

func (i *interactions) tick() {
	i.mu.Lock()
	i.n++
	if i.n == i.crashAt {
		close(i.dead)
	}
	gone := i.crashAt > 0 && i.n >= i.crashAt
	i.mu.Unlock()
	if gone {
		<-i.over.Done()
	}
}

func (i *interactions) Do(ctx context.Context, s plan.Step, ids map[plan.ExternalID]plan.RemoteID) (plan.Outcome, error) {
	i.tick() // before the effect
	outcome, err := i.Destination.Do(ctx, s, ids)
	i.tick() // after the effect, before anybody knows
	return outcome, err
}

func (i *interactions) Look(ctx context.Context, s plan.Step, ids map[plan.ExternalID]plan.RemoteID) (plan.Outcome, plan.Found, error) {
	i.tick()
	return i.Destination.Look(ctx, s, ids)
}

// run applies, and reports whether it crashed.
func (i *interactions) run(w *world, f *checkpoints.File, p checkpoints.Plan, concurrency int) (crashed bool, err error) {
	a := w.apply(f, i)
	a.Concurrency = concurrency
	return i.carryOut(a, p)
}

// carryOut is run for an Apply whose destination i is.
func (i *interactions) carryOut(a migrate.Apply, p checkpoints.Plan) (crashed bool, err error) {
	a.Lister = nil
	a.Observe = func(migrate.Event) { i.tick() } // between the journal and the requests
	done := make(chan error, 1)
	go func() {
		_, err := a.Run(i.over, p)
		done <- err
	}()
	select {
	case err := <-done:
		return false, err
	case <-i.dead:
		return true, nil
	}
}

// TestCrashEverywhere ends the process at every interaction, before and after
// the effect, and runs it again: law 4. A run of more than one batch is ended
// at every fifth.
func TestCrashEverywhere(t *testing.T) {
	t.Parallel()
	for _, size := range []struct{ people, every, concurrency int }{{5, 1, 1}, {33, 7, 1}, {33, 5, 4}} {
		w := newWorld(t, staff(size.people, 1))
		f := w.open()
		clean := w.interactions(0)
		if _, err := clean.run(w, f, w.planned(f), size.concurrency); err != nil {
			t.Fatal(err)
		}
		w.whole()
		if clean.n < 4*size.people {
			t.Fatalf("only %d interactions", clean.n)
		}
		for at := 1; at <= clean.n; at += size.every {
			t.Run(fmt.Sprintf("%d people, %d at a time, at %d of %d", size.people, size.concurrency, at, clean.n), func(t *testing.T) {
				t.Parallel()
				crashAndGoOn(t, size.people, at, size.concurrency)
			})
		}
	}
}

func crashAndGoOn(t *testing.T, people, at, concurrency int) {
	w := newWorld(t, staff(people, 1))
	f := w.open()
	p := w.planned(f)
	// A slower run records its answers in more groups, so that the last few
	// interactions are not there in every run.
	if crashed, err := w.interactions(at).run(w, f, p, concurrency); err != nil || !crashed && at < 4*people {
		t.Fatalf("crashed %t, %v", crashed, err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	f = w.open()
	if _, err := w.interactions(0).run(w, f, p, concurrency); err != nil {
		t.Fatal(err)
	}
	w.whole()
	if n := w.creates(); n != people+1 {
		t.Errorf("%d requests to create %d objects", n, people+1)
	}
	if r := w.report(f, p); !r.Settled || r.Class(migrate.Migrated) != people+1 {
		t.Errorf("report: %s", r.Sentence)
	}
	if again := w.replanned(f); again.Summary.Requests() != 0 {
		t.Errorf("a new plan has %d requests", again.Summary.Requests())
	}
}

// TestCrashTwice ends the process a second time while it recovers.
func TestCrashTwice(t *testing.T) {
	t.Parallel()
	for second := 1; second < 80; second += 7 {
		t.Run(fmt.Sprint(second), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, staff(33, 1))
			f := w.open()
			p := w.planned(f)
			for _, at := range []int{60, second, 0} {
				if _, err := w.interactions(at).run(w, f, p, 2); err != nil {
					t.Fatal(err)
				}
				if err := f.Close(); err != nil {
					t.Fatal(err)
				}
				f = w.open()
			}
			w.whole()
			if n := w.creates(); n != 34 {
				t.Errorf("%d requests to create 34 objects", n)
			}
		})
	}
}
