package scimdst_test

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ldap2scim/plan"
	"ldap2scim/scimdst"
)

const (
	department = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department"
	manager    = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value"
	costCode   = "urn:ietf:params:scim:schemas:extension:ivanti:2.0:User:costCode"
	mobile     = `phoneNumbers[type eq "mobile"].value`
	patchHead  = `{"Operations":[`
	patchTail  = `],"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"]}`
)

// TestRequestOf holds what is sent byte for byte.
func TestRequestOf(t *testing.T) {
	t.Parallel()
	ids := map[plan.ExternalID]plan.RemoteID{adaID: "1", "bob": `2"]`, "staff": "g/1 ü"}
	members := func(a plan.Action, of ...plan.ExternalID) plan.Step {
		return plan.Step{Action: a, Kind: plan.Group, Object: "staff", Name: "staff", Members: of}
	}
	for _, tc := range []struct {
		name string
		step plan.Step
		path string
		body string
	}{
		{
			"create person", ada(), "/Users",
			`{"active":true,"externalId":"uuid-of-ada","schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ada@example.com"}`,
		},
		{
			"create person with everything",
			plan.Step{Action: plan.Create, Kind: plan.Person, Object: adaID, After: plan.Fields{
				plan.UserName: "a<b>&c", plan.GivenName: "Ada", plan.FamilyName: "Lovelace", plan.Active: "false",
				plan.WorkEmail: "w@x", `emails[type eq "home"].value`: "h@x", mobile: "+1", department: "R", manager: "7", costCode: "C",
			}},
			"/Users",
			`{"active":false,"emails":[{"type":"home","value":"h@x"},{"primary":true,"type":"work","value":"w@x"}],"externalId":"uuid-of-ada","name":{"familyName":"Lovelace","givenName":"Ada"},"phoneNumbers":[{"type":"mobile","value":"+1"}],"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"R","manager":{"value":"7"}},"urn:ietf:params:scim:schemas:extension:ivanti:2.0:User":{"costCode":"C"},"userName":"a<b>&c"}`,
		},
		{
			"create group", group("staff", "Staff"), "/Groups",
			`{"displayName":"Staff","externalId":"staff","schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"]}`,
		},
		{
			"update adds what was not there and replaces what was",
			plan.Step{
				Action: plan.Update, Kind: plan.Person, Object: adaID, Remote: "77",
				Before: plan.Fields{plan.WorkEmail: "o@x", plan.Active: "false"},
				After:  plan.Fields{plan.WorkEmail: "n@x", mobile: "+1", plan.Active: "true", plan.GivenName: "Ada", costCode: "2"},
			},
			"/Users/77",
			patchHead + `{"op":"replace","path":"active","value":true},{"op":"replace","path":"emails[type eq \"work\"].value","value":"n@x"},{"op":"add","path":"name.givenName","value":"Ada"},{"op":"add","path":"phoneNumbers","value":[{"type":"mobile","value":"+1"}]},{"op":"add","path":"urn:ietf:params:scim:schemas:extension:ivanti:2.0:User:costCode","value":"2"}` + patchTail,
		},
		{
			"first work e-mail", update("77", plan.WorkEmail, "", "n@x"), "/Users/77",
			patchHead + `{"op":"add","path":"emails","value":[{"primary":true,"type":"work","value":"n@x"}]}` + patchTail,
		},
		{
			"adopt sets the external id",
			plan.Step{Action: plan.Adopt, Kind: plan.Person, Object: adaID, After: plan.Fields{plan.DisplayName: "Ada"}},
			"/Users/1",
			patchHead + `{"op":"add","path":"displayName","value":"Ada"},{"op":"add","value":{"externalId":"uuid-of-ada"}}` + patchTail,
		},
		{
			"deactivate",
			plan.Step{
				Action: plan.Take, Kind: plan.Person, Object: adaID, Hazard: plan.HazardDeactivate,
				Before: plan.Fields{plan.Active: "true"}, After: plan.Fields{plan.Active: "false"},
			},
			"/Users/1",
			patchHead + `{"op":"replace","path":"active","value":false}` + patchTail,
		},
		{
			"add members", members(plan.AddMembers, adaID, "bob"), "/Groups/g%2F1%20%C3%BC",
			patchHead + `{"op":"add","path":"members","value":[{"value":"1"},{"value":"2\"]"}]}` + patchTail,
		},
		{
			"take members, one operation each", members(plan.Take, adaID, "bob"), "/Groups/g%2F1%20%C3%BC",
			patchHead + `{"op":"remove","path":"members[value eq \"1\"]"},{"op":"remove","path":"members[value eq \"2\\\"]\"]"}` + patchTail,
		},
		{
			"clear what there was not before",
			plan.Step{
				Action: plan.Update, Kind: plan.Person, Object: adaID, Clear: []string{plan.WorkEmail, plan.ExternalIDPath},
				Before: plan.Fields{plan.WorkEmail: "n@x", plan.ExternalIDPath: adaID, plan.DisplayName: "B"}, After: plan.Fields{plan.DisplayName: "A"},
			},
			"/Users/1",
			patchHead + `{"op":"replace","path":"displayName","value":"A"},{"op":"remove","path":"emails[type eq \"work\"]"},{"op":"remove","path":"externalId"}` + patchTail,
		},
		{"remove", plan.Step{Action: plan.Remove, Kind: plan.Group, Object: "staff"}, "/Groups/g%2F1%20%C3%BC", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got, err := scimdst.RequestOf(tc.step, ids)
			if err != nil {
				t.Fatal(err)
			}
			method := http.MethodPatch
			if tc.step.Action == plan.Create {
				method = http.MethodPost
			}
			if tc.step.Action == plan.Remove {
				method = http.MethodDelete
			}
			if got.Method != method || got.Path() != tc.path || len(got.Waiting) > 0 {
				t.Errorf("got %s %s waiting for %v, want %s %s", got.Method, got.Path(), got.Waiting, method, tc.path)
			}
			if d := cmp.Diff(tc.body, string(got.Body)); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestRequestOfRefuses(t *testing.T) {
	t.Parallel()
	for name, step := range map[string]plan.Step{
		"a unit":                  {Action: plan.Create, Kind: plan.Unit, Object: "x"},
		"no external id":          {Action: plan.Create, Kind: plan.Person, After: plan.Fields{plan.UserName: "x"}},
		"a group with members":    {Action: plan.Create, Kind: plan.Group, Object: "x", Members: []plan.ExternalID{"y"}},
		"an unknown action":       {Action: '?', Kind: plan.Group, Object: "x"},
		"a blank":                 update("1", plan.DisplayName, "Ada", ""),
		"nothing to change":       {Action: plan.Update, Kind: plan.Person, Remote: "1"},
		"active neither way":      update("1", plan.Active, "true", "False"),
		"a broken path":           update("1", "name..x", "", "y"),
		"a path by another part":  update("1", `emails[value eq "x"].value`, "", "y"),
		"a path without a value":  update("1", `emails[type eq "work"]`, "", "y"),
		"members of a person":     {Action: plan.AddMembers, Kind: plan.Person, Remote: "1", Members: []plan.ExternalID{"y"}},
		"no members":              {Action: plan.AddMembers, Kind: plan.Group, Remote: "1"},
		"members in an update":    {Action: plan.Update, Kind: plan.Group, Remote: "1", Members: []plan.ExternalID{"y"}},
		"members and a clearing":  {Action: plan.Take, Kind: plan.Group, Remote: "1", Members: []plan.ExternalID{"y"}, Clear: []string{"displayName"}},
		"a broken path to clear":  {Action: plan.Update, Kind: plan.Person, Remote: "1", Clear: []string{"name..x"}},
		"members and fields":      {Action: plan.Take, Kind: plan.Group, Remote: "1", Members: []plan.ExternalID{"y"}, After: plan.Fields{"displayName": "x"}},
		"one attribute two ways":  {Action: plan.Create, Kind: plan.Person, Object: "x", After: plan.Fields{"name": "x", "name.givenName": "y"}},
		"a list that is a string": {Action: plan.Create, Kind: plan.Person, Object: "x", After: plan.Fields{"emails": "x", plan.WorkEmail: "y"}},
	} {
		if got, err := scimdst.RequestOf(step, nil); err == nil {
			t.Errorf("%s: RequestOf gave %s", name, got.Body)
		}
	}
}

// TestUnknownIDsStandForThemselves: law 7, the dry run of a plan whose people
// do not exist yet; and Do does not send it.
func TestUnknownIDsStandForThemselves(t *testing.T) {
	t.Parallel()
	step := plan.Step{
		Action: plan.AddMembers, Kind: plan.Group, Object: "staff", Name: "staff",
		Members: []plan.ExternalID{adaID, "bob"},
	}
	got, err := scimdst.RequestOf(step, map[plan.ExternalID]plan.RemoteID{"bob": "2"})
	if err != nil {
		t.Fatal(err)
	}
	want := scimdst.Request{
		Method: http.MethodPatch, Collection: "/Groups", ID: "{id of staff}",
		Body:    []byte(patchHead + `{"op":"add","path":"members","value":[{"value":"{id of uuid-of-ada}"},{"value":"2"}]}` + patchTail),
		Waiting: []plan.ExternalID{"staff", adaID},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	w := handle(t, func(http.ResponseWriter, *http.Request) { t.Error("it was sent") })
	if _, err := w.Do(t.Context(), step, nil); err == nil {
		t.Error("Do took a step whose ids are not known")
	}
	if _, _, err := w.Look(t.Context(), step, nil); err == nil {
		t.Error("Look took a step whose ids are not known")
	}
}

func TestPathKeepsAnyIDInItsPlace(t *testing.T) {
	t.Parallel()
	for id, want := range map[plan.RemoteID]string{
		"": "/Users", "a": "/Users/a", "..": "/Users/%2E%2E", ".": "/Users/%2E", "a/../b": "/Users/a%2F..%2Fb",
		"ada@example.com": "/Users/ada@example.com", "a?b#c%": "/Users/a%3Fb%23c%25",
	} {
		if got := (scimdst.Request{Collection: "/Users", ID: id}).Path(); got != want {
			t.Errorf("path of %q is %s, want %s", id, got, want)
		}
	}
}
