package migrate_test

import (
	"context"
	"runtime"
	"sync"
	"testing"
	"time"

	"ldap2scim/checkpoints"
	"ldap2scim/migrate"
	"ldap2scim/plan"
)

// BenchmarkApply carries out a plan with its journal, and sends the same
// requests in a bare loop to a service of its own beside it, at the same
// concurrency. It reports the ratio of the two times, and that of the processor
// times, which another load on the machine disturbs less: the directory, the
// service and the journal are all in this process. A service takes its time,
// which costs no processor; without any, what is measured is how much work there
// is in a step beside the request.
func BenchmarkApply(b *testing.B) {
	for _, takes := range []time.Duration{0, time.Millisecond, 5 * time.Millisecond} {
		b.Run("answers after "+takes.String(), func(b *testing.B) { applyAndBare(b, takes) })
	}
}

// distant is a destination whose every answer takes so long on its way.
type distant struct {
	migrate.Destination
	takes time.Duration
}

// Do is that of the destination.
func (d distant) Do(ctx context.Context, s plan.Step, ids map[plan.ExternalID]plan.RemoteID) (plan.Outcome, error) {
	<-time.After(d.takes)
	return d.Destination.Do(ctx, s, ids)
}

func applyAndBare(b *testing.B, takes time.Duration) {
	b.Helper()
	n := people(b) / 50
	var ours, bare, oursWorked, bareWorked time.Duration
	for b.Loop() {
		w := newWorld(b, teams(n))
		f := w.open()
		p := w.planned(f)
		a := w.apply(f, distant{w.writer(), takes})
		a.Retry, a.Concurrency, a.Lister = migrate.Retry{}, 4, nil
		runtime.GC()
		start, before := time.Now(), worked(b)
		if res, err := a.Run(b.Context(), p); err != nil || res.Done != p.Summary.Requests() {
			b.Fatalf("%+v, %v", res, err)
		}
		ours, oursWorked = ours+time.Since(start), oursWorked+worked(b)-before
		other := newWorld(b, w.source)
		took, work := bareLoop(b, f, p, distant{other.writer(), takes}, 4)
		bare, bareWorked = bare+took, bareWorked+work
	}
	b.ReportMetric(bare.Seconds()/ours.Seconds(), "of-bare-loop")
	b.ReportMetric(bareWorked.Seconds()/oursWorked.Seconds(), "of-bare-loop-cpu")
	b.ReportMetric(float64(n)*float64(b.N)/ours.Seconds(), "people/s")
}

// teams is n people, each in one of groups of fifty.
func teams(n int) *directory {
	d := staff(n, n/50)
	var people []string
	for i := range d.entries {
		if d.entries[i].Kind == plan.Person {
			people = append(people, d.entries[i].Key)
			continue
		}
		d.entries[i].Members = people[:min(50, len(people))]
		people = people[len(d.entries[i].Members):]
	}
	return d
}

// bareLoop sends the plan's steps, phase by phase, and remembers nothing but
// the ids.
func bareLoop(b *testing.B, f *checkpoints.File, p checkpoints.Plan, dst migrate.Destination, concurrency int) (took, work time.Duration) {
	b.Helper()
	var phases [][]plan.Step
	for s, err := range f.Steps(b.Context(), p.ID) {
		if err != nil {
			b.Fatal(err)
		}
		for len(phases) <= s.Phase {
			phases = append(phases, nil)
		}
		phases[s.Phase] = append(phases[s.Phase], s)
	}
	var mu sync.Mutex
	ids := map[plan.ExternalID]plan.RemoteID{}
	runtime.GC()
	start, before := time.Now(), worked(b)
	for _, steps := range phases {
		todo := make(chan plan.Step)
		var all sync.WaitGroup
		for range concurrency {
			all.Go(func() {
				for s := range todo {
					mu.Lock()
					own := map[plan.ExternalID]plan.RemoteID{s.Object: ids[s.Object]}
					for _, m := range s.Members {
						own[m] = ids[m]
					}
					mu.Unlock()
					outcome, err := dst.Do(b.Context(), s, own)
					if err != nil {
						b.Error(err)
					}
					mu.Lock()
					ids[s.Object] = outcome.RemoteID
					mu.Unlock()
				}
			})
		}
		for _, s := range steps {
			todo <- s
		}
		close(todo)
		all.Wait()
	}
	return time.Since(start), worked(b) - before
}
