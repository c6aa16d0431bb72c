package entratest

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"ldap2scim/scimdst/scimtest"
)

func TestSchemaLetsTheCycleBeginAnew(t *testing.T) {
	t.Parallel()
	r := newRoad(t, Options{}, scimtest.Options{})
	r.assign(r.person("ann"))
	r.start()
	r.cycle()
	r.editSchema(func(doc map[string]any) { addCustom(doc, scimtest.Ivanti+":custAttr1", "extensionAttribute1") })
	if s := r.status(); s["code"] != "NotRun" || s["steadyStateFirstAchievedTime"] != never {
		t.Errorf("after a new schema: %v", s)
	}
	r.cycle()
	if s := r.status(); s["code"] != "Active" || s["steadyStateFirstAchievedTime"] == never {
		t.Errorf("after the cycle: %v", s)
	}
}

func TestOnDemandDoesNotHeedTheFlag(t *testing.T) {
	t.Parallel()
	r := newRoad(t, Options{}, scimtest.Options{})
	ann := r.person("ann")
	r.assign(ann)
	rec := recorded(t, r, "?aadOptscim062020")
	rec.person = `{"id":"1","userName":"ann@example.com","active":false}`
	r.want(200, "POST", r.job+"/provisionOnDemand", fmt.Sprintf(`{"parameters":[{"ruleId":%q,"subjects":[{"objectId":%q,"objectTypeName":"User"}]}]}`, r.rule, ann))
	if log := rec.take(); len(log) != 2 || !strings.Contains(log[1], `{"op":"Replace","path":"active","value":"True"}`) {
		t.Errorf("sent: %q", log)
	}
}

func TestOnDemandGroupTakesNamedMembersOnly(t *testing.T) {
	t.Parallel()
	r := newRoad(t, Options{}, scimtest.Options{})
	ann, bob := r.person("ann"), r.person("bob")
	g := r.addGroup(Group{DisplayName: "g", Members: []string{ann, bob}})
	r.assign(g)
	ask := func(status int, kind, id, links string) {
		t.Helper()
		r.want(status, "POST", r.job+"/provisionOnDemand", fmt.Sprintf(`{"parameters":[{"ruleId":%q,"subjects":[{"objectId":%q,"objectTypeName":%q%s}]}]}`, r.rule, id, kind, links))
	}
	member := func(id string) string { return fmt.Sprintf(`{"objectId":%q,"objectTypeName":"User"}`, id) }
	ask(200, "User", ann, "")
	ask(200, "User", bob, "")
	ask(200, "Group", g, `,"links":{"members":[`+member(ann)+`]}`)
	r.holds("ann@example.com active=true", "bob@example.com active=true", "g: ann@example.com")
	ask(400, "Group", g, `,"links":{"members":[`+strings.Repeat(member(ann)+",", 5)+member(ann)+`]}`)
	r.nothingRefused()
}

// TestWhatIsGoneIsLookedUpAgain: an object that is no longer in the target is
// an error once, and is made anew in the next cycle.
func TestWhatIsGoneIsLookedUpAgain(t *testing.T) {
	t.Parallel()
	r := newRoad(t, Options{}, scimtest.Options{})
	ann := r.person("ann")
	r.assign(ann)
	r.start()
	r.cycle()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodDelete, r.mdm.URL+"/Users/"+r.Jobs()[0].Links[ann], nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+r.mdm.Token)
	resp, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if err := r.ChangeUser(ann, func(u *User) { u.DisplayName = "Ann" }); err != nil {
		t.Fatal(err)
	}
	r.cycle()
	r.holds()
	if j := r.Jobs()[0]; len(j.Escrows) != 1 || len(j.Links) != 0 {
		t.Errorf("job: %+v", j)
	}
	r.cycle()
	r.holds("ann@example.com active=true")
}
