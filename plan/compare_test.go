package plan_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ldap2scim/plan"
)

func TestCompare(t *testing.T) {
	t.Parallel()
	row := func(id string, c plan.Class, code plan.Code, after plan.Fields, steps ...plan.StepID) plan.Row {
		return plan.Row{Decision: plan.Decision{Kind: plan.Person, Object: plan.ExternalID(id), Name: "n" + id, Class: c, Code: code}, After: after, Steps: steps}
	}
	same := row("s", plan.ToUpdate, "", plan.Fields{"x": "1"}, "1")
	renamed := row("n", plan.Unchanged, "", nil)
	renamed.Name = "other"
	var got []plan.Difference
	for d, err := range plan.Compare(
		seq([]plan.Row{
			row("a", plan.ToCreate, "", plan.Fields{"x": "1"}, "2"), row("b", plan.Blocked, "P04", nil), row("f", plan.ToUpdate, "", plan.Fields{"x": "1", "y": "1"}, "3", "4"),
			row("g", plan.ToCreate, "", nil, "5"), row("n", plan.Unchanged, "", nil), same,
		}),
		seq([]plan.Row{
			row("a", plan.Unchanged, "", nil), row("b", plan.Blocked, "P05", nil), row("f", plan.ToUpdate, "", plan.Fields{"x": "2", "y": "1"}, "4", "6"),
			row("i", plan.ToCreate, "", nil, "7"), renamed, same,
		})) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, d)
	}
	want := []plan.Difference{
		{Kind: plan.Person, Object: "a", Name: "na", Was: plan.ToCreate, Is: plan.Unchanged, Before: plan.Fields{"x": "1"}, Gone: []plan.StepID{"2"}},
		{Kind: plan.Person, Object: "b", Name: "nb", Was: plan.Blocked, Is: plan.Blocked, WasCode: "P04", IsCode: "P05"},
		{Kind: plan.Person, Object: "f", Name: "nf", Was: plan.ToUpdate, Is: plan.ToUpdate, Before: plan.Fields{"x": "1"}, After: plan.Fields{"x": "2"}, Gone: []plan.StepID{"3"}, New: []plan.StepID{"6"}},
		{Kind: plan.Person, Object: "g", Name: "ng", Was: plan.ToCreate, Gone: []plan.StepID{"5"}},
		{Kind: plan.Person, Object: "i", Name: "ni", Is: plan.ToCreate, New: []plan.StepID{"7"}},
		{Kind: plan.Person, Object: "n", Name: "other", WasName: "nn", Was: plan.Unchanged, Is: plan.Unchanged},
	}
	equal := cmp.Comparer(func(a, b []plan.StepID) bool { return slices.Equal(a, b) })
	if diff := cmp.Diff(want, got, equal); diff != "" {
		t.Error(diff)
	}
}

// later is the showcase some days after: a part is done, somebody is new,
// somebody is gone, and values are others.
func later() *written {
	w := newWritten()
	w.Digest, w.Inventory, w.Snapshot = "9bea48c0", "2222", "50aa"
	for _, d := range showcase().decisions {
		switch {
		case d.Object == "s0007":
			continue
		case d.Class == plan.ToCreate:
			w.object(d.Kind, string(d.Object), d.Name, plan.Unchanged, "")
			continue
		case d.Object == "b03":
			d = w.object(d.Kind, "b03", "blocked03", plan.ToCreate, "")
			w.step(d, plan.Step{Action: plan.Create, After: plan.Fields{plan.UserName: d.Name}})
			continue
		case d.Object == "b04":
			d.Code = plan.BlankPersonal
		}
		w.object(d.Kind, string(d.Object), d.Name, d.Class, d.Code)
	}
	w.object(plan.Person, "z01", "<b>newcomer</b>", plan.ToCreate, "")
	return w
}

func TestDifferences(t *testing.T) {
	t.Parallel()
	was, is := showcase().view(), later().view()
	var b bytes.Buffer
	if err := plan.WriteDifferences(&b, was, is, 3); err != nil {
		t.Fatal(err)
	}
	golden(t, "diff.txt", b.Bytes())
	b.Reset()
	if err := plan.WriteDifferencesJSON(&b, was, is); err != nil {
		t.Fatal(err)
	}
	golden(t, "diff.json", b.Bytes())
	if !json.Valid(b.Bytes()) {
		t.Error("not JSON")
	}
	b.Reset()
	if err := plan.WriteDifferences(&b, was, was, 3); err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(b.Bytes(), []byte("The plans say the same of every object.")) {
		t.Errorf("a plan and itself:\n%s", b.String())
	}
}
