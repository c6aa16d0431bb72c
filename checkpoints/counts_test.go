package checkpoints_test

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"ldap2scim/checkpoints"
	"ldap2scim/plan"
)

// TestCounts: what is counted without reading the steps is what reading them
// shows, whatever was done in which wave.
func TestCounts(t *testing.T) {
	t.Parallel()
	chance := rand.New(rand.NewPCG(7, 7)) //nolint:gosec // only for being spread
	f := open(t, filepath.Join(t.TempDir(), "s.db"))
	head := savePlan(t, f)
	waves := []string{"a", "b", "c", "d"}
	for range 20 {
		p, err := f.SavePlan(t.Context(), checkpoints.Plan{Snapshot: head.Snapshot, Inventory: head.Inventory, Made: at}, func(to plan.Sink) (plan.Summary, error) {
			for i := range 40 {
				if err := to.Step(plan.Step{ID: plan.StepID(fmt.Sprint(i)), Action: plan.Create, Kind: plan.Person, Object: plan.ExternalID(fmt.Sprint(i)), Wave: waves[i/10]}); err != nil {
					return plan.Summary{}, err
				}
			}
			return plan.Summary{}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		run, err := f.StartRun(t.Context(), p.ID, "test", at)
		if err != nil {
			t.Fatal(err)
		}
		for range chance.IntN(5) {
			marked, err := f.Begin(t.Context(), p.ID, run, 0, 1+chance.IntN(15), checkpoints.Scope{Wave: waves[chance.IntN(4)]}, at)
			if err != nil {
				t.Fatal(err)
			}
			var results []checkpoints.Result
			for _, m := range marked {
				switch chance.IntN(8) {
				case 0:
					results = append(results, checkpoints.Result{Seq: m.Seq, State: checkpoints.Pending})
				case 1:
					results = append(results, checkpoints.Result{Seq: m.Seq, State: checkpoints.Failed, Error: "no"})
				case 2: // nobody knows
				default:
					results = append(results, checkpoints.Result{Seq: m.Seq, State: checkpoints.Done})
				}
			}
			if err := f.Record(t.Context(), p.ID, run, results, checkpoints.Tally{}, at); err != nil {
				t.Fatal(err)
			}
		}
		want, first := map[checkpoints.State]int{}, int64(41)
		for l, err := range f.Journal(t.Context(), p.ID) {
			if err != nil {
				t.Fatal(err)
			}
			want[l.State]++
			if l.State == checkpoints.Pending {
				first = min(first, l.Seq)
			}
		}
		got, err := f.States(t.Context(), p.ID)
		for _, state := range []checkpoints.State{checkpoints.Pending, checkpoints.Sending, checkpoints.Done, checkpoints.Failed} {
			if err != nil || got[state] != want[state] {
				t.Errorf("%s: %d, want %d, %v", state, got[state], want[state], err)
			}
		}
		if n, err := f.FirstPending(t.Context(), p.ID); err != nil || n != first {
			t.Errorf("first pending %d, want %d, %v", n, first, err)
		}
	}
}
