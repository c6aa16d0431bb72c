package scimdst_test

import (
	"errors"
	"net/http"
	"testing"

	"ldap2scim/plan"
	"ldap2scim/scimdst"
	"ldap2scim/scimdst/scimtest"
)

// TestCareful: a service without versions, and what somebody else did to the
// object meanwhile.
func TestCareful(t *testing.T) {
	t.Parallel()
	title := func(before, after string) plan.Step { return update("", "title", before, after) }
	deactivate := update("", plan.Active, "true", "false")
	deactivate.Action = plan.Take
	clearing := plan.Step{Action: plan.Update, Kind: plan.Person, Object: adaID, Name: adaName, Before: plan.Fields{"title": "Dr."}, Clear: []string{"title"}}
	removal := plan.Step{Action: plan.Remove, Kind: plan.Person, Object: adaID, Name: adaName, Before: plan.Fields{plan.UserName: adaName, "title": "Dr."}}
	for name, tc := range map[string]struct {
		step plan.Step
		// meanwhile is what somebody else does to a person with the title Dr.
		meanwhile plan.Step
		gone      bool
		failed    plan.Failure
		// writes are those that must reach the service.
		writes int
	}{
		"as it was":                        {step: title("Dr.", "Prof."), writes: 1},
		"in another case":                  {step: title("DR.", "Prof."), writes: 1},
		"something else changed":           {step: title("Dr.", "Prof."), meanwhile: update("", plan.DisplayName, "", "A"), writes: 1},
		"it changed":                       {step: title("Dr.", "Prof."), meanwhile: title("Dr.", "Sir"), failed: plan.FailedDrifted},
		"there was nothing, and is now":    {step: update("", plan.DisplayName, "", "Ada"), meanwhile: update("", plan.DisplayName, "", "A"), failed: plan.FailedDrifted},
		"somebody else did it":             {step: title("Dr.", "Prof."), meanwhile: title("Dr.", "Prof.")},
		"it is gone":                       {step: title("Dr.", "Prof."), gone: true, failed: plan.FailedGone},
		"it is another's":                  {step: title("Dr.", "Prof."), meanwhile: update("", plan.ExternalIDPath, adaID, "x"), failed: plan.FailedDrifted},
		"deactivate":                       {step: deactivate, writes: 1},
		"clear":                            {step: clearing, writes: 1},
		"clear what changed":               {step: clearing, meanwhile: title("Dr.", "Sir"), failed: plan.FailedDrifted},
		"remove":                           {step: removal, writes: 1},
		"remove what changed":              {step: removal, meanwhile: title("Dr.", "Sir"), failed: plan.FailedDrifted},
		"remove what is gone":              {step: removal, gone: true},
		"adopt what another has adopted":   {step: plan.Step{Action: plan.Adopt, Kind: plan.Person, Object: "other", After: plan.Fields{plan.ExternalIDPath: "other"}}, failed: plan.FailedDrifted},
		"adopt what somebody else renamed": {step: plan.Step{Action: plan.Adopt, Kind: plan.Person, Object: adaID, Before: plan.Fields{"title": "Dr."}, After: plan.Fields{"title": "Prof."}}, meanwhile: title("Dr.", "Sir"), failed: plan.FailedDrifted},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, w := start(t, scimtest.Options{})
			made := ada()
			made.After["title"] = "Dr."
			ids := create(t, w, made)
			if tc.meanwhile.Action != 0 {
				if _, err := w.Do(t.Context(), tc.meanwhile, ids); err != nil {
					t.Fatal(err)
				}
			}
			if tc.gone {
				if _, err := w.Do(t.Context(), plan.Step{Action: plan.Remove, Kind: plan.Person, Object: adaID}, ids); err != nil {
					t.Fatal(err)
				}
			}
			before := len(s.Requests())
			ids[tc.step.Object] = ids[adaID]
			careful := scimdst.Careful{Writer: assuming(t, s.URL, "", func(c *scimdst.Config) { c.ProfileOverrides.ETag = scimdst.ETagIgnored })}
			_, err := careful.Do(t.Context(), tc.step, ids)
			e, _ := errors.AsType[*scimdst.Error](err)
			failed := plan.Failure("")
			if e != nil {
				failed = e.Failure()
			}
			if failed != tc.failed || (err != nil) != (tc.failed != "") || e != nil && (e.Unknown() || e.Temporary()) {
				t.Errorf("Do = %v (%s)", err, failed)
			}
			writes := 0
			for _, r := range s.Requests()[before:] {
				if r.Method != http.MethodGet {
					writes++
				}
			}
			if writes != tc.writes {
				t.Errorf("%d requests that write, want %d", writes, tc.writes)
			}
		})
	}
}

// TestCarefulAsksOnlyWhereItMust: no reading before what a version protects,
// before a creation, or before an addition.
func TestCarefulAsksOnlyWhereItMust(t *testing.T) {
	t.Parallel()
	s, w := start(t, scimtest.Options{})
	careful := scimdst.Careful{Writer: w}
	step := planned(t, w)
	ids := create(t, w, group("staff", "staff"))
	ids[adaID] = step.Remote
	for _, step := range []plan.Step{
		step, person("p1", "p1"),
		{Action: plan.AddMembers, Kind: plan.Group, Object: "staff", Name: "staff", Members: []plan.ExternalID{adaID}},
	} {
		if _, err := careful.Do(t.Context(), step, ids); err != nil {
			t.Fatal(err)
		}
	}
	for _, r := range s.Requests() {
		if r.Method == http.MethodGet {
			t.Errorf("%s %s", r.Method, r.Path)
		}
	}
}
