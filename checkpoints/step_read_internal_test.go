package checkpoints

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ldap2scim/plan"
)

// FuzzStep: a step is read as encoding/json reads it.
func FuzzStep(f *testing.F) {
	whole := plan.Step{
		ID: "d1", Action: plan.AddMembers, Kind: plan.Group, Object: "o", Of: plan.Unit, Wave: "pilot", Phase: 3, Name: "Håkon", Reason: plan.ReasonMembersMissing,
		Remote: "r", Version: `W/"1"`, Before: plan.Fields{plan.WorkEmail: "a@example.com"}, After: plan.Fields{plan.UserName: "a", plan.Active: "true"},
		Clear: []string{plan.Active}, Members: []plan.ExternalID{"m1", "m2"}, Needs: []plan.ExternalID{"n"}, Hazard: plan.HazardClear,
	}
	body, err := json.Marshal(whole)
	if err != nil {
		f.Fatal(err)
	}
	if got, ok := plainStep(string(body)); !ok || !cmp.Equal(whole, got) {
		f.Fatalf("a plain step was left to encoding/json, or is another: %+v", got)
	}
	for _, s := range []string{
		string(body), `{}`, `{"id":"a"}`, `{"ID":"a"}`, `{"id":"a","id":"b"}`, `{"after":{"a":"b"},"after":{"c":"d"}}`, `{"members":["a"],"members":["b"]}`, `{"members":[]}`,
		`{"phase":01}`, `{"phase":1.5}`, `{"phase":1e3}`, `{"phase":-1}`, `{"phase":0}`, `{"phase":99999999999}`, `{"phase":"1"}`, `{"action":""}`, `{"action":"+-"}`, `{"action":"\u002b"}`,
		`{"name":null}`, `{"name":"\u003c"}`, `{"name":"a" }`, `{"after":null}`, `{"after":{}}`, `{"after":{"a":1}}`, `{"other":"a"}`, `{"id":"a"}x`, `{"id":"a"`, `{"id":"a",}`, `{"id"}`, "{\"id\":\"\n\"}", `null`, ``,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, ok := plainStep(s)
		if !ok {
			return
		}
		var want plan.Step
		if err := json.Unmarshal([]byte(s), &want); err != nil || !cmp.Equal(want, got) {
			t.Errorf("%q: got %+v, want %+v, %v", s, got, want, err)
		}
	})
}
