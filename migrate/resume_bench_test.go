package migrate_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"ldap2scim/checkpoints"
	"ldap2scim/migrate"
	"ldap2scim/plan"
)

// first is a destination that notes when the first request comes, and ends
// the run.
type first struct {
	stop context.CancelFunc
	came time.Time
}

func (d *first) Do(_ context.Context, s plan.Step, _ map[plan.ExternalID]plan.RemoteID) (plan.Outcome, error) {
	if d.came.IsZero() {
		d.came = time.Now()
		d.stop()
	}
	return plan.Outcome{RemoteID: plan.RemoteID(s.Object)}, nil
}

func (d *first) Look(_ context.Context, _ plan.Step, _ map[plan.ExternalID]plan.RemoteID) (plan.Outcome, plan.Found, error) {
	return plan.Outcome{}, plan.NotSo, nil
}

// BenchmarkResume opens a state file with a plan of one step for each person,
// of which all but the last thousand are done, and goes on with it. It reports
// how long it takes until the first request is sent.
func BenchmarkResume(b *testing.B) {
	n := people(b)
	path := filepath.Join(b.TempDir(), "state.db")
	f, err := checkpoints.Open(b.Context(), path)
	if err != nil {
		b.Fatal(err)
	}
	p := longPlan(b, f, n)
	run, err := f.StartRun(b.Context(), p.ID, "bench", time.Now())
	if err != nil {
		b.Fatal(err)
	}
	for last := int64(0); last < int64(n-1000); {
		marked, err := f.Begin(b.Context(), p.ID, run, last, 1000, checkpoints.Scope{}, time.Now())
		if err != nil {
			b.Fatal(err)
		}
		var results []checkpoints.Result
		for _, m := range marked {
			results = append(results, checkpoints.Result{Seq: m.Seq, State: checkpoints.Done, Attempts: 1, Outcome: plan.Outcome{RemoteID: "5c1a0000-0000-4000-8000-000000000000"}})
		}
		if err := f.Record(b.Context(), p.ID, run, results, checkpoints.Tally{}, time.Now()); err != nil {
			b.Fatal(err)
		}
		last = marked[len(marked)-1].Seq
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
	var until time.Duration
	for b.Loop() {
		start := time.Now()
		f, err := checkpoints.Open(b.Context(), path)
		if err != nil {
			b.Fatal(err)
		}
		ctx, stop := context.WithCancel(b.Context())
		dst := &first{stop: stop}
		a := migrate.Apply{File: f, Destination: dst, Settings: "settings", Concurrency: 1, Observe: silent}
		if res, err := a.Run(ctx, p); err != nil || dst.came.IsZero() {
			b.Fatalf("%+v, %v", res, err)
		}
		until += dst.came.Sub(start)
		if err := f.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(until.Seconds()/float64(b.N), "s-to-first-request")
}

// longPlan stores a plan that creates so many people.
func longPlan(b *testing.B, f *checkpoints.File, n int) checkpoints.Plan {
	b.Helper()
	if _, err := migrate.Snapshot(b.Context(), f, staff(1, 0), migrate.SnapshotOptions{Source: "bench"}, silent); err != nil {
		b.Fatal(err)
	}
	snap, err := f.LastSnapshot(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	inv, err := f.SaveInventory(b.Context(), "bench", time.Now(), func(func(plan.Resource) error) (plan.Proof, error) { return plan.Proof{Complete: true}, nil })
	if err != nil {
		b.Fatal(err)
	}
	p, err := f.SavePlan(b.Context(), checkpoints.Plan{Snapshot: snap.ID, Inventory: inv.ID, Settings: "settings", Made: time.Now()}, func(to plan.Sink) (plan.Summary, error) {
		for i := range n {
			id := fmt.Sprintf("0217d553-32de-5af0-9e9e-%012x", i)
			name := fmt.Sprintf("person%d", i)
			err := to.Step(plan.Step{
				ID: plan.StepID(id), Action: plan.Create, Kind: plan.Person, Object: plan.ExternalID(id), Name: name, Reason: plan.ReasonMissing, Phase: 1,
				After: plan.Fields{plan.UserName: name, plan.GivenName: "Ada", plan.FamilyName: "Lovelace", plan.WorkEmail: name + "@example.com", plan.DisplayName: "Ada Lovelace"},
			})
			if err != nil {
				return plan.Summary{}, err
			}
		}
		return plan.Summary{Digest: "bench"}, nil
	})
	if err != nil {
		b.Fatal(err)
	}
	return p
}
