package plan_test

import (
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"

	"ldap2scim/plan"
)

// TestUndoSettings: a rollback that removes what was made stops what must be
// stopped first and removes last what the plan made, if that and all that needs
// it is as it was left. Any other leaves the settings alone.
func TestUndoSettings(t *testing.T) {
	t.Parallel()
	rules := plan.Rules{Settings: []plan.SettingRule{
		{ID: "app", Name: "application", Stage: plan.StageBefore, Removed: true},
		{ID: "mapping", Name: "mapping", Stage: plan.StageBefore, Needs: []plan.ExternalID{"app"}},
		{ID: "start", Name: "start", Stage: plan.StageAfter, Needs: []plan.ExternalID{"app"}, Ended: plan.Fields{"state": "off"}},
	}}
	sent := func(id plan.ExternalID, a plan.Action, after plan.Fields) plan.Touched {
		return plan.Touched{Kind: plan.Setting, Object: id, Name: string(id), Sent: []plan.Sent{{Done: true, Step: plan.Step{Action: a, Kind: plan.Setting, Object: id, After: after}}}}
	}
	has := func(id plan.ExternalID, f plan.Fields) plan.Resource {
		return plan.Resource{Kind: plan.Setting, ExternalID: id, RemoteID: plan.RemoteID("r-" + id), Fields: f}
	}
	as := func(state, row string) []plan.Resource {
		return []plan.Resource{has("app", plan.Fields{"name": "x"}), has("mapping", plan.Fields{"row": row}), has("start", plan.Fields{"state": state})}
	}
	for name, tt := range map[string]struct {
		have       []plan.Resource
		made       plan.Action
		fate       plan.CreatedFate
		incomplete bool
		want       string // steps
		classes    string
	}{
		"as it was left":           {as("on", "a"), plan.Create, plan.RemoveCreated, false, "1 ~ start, 5 - app", "app remove, start remove"},
		"stopped already":          {as("off", "a"), plan.Create, plan.RemoveCreated, false, "4 - app", "app remove, start remove"},
		"what needs it is changed": {as("on", "b"), plan.Create, plan.RemoveCreated, false, "1 ~ start", "app left, start restore"},
		"it was there before":      {as("on", "a"), plan.Update, plan.RemoveCreated, false, "1 ~ start", "app left, start restore"},
		"gone":                     {nil, plan.Create, plan.RemoveCreated, false, "", "app gone, start gone"},
		"not told to":              {as("on", "a"), plan.Create, plan.DeactivateCreated, false, "", ""},
		"not all is seen":          {as("on", "a"), plan.Create, plan.RemoveCreated, true, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			none := func(plan.Kind) iter.Seq2[plan.Resource, error] { return func(func(plan.Resource, error) bool) {} }
			in := plan.UndoInput{
				Created: tt.fate, Rules: rules,
				Past: plan.Past{
					People: func(func(plan.Known, error) bool) {},
					Touched: func(k plan.Kind) iter.Seq2[plan.Touched, error] {
						return func(yield func(plan.Touched, error) bool) {
							for _, s := range []plan.Touched{sent("app", tt.made, plan.Fields{"name": "x"}), sent("mapping", plan.Update, plan.Fields{"row": "a"}), sent("start", plan.Create, plan.Fields{"state": "on"})} {
								if k == plan.Setting && !yield(s, nil) {
									return
								}
							}
						}
					},
				},
				Inventory: plan.Inventory{Proof: plan.Proof{Complete: !tt.incomplete}, Owned: none, Unowned: none, Settings: func(yield func(plan.Resource, error) bool) {
					for _, r := range tt.have {
						if !yield(r, nil) {
							return
						}
					}
				}},
			}
			var got record
			sum, err := plan.Undo(in, &got)
			if err != nil {
				t.Fatal(err)
			}
			var steps, classes []string
			for _, s := range got.steps {
				steps = append(steps, fmt.Sprintf("%d %c %s", s.Phase, s.Action, s.Object))
			}
			for _, d := range got.decisions {
				classes = append(classes, string(d.Object)+" "+string(d.Class))
			}
			slices.Sort(classes)
			if strings.Join(steps, ", ") != tt.want || strings.Join(classes, ", ") != tt.classes {
				t.Errorf("steps %v, classes %v; want %s, %s", steps, classes, tt.want, tt.classes)
			}
			if removes := strings.Contains(tt.want, "- app"); (sum.Hazards[plan.HazardRemoveCreated] == 1) != removes {
				t.Errorf("hazards %v", sum.Hazards)
			}
		})
	}
}
