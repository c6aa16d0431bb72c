package checkpoints_test

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"ldap2scim/checkpoints"
	"ldap2scim/plan"
)

// BenchmarkJournal marks the steps of a plan of one for each person and records
// that they are done, a quarter of a thousand at a time, as a run does. It
// reports the time of each for one step.
func BenchmarkJournal(b *testing.B) {
	people := benchPeople(b)
	f, err := checkpoints.Open(b.Context(), filepath.Join(b.TempDir(), "s.db"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = f.Close() }) // the folder goes with the test
	var marking, recording time.Duration
	for b.Loop() {
		b.StopTimer()
		p, err := f.SavePlan(b.Context(), savedSides(b, f), func(to plan.Sink) (plan.Summary, error) {
			for i := range people {
				id, name := fmt.Sprintf("0217d553-32de-5af0-9e9e-%012x", i), fmt.Sprintf("person%d", i)
				err := to.Step(plan.Step{
					ID: plan.StepID(id), Action: plan.Create, Kind: plan.Person, Object: plan.ExternalID(id), Name: name, Reason: plan.ReasonMissing, Phase: 1,
					After: plan.Fields{plan.UserName: name, plan.GivenName: "Ada", plan.FamilyName: "Lovelace", plan.WorkEmail: name + "@example.com", plan.DisplayName: "Ada Lovelace"},
				})
				if err != nil {
					return plan.Summary{}, err
				}
			}
			return plan.Summary{Digest: "b"}, nil
		})
		if err != nil {
			b.Fatal(err)
		}
		run, err := f.StartRun(b.Context(), p.ID, "bench", at)
		if err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		for last := int64(0); last < int64(people); {
			begun := time.Now()
			marked, err := f.Begin(b.Context(), p.ID, run, last, 250, checkpoints.Scope{}, at)
			if err != nil {
				b.Fatal(err)
			}
			answered := time.Now()
			results := make([]checkpoints.Result, len(marked))
			for i, m := range marked {
				results[i] = checkpoints.Result{Seq: m.Seq, State: checkpoints.Done, Attempts: 1, Outcome: plan.Outcome{RemoteID: "5c1a0000-0000-4000-8000-000000000000", Version: `W/"1"`}}
			}
			if err := f.Record(b.Context(), p.ID, run, results, checkpoints.Tally{}, at); err != nil {
				b.Fatal(err)
			}
			marking, recording = marking+answered.Sub(begun), recording+time.Since(answered)
			last = marked[len(marked)-1].Seq
		}
	}
	steps := float64(people) * float64(b.N)
	b.ReportMetric(marking.Seconds()*1e6/steps, "us-marked")
	b.ReportMetric(recording.Seconds()*1e6/steps, "us-recorded")
}
