package checkpoints_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ldap2scim/checkpoints"
	"ldap2scim/plan"
)

// TestMarkedInOrder: however the steps of a plan are marked, each is once, whole
// and in the order of the plan; fewer at a time where they are large; and what
// is not sent comes again, in its place.
func TestMarkedInOrder(t *testing.T) {
	t.Parallel()
	f := open(t, filepath.Join(t.TempDir(), "s.db"))
	p := savePlan(t, f)
	const steps, large = 300, 20
	p, err := f.SavePlan(t.Context(), checkpoints.Plan{Made: at, Snapshot: p.Snapshot, Inventory: p.Inventory, Settings: "c"}, func(to plan.Sink) (plan.Summary, error) {
		for i := range steps {
			s := plan.Step{
				ID: plan.StepID(fmt.Sprint(i)), Action: plan.Create, Kind: plan.Person, Object: plan.ExternalID(fmt.Sprintf("p%d", i)),
				Name: "two\nlines of \"it\"", Phase: 1, After: plan.Fields{"userName": fmt.Sprintf("u\n%d", i)},
			}
			if i < large {
				s.Reason = plan.Reason(strings.Repeat("x", 1<<20))
			}
			if err := to.Step(s); err != nil {
				return plan.Summary{}, err
			}
		}
		return plan.Summary{Digest: "many"}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	want := collect(t, f.Steps(t.Context(), p.ID))
	run, err := f.StartRun(t.Context(), p.ID, "test", at)
	if err != nil {
		t.Fatal(err)
	}
	all := func() (all []checkpoints.Marked, first int) {
		after := int64(0)
		for {
			marked, err := f.Begin(t.Context(), p.ID, run, after, 150, checkpoints.Scope{}, at)
			if err != nil {
				t.Fatal(err)
			}
			if len(marked) == 0 {
				return all, first
			}
			if len(all) == 0 {
				first = len(marked)
			}
			all, after = append(all, marked...), marked[len(marked)-1].Seq
		}
	}
	marked, first := all()
	if first == 0 || first >= 150 || len(marked) != steps {
		t.Fatalf("%d of %d steps are marked, and of the large ones %d at a time", len(marked), steps, first)
	}
	for i, m := range marked {
		if m.Seq != int64(i+1) || m.Attempts != 0 {
			t.Errorf("step %d is marked as %d, after %d attempts", i+1, m.Seq, m.Attempts)
		}
		if diff := cmp.Diff(want[i], m.Step); diff != "" {
			t.Errorf("step %d (-saved +marked):\n%s", m.Seq, diff)
		}
	}
	unsent := []int64{3, 70, 299}
	var results []checkpoints.Result
	for _, m := range marked {
		state := checkpoints.Done
		if slices.Contains(unsent, m.Seq) {
			state = checkpoints.Pending
		}
		results = append(results, checkpoints.Result{Seq: m.Seq, State: state, Attempts: 2})
	}
	if err := f.Record(t.Context(), p.ID, run, results, checkpoints.Tally{}, at); err != nil {
		t.Fatal(err)
	}
	again, _ := all()
	var got []int64
	for _, m := range again {
		if got = append(got, m.Seq); m.Attempts != 2 {
			t.Errorf("step %d had %d attempts, want 2", m.Seq, m.Attempts)
		}
	}
	if !slices.Equal(got, unsent) {
		t.Errorf("marked again %v, want %v", got, unsent)
	}
}
