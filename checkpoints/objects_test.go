package checkpoints_test

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ldap2scim/checkpoints"
	"ldap2scim/plan"
)

func TestRows(t *testing.T) {
	t.Parallel()
	f := open(t, filepath.Join(t.TempDir(), "s.db"))
	p := savePlan(t, f)
	people := collect(t, f.Rows(t.Context(), p.ID)(plan.Person))
	want := []plan.Row{
		{Decision: plan.Decision{Kind: plan.Person, Object: "a", Name: "ann", Class: plan.ToCreate}, Steps: []plan.StepID{"1"}, Actions: []plan.Action{plan.Create}, After: plan.Fields{"userName": "a"}},
	}
	if diff := cmp.Diff(want, people); diff != "" {
		t.Error(diff)
	}
	groups := collect(t, f.Rows(t.Context(), p.ID)(plan.Group))
	if len(groups) != 1 || groups[0].Adds != 2 || groups[0].Class != plan.ToUpdate {
		t.Errorf("groups %+v", groups)
	}
}

// TestRowsOfUnits: a unit has the steps on the group that is made of it, and a
// person with the same ID has not.
func TestRowsOfUnits(t *testing.T) {
	t.Parallel()
	f := open(t, filepath.Join(t.TempDir(), "s.db"))
	p := savePlan(t, f)
	p, err := f.SavePlan(t.Context(), checkpoints.Plan{Snapshot: p.Snapshot, Inventory: p.Inventory, Made: at}, func(to plan.Sink) (plan.Summary, error) {
		for _, d := range []plan.Decision{{Kind: plan.Person, Object: "a"}, {Kind: plan.Unit, Object: "a", Name: "ou=a"}} {
			if err := to.Decision(d); err != nil {
				return plan.Summary{}, err
			}
		}
		for _, v := range []plan.Finding{{Kind: plan.Unit, Object: "a", Code: "P12"}, {Kind: plan.Unit, Code: "P12"}, {Kind: plan.Person, Object: "a", Code: "P04"}} {
			if err := to.Finding(v); err != nil {
				return plan.Summary{}, err
			}
		}
		return plan.Summary{Digest: "u"}, to.Step(plan.Step{ID: "1", Action: plan.Create, Kind: plan.Group, Of: plan.Unit, Object: "a"})
	})
	if err != nil {
		t.Fatal(err)
	}
	units, people := collect(t, f.Rows(t.Context(), p.ID)(plan.Unit)), collect(t, f.Rows(t.Context(), p.ID)(plan.Person))
	if len(units) != 1 || len(units[0].Steps) != 1 || len(units[0].Findings) != 1 || units[0].Name != "ou=a" {
		t.Errorf("units %+v", units)
	}
	if len(people) != 1 || len(people[0].Steps) != 0 || len(people[0].Findings) != 1 || people[0].Findings[0].Code != "P04" {
		t.Errorf("people %+v", people)
	}
}
