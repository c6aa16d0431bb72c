package checkpoints_test

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ldap2scim/checkpoints"
	"ldap2scim/plan"
)

// What became of a step comes back as it was recorded, whatever a service says.
func TestFates(t *testing.T) {
	t.Parallel()
	f := open(t, filepath.Join(t.TempDir(), "s.db"))
	p := savePlan(t, f)
	run, marked := begin(t, f, p.ID, 2)
	results := []checkpoints.Result{
		{Seq: marked[0].Seq, State: checkpoints.Done, Attempts: 2, Outcome: plan.Outcome{RemoteID: "r/\"ä\"", Version: `W/"1"`}},
		{Seq: marked[1].Seq, State: checkpoints.Failed, Attempts: 6, Error: "400: \"no\\\n\x00\u2028 <Bj\u00f6rk>\t\U0001f600", Failure: plan.FailedGone},
	}
	if err := f.Record(t.Context(), p.ID, run, results, checkpoints.Tally{}, at); err != nil {
		t.Fatal(err)
	}
	var want []checkpoints.Fate
	for i, r := range results {
		s := marked[i].Step
		want = append(want, checkpoints.Fate{Object: s.Object, Step: s.ID, Action: s.Action, Wave: s.Wave, State: r.State, Attempts: r.Attempts, Error: r.Error, Failure: r.Failure, Run: run, At: at, Outcome: r.Outcome})
	}
	if diff := cmp.Diff(want, collect(t, f.Fates(t.Context(), p.ID, plan.Person))); diff != "" {
		t.Error(diff)
	}
}
