package migrate_test

import (
	"context"
	"fmt"
	"testing"

	"ldap2scim/checkpoints"
	"ldap2scim/migrate"
	"ldap2scim/plan"
)

// crash stands for the end of the process.
type crash struct{ at int }

// interactions counts everything that passes between the program and the
// world, and crashes at one of them.
type interactions struct {
	migrate.Destination
	n, crashAt int
}

func (i *interactions) tick() {
	if i.n++; i.n == i.crashAt {
		panic(crash{i.n})
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
func (i *interactions) run(w *world, f *checkpoints.File, p checkpoints.Plan) (crashed bool, err error) {
	defer func() {
		if r := recover(); r != nil {
			if _, ours := r.(crash); !ours {
				panic(r)
			}
			crashed = true
		}
	}()
	a := w.apply(f, i)
	a.Observe = func(migrate.Event) { i.tick() } // between the journal and the requests
	_, err = a.Run(w.t.Context(), p)
	return false, err
}

// TestCrashEverywhere ends the process at every interaction, before and after
// the effect, and runs it again: law 4. A run of more than one batch is ended
// at every fifth.
func TestCrashEverywhere(t *testing.T) {
	t.Parallel()
	for _, size := range []struct{ people, every int }{{5, 1}, {33, 5}} {
		clean := &interactions{}
		w := newWorld(t, staff(size.people, 1))
		f := w.open()
		clean.Destination = w.writer()
		if _, err := clean.run(w, f, w.planned(f)); err != nil {
			t.Fatal(err)
		}
		w.whole()
		if clean.n < 4*size.people {
			t.Fatalf("only %d interactions", clean.n)
		}
		for at := 1; at <= clean.n; at += size.every {
			t.Run(fmt.Sprintf("%d people at %d of %d", size.people, at, clean.n), func(t *testing.T) {
				t.Parallel()
				crashAndGoOn(t, size.people, at)
			})
		}
	}
}

func crashAndGoOn(t *testing.T, people, at int) {
	w := newWorld(t, staff(people, 1))
	f := w.open()
	p := w.planned(f)
	i := &interactions{Destination: w.writer(), crashAt: at}
	// A slower run records its answers in more groups, so that the last few
	// interactions are not there in every run.
	if crashed, err := i.run(w, f, p); err != nil || !crashed && at < 4*people {
		t.Fatalf("crashed %t, %v", crashed, err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	f = w.open()
	if _, err := i.run(w, f, p); err != nil {
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
				i := &interactions{Destination: w.writer(), crashAt: at}
				if _, err := i.run(w, f, p); err != nil {
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
