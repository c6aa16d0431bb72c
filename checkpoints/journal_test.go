package checkpoints_test

import (
	"path/filepath"
	"testing"

	"ldap2scim/checkpoints"
	"ldap2scim/plan"
)

func begin(t *testing.T, f *checkpoints.File, planID int64, n int) (int64, []checkpoints.Marked) {
	t.Helper()
	run, err := f.StartRun(t.Context(), planID, "test", at)
	if err != nil {
		t.Fatal(err)
	}
	marked, err := f.Begin(t.Context(), planID, run, 0, n, checkpoints.Scope{}, at)
	if err != nil || len(marked) != n {
		t.Fatalf("Begin: %v, %v", marked, err)
	}
	return run, marked
}

func TestJournal(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "s.db")
	f := open(t, path)
	p := savePlan(t, f)
	run, marked := begin(t, f, p.ID, 2)

	if err := f.Close(); err != nil { // as after a kill
		t.Fatal(err)
	}
	f = open(t, path)
	unknown := collect(t, f.Unknown(t.Context(), p.ID))
	if len(unknown) != 2 || unknown[0].Step.Object != "a" {
		t.Fatalf("unknown after the kill: %+v", unknown)
	}
	results := []checkpoints.Result{
		{Seq: marked[0].Seq, State: checkpoints.Done, Attempts: 2, Outcome: plan.Outcome{RemoteID: "ra", Version: "v"}},
		{Seq: marked[1].Seq, State: checkpoints.Pending, Attempts: 1},
	}
	if err := f.Record(t.Context(), p.ID, run, results, checkpoints.Tally{}, at); err != nil {
		t.Fatal(err)
	}
	if err := f.Record(t.Context(), p.ID, run, results[:1], checkpoints.Tally{}, at); err == nil {
		t.Error("an answer was recorded for a step that is not marked as sending")
	}
	again, err := f.Begin(t.Context(), p.ID, run, 0, 9, checkpoints.Scope{}, at)
	if err != nil || len(again) != 2 || again[0].Step.Object != "b" || again[0].Attempts != 1 {
		t.Fatalf("Begin: %+v, %v", again, err)
	}
	if err := f.Record(t.Context(), p.ID, run, []checkpoints.Result{{Seq: again[0].Seq, State: checkpoints.Failed, Error: "no"}}, checkpoints.Tally{}, at); err != nil {
		t.Fatal(err)
	}
	if last, err := f.LastDone(t.Context(), marked[0].Step.Kind, "nobody", "a", "b"); err != nil || !last.Equal(at) {
		t.Errorf("last done at %s, %v", last, err)
	}
	if last, err := f.LastDone(t.Context(), marked[0].Step.Kind, "b"); err != nil || !last.IsZero() { // it has failed
		t.Errorf("what failed was done at %s, %v", last, err)
	}
	states, err := f.States(t.Context(), p.ID)
	if err != nil || states[checkpoints.Done] != 1 || states[checkpoints.Failed] != 1 || states[checkpoints.Sending] != 1 {
		t.Errorf("states %v, %v", states, err)
	}
	for object, want := range map[plan.ExternalID]struct {
		id    plan.RemoteID
		state checkpoints.State
	}{"a": {"ra", checkpoints.Done}, "b": {"", checkpoints.Failed}, "g": {"r2", ""}, "?": {"", ""}} {
		all, err := f.Remotes(t.Context(), p, []plan.ExternalID{"x", object})
		if got := all[object]; err != nil || got.ID != want.id || got.State != want.state {
			t.Errorf("Remotes(%s) = %+v, %v; want %+v", object, got, err, want)
		}
	}
	if v, changed, err := f.VersionOf(t.Context(), p.ID, plan.Person, "a"); err != nil || v != "v" || !changed {
		t.Errorf("the version of a is %q, %t, %v", v, changed, err)
	}
	for _, object := range []plan.ExternalID{"b", "?"} {
		if v, changed, err := f.VersionOf(t.Context(), p.ID, plan.Person, object); err != nil || v != "" || changed {
			t.Errorf("the version of %s is %q, %t, %v", object, v, changed, err)
		}
	}
	if err := f.EndRun(t.Context(), run, "done", checkpoints.Tally{}, at); err != nil {
		t.Fatal(err)
	}
	if r, err := f.LastRun(t.Context(), p.ID); err != nil || r.Outcome != "done" || !r.Ended.Equal(at) {
		t.Errorf("%+v, %v", r, err)
	}
	lines := collect(t, f.Journal(t.Context(), p.ID))
	if len(lines) != 3 || lines[1].Attempts != 2 || lines[2].Error != "no" || lines[0].Step.Action != plan.AddMembers {
		t.Errorf("journal %+v", lines)
	}
}
