package plan_test

import (
	"errors"
	"iter"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ldap2scim/plan"
)

func rowsOf(t *testing.T, all iter.Seq2[plan.Row, error]) []plan.Row {
	t.Helper()
	var rows []plan.Row
	for r, err := range all {
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, r)
	}
	return rows
}

func TestJoin(t *testing.T) {
	t.Parallel()
	got := rowsOf(t, plan.Join(
		seq([]plan.Decision{{Kind: plan.Group, Object: "a", Class: plan.ToUpdate}, {Kind: plan.Group, Object: "c", Class: plan.Unchanged}}),
		seq([]plan.Step{
			{ID: "1", Action: plan.Update, Kind: plan.Group, Object: "a", Before: plan.Fields{"x": "1"}, After: plan.Fields{"x": "2"}},
			{ID: "2", Action: plan.AddMembers, Kind: plan.Group, Object: "a", Members: []plan.ExternalID{"p", "q"}},
			{ID: "3", Action: plan.AddMembers, Kind: plan.Group, Object: "a", Members: []plan.ExternalID{"r"}},
			{ID: "4", Action: plan.Take, Kind: plan.Group, Object: "a", Hazard: plan.HazardRemoveMembers, Members: []plan.ExternalID{"s"}},
			{ID: "5", Action: plan.Create, Kind: plan.Group, Object: "b", Name: "lost"},
		}),
		seq([]plan.Finding{{Code: "P12", Kind: plan.Group}, {Code: "P11", Kind: plan.Group, Object: "c"}, {Code: "P03", Kind: plan.Group, Object: "d", Name: "found"}})))
	want := []plan.Row{
		{
			Decision: plan.Decision{Kind: plan.Group, Object: "a", Class: plan.ToUpdate}, Steps: []plan.StepID{"1", "2", "3", "4"},
			Actions: []plan.Action{plan.Update, plan.AddMembers, plan.Take}, Hazards: []plan.Hazard{plan.HazardRemoveMembers},
			Before: plan.Fields{"x": "1"}, After: plan.Fields{"x": "2"}, Adds: 3, Takes: 1,
		},
		{Decision: plan.Decision{Kind: plan.Group, Object: "b", Name: "lost"}, Steps: []plan.StepID{"5"}, Actions: []plan.Action{plan.Create}},
		{Decision: plan.Decision{Kind: plan.Group, Object: "c", Class: plan.Unchanged}, Findings: []plan.Finding{{Code: "P11", Kind: plan.Group, Object: "c"}}},
		{Decision: plan.Decision{Kind: plan.Group, Object: "d", Name: "found"}, Findings: []plan.Finding{{Code: "P03", Kind: plan.Group, Object: "d", Name: "found"}}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestJoinRefuses: what comes out of order or cannot be read is no row.
func TestJoinRefuses(t *testing.T) {
	t.Parallel()
	broken := errors.New("disk")
	fails := func(yield func(plan.Step, error) bool) {
		_ = yield(plan.Step{Object: "a"}, nil) && yield(plan.Step{}, broken)
	}
	var last error
	for _, last = range plan.Join(seq([]plan.Decision{{Object: "a"}, {Object: "b"}}), fails, seq[plan.Finding](nil)) {
	}
	if !errors.Is(last, broken) {
		t.Errorf("got %v, want %v", last, broken)
	}
	for _, last = range plan.Join(seq([]plan.Decision{{Object: "b"}, {Object: "a"}}), seq[plan.Step](nil), seq[plan.Finding](nil)) {
	}
	if last == nil || !strings.Contains(last.Error(), `"a" does not come after "b"`) {
		t.Errorf("got %v", last)
	}
}

// TestJoinShowsEverything: each decision, step and finding about an object is
// in exactly one row.
func TestJoinShowsEverything(t *testing.T) {
	t.Parallel()
	w := showcase()
	rows, steps, findings := 0, 0, 0
	for _, k := range []plan.Kind{plan.Person, plan.Group, plan.Unit} {
		for _, r := range rowsOf(t, w.rows(k)) {
			rows++
			steps += len(r.Steps)
			findings += len(r.Findings)
			if r.Exceptional() != (len(r.Findings) > 0 && r.Findings[0].Severity != plan.Note || len(r.Hazards) > 0 || slices.Contains([]plan.Class{plan.Blocked, plan.Excluded}, r.Class)) {
				t.Errorf("%s %s (%s): exceptional %t", r.Kind, r.Object, r.Class, r.Exceptional())
			}
		}
	}
	if rows != len(w.decisions) || steps != len(w.steps) || findings != len(w.findings)-1 {
		t.Errorf("%d rows, %d steps, %d findings", rows, steps, findings)
	}
}
