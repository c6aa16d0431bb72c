package scimdst_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"ldap2scim/plan"
	"ldap2scim/scimdst"
	"ldap2scim/scimdst/scimtest"
	"ldap2scim/testservers"
)

// The eleven rules by which SCIM services are met; docs/scim-services.md has
// them in words.

func TestRule01AFilterMayBeIgnored(t *testing.T) {
	t.Parallel()
	s, w := start(t, scimtest.Options{PageCap: 2, Quirks: []scimtest.Quirk{scimtest.IgnoreFilter}})
	for _, name := range []string{"admin", "bob", "eve"} {
		if _, err := s.AddUser(map[string]any{"userName": name}); err != nil {
			t.Fatal(err)
		}
	}
	look(t, w.Reader, ada(), nil, plan.NotSo)
	ids := create(t, w, ada())
	if out := look(t, w.Reader, ada(), nil, plan.AlreadySo); out.RemoteID != ids[adaID] {
		t.Errorf("found %s, want %s", out.RemoteID, ids[adaID])
	}
	if _, err := s.AddUser(map[string]any{"userName": "twin", "externalId": adaID}); err != nil {
		t.Fatal(err)
	}
	look(t, w.Reader, ada(), nil, plan.Foreign) // two are ambiguous
}

func TestRule02SuccessIsNoProof(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`{"status":"error"}`, `<html>`, ``, `[]`} {
		w := handle(t, always(200, scim, body))
		if _, err := w.Check(t.Context()); err == nil {
			t.Errorf("Check takes 200 with %q", body)
		}
		if _, err := w.Do(t.Context(), ada(), nil); err == nil {
			t.Errorf("Do takes 200 with %q", body)
		}
	}
	url, token := testservers.Elimity(t) // answers 200 to a path in an extension, and does nothing
	w := writer(t, scimdst.Config{URL: url, Token: func() (string, error) { return token, nil }})
	ids := create(t, w, ada())
	_, err := w.Do(t.Context(), update(ids[adaID], costCode, "", "4711"), nil)
	if e, ok := errors.AsType[*scimdst.Error](err); !ok || e.Unknown() || !strings.Contains(err.Error(), "answered success") {
		t.Errorf("elimity changed nothing, and Do = %v", err)
	}
}

func TestRule03RemovalMayTakeAll(t *testing.T) {
	t.Parallel()
	step := plan.Step{Action: plan.Take, Kind: plan.Group, Object: "g", Name: "g", Remote: "g", Members: []plan.ExternalID{"a", "b"}}
	for _, name := range scimdst.ProfileNames() {
		p, err := scimdst.ProfileOf(name)
		if err != nil {
			t.Fatal(err)
		}
		r, err := p.RequestOf(step, map[plan.ExternalID]plan.RemoteID{"a": "1", "b": "2"})
		if err != nil || strings.Contains(string(r.Body), `"value":`) || strings.Count(string(r.Body), `members[value eq`) != 2 {
			t.Errorf("%s sends %s, %v", name, r.Body, err)
		}
	}
	url, token := testservers.Elimity(t) // takes all for a list of values
	for removal, wantErr := range map[scimdst.Removal]bool{scimdst.RemovalFilter: false, scimdst.RemovalValue: true} {
		c := scimdst.Config{URL: url, Token: func() (string, error) { return token, nil }}
		c.ProfileOverrides.Removal = removal
		w := writer(t, c)
		tag := string(removal)
		ids := create(t, w, person(plan.ExternalID(tag+"1"), tag+"1"), person(plan.ExternalID(tag+"2"), tag+"2"), group(plan.ExternalID(tag), tag))
		add := plan.Step{Action: plan.AddMembers, Kind: plan.Group, Object: plan.ExternalID(tag), Name: tag, Members: []plan.ExternalID{plan.ExternalID(tag + "1"), plan.ExternalID(tag + "2")}}
		if _, err := w.Do(t.Context(), add, ids); err != nil {
			t.Fatal(err)
		}
		take := add
		take.Action, take.Members = plan.Take, add.Members[:1]
		_, err := w.Do(t.Context(), take, ids)
		e, _ := errors.AsType[*scimdst.Error](err)
		if (err != nil) != wantErr || wantErr && len(e.TookOthers()) != 1 {
			t.Errorf("removal by %s: %v", removal, err)
		}
	}
}

// TestRule04AddingTwiceDoubles: SCIMMY doubles a member, so after an answer
// that was lost only who is missing is sent.
func TestRule04AddingTwiceDoubles(t *testing.T) {
	t.Parallel()
	s := testservers.SCIMMY(t)
	c := scimdst.Config{URL: s.URL, Token: func() (string, error) { return s.Token, nil }}
	c.ProfileOverrides.Members.Add = 2
	w := writer(t, c)
	ids := create(t, w, person("1", "a"), person("2", "b"), person("3", "c"), group("g", "G"))
	add := plan.Step{Action: plan.AddMembers, Kind: plan.Group, Object: "g", Name: "G", Members: []plan.ExternalID{"1", "2", "3"}}
	s.Control(map[string]int{"everyDrop": s.Counters().Dropped + 5}) // the first write of the step
	_, err := w.Do(t.Context(), add, ids)
	e, ok := errors.AsType[*scimdst.Error](err)
	s.Control(map[string]int{"everyDrop": 0})
	if !ok || !e.Unknown() {
		t.Fatalf("Do = %v", err)
	}
	if _, found, err := w.Look(t.Context(), add, ids); err != nil || found != plan.NotSo {
		t.Fatalf("Look = %d, %v", found, err)
	}
	if _, err := w.Do(t.Context(), add, ids); err != nil {
		t.Fatal(err)
	}
	if got := rawMembers(t, s.URL, s.Token, ids["g"]); len(got) != 3 {
		t.Errorf("the group has %d entries, want 3", len(got))
	}
}

// rawMembers are the entries of a group as the service shows them.
func rawMembers(t *testing.T, url, token string, id plan.RemoteID) []any {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+"/Groups/"+string(id), nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	var body struct{ Members []any }
	if err := json.Unmarshal(text, &body); err != nil {
		t.Fatal(err)
	}
	return body.Members
}

func TestRule05TooManyMembersMisleads(t *testing.T) {
	t.Parallel()
	s, w := start(t, scimtest.Options{MostMembers: 40})
	ids, step := crowd(t, s, 100)
	if _, err := w.Do(t.Context(), step, ids); err != nil || len(membersOf(s)) != 100 {
		t.Errorf("%v, %d members", err, len(membersOf(s)))
	}
	refused := 0
	for _, body := range patches(s) {
		if strings.Count(body, `"value":"`) > 40 {
			refused++
		}
	}
	if refused != 2 { // 100 and 50
		t.Errorf("%d requests were too large", refused)
	}
}

func TestRule06UserNameAndCase(t *testing.T) {
	t.Parallel()
	s, w := start(t, scimtest.Options{Quirks: []scimtest.Quirk{scimtest.ExactUserName}})
	create(t, w, person("1", "ADA@example.com"))
	look(t, w.Reader, ada(), nil, plan.Foreign) // caution, where the profile does not say that case counts
	exact := assuming(t, s.URL, "", func(c *scimdst.Config) { c.ProfileOverrides.ExactCase = []string{plan.UserName} })
	look(t, exact.Reader, ada(), nil, plan.NotSo)
	nameless := ada()
	delete(nameless.After, plan.UserName)
	if _, err := w.Do(t.Context(), nameless, nil); err == nil || len(s.Users()) != 1 {
		t.Errorf("a person without a userName: %v", err)
	}
}

func TestRule07PatchAndNeverPut(t *testing.T) {
	t.Parallel()
	s, w := start(t, scimtest.Options{})
	ids := create(t, w, family(3)[:4]...)
	for _, step := range family(3)[4:] {
		if _, err := w.Do(t.Context(), step, ids); err != nil {
			t.Fatal(err)
		}
	}
	for _, r := range s.Requests() {
		if r.Method == http.MethodPut || r.Method == http.MethodDelete {
			t.Errorf("sent %s %s", r.Method, r.Path)
		}
	}
}

func TestRule08DiscoveryMayBeMissingOrWrong(t *testing.T) {
	t.Parallel()
	for _, f := range []scimtest.Fault{
		{Trouble: scimtest.StatusBefore, Status: 404},
		{Trouble: scimtest.StatusBefore, Status: 403},
		{Trouble: scimtest.StatusBefore, Status: 405},
		{Trouble: scimtest.HTMLPage},
		{Trouble: scimtest.StatusAfter, Status: 400, Body: "{"},
	} {
		for _, part := range []string{"/ServiceProviderConfig", "/Schemas", "/ResourceTypes"} {
			s, w := start(t, scimtest.Options{})
			f.Match = scimtest.To("GET", part)
			s.Inject(f)
			if d, err := w.Check(t.Context()); err != nil || !d.FilterWorks || d.Announced == (part == "/ServiceProviderConfig") {
				t.Errorf("%s with trouble %d %d: %+v, %v", part, f.Trouble, f.Status, d, err)
			}
		}
	}
	// Versions are sent and ignored, and a projection too.
	s, w := start(t, scimtest.Options{Quirks: []scimtest.Quirk{scimtest.IgnoreVersion}})
	step := planned(t, w)
	step.Version = `W/"0"`
	if _, err := w.Do(t.Context(), step, nil); err != nil || s.Users()[0].Body["title"] != "Dr." {
		t.Errorf("where versions are ignored: %v", err)
	}
	url, token := testservers.Elimity(t)
	c := scimdst.Config{URL: url, Token: func() (string, error) { return token, nil }}
	c.ProfileOverrides.Projection.Group.Excluded = []string{"members"}
	e := writer(t, c)
	ids := create(t, e, ada(), group("g", "G"))
	add := plan.Step{Action: plan.AddMembers, Kind: plan.Group, Object: "g", Name: "G", Members: []plan.ExternalID{adaID}}
	if _, err := e.Do(t.Context(), add, ids); err != nil {
		t.Fatal(err)
	}
	if got, _ := list(t, e.Reader, plan.Group); len(got) != 1 || len(got[0].Members) != 1 {
		t.Errorf("where a projection is ignored: %+v", got)
	}
}

func TestRule09IDsHoldAnything(t *testing.T) {
	t.Parallel()
	for _, odd := range []string{"ada@example.com", `a/b`, `a"b`, `a'b`, `..`, `a b`, `é%2F`, `a?b#c`, `a]b\`, "bulkId:1"} {
		s, w := start(t, scimtest.Options{NewID: func(n int) string { return odd + fmt.Sprint(n) }})
		ids := create(t, w, ada(), person("bob", "bob"), group("g", "G"))
		add := plan.Step{Action: plan.AddMembers, Kind: plan.Group, Object: "g", Name: "G", Members: []plan.ExternalID{adaID, "bob"}}
		take := add
		take.Action, take.Members = plan.Take, add.Members[:1]
		for _, step := range []plan.Step{add, update(ids[adaID], "title", "", "x"), take} {
			if _, err := w.Do(t.Context(), step, ids); err != nil {
				t.Fatalf("ids with %q: %v", odd, err)
			}
			look(t, w.Reader, step, ids, plan.AlreadySo)
		}
		if got := s.Groups()[0].Members; len(got) != 1 || got[0] != string(ids["bob"]) {
			t.Errorf("ids with %q: the members are %q", odd, got)
		}
	}
}

func TestRule10MembersMayNotBeReadable(t *testing.T) {
	t.Parallel()
	s, _ := start(t, scimtest.Options{PatchNoContent: true, Quirks: []scimtest.Quirk{scimtest.MembersNowhere}})
	w := assuming(t, s.URL, "", func(c *scimdst.Config) { c.ProfileOverrides.Members.Shown = scimdst.ShownNowhere })
	ids, step := crowd(t, s, 3)
	before := len(s.Requests())
	if _, err := w.Do(t.Context(), step, ids); err != nil {
		t.Fatal(err)
	}
	if n := len(s.Requests()) - before; n != 1 {
		t.Errorf("%d requests: it was read or sent again", n)
	}
	_, _, err := w.Look(t.Context(), step, ids)
	if t1, ok := err.(interface{ Temporary() bool }); err == nil || ok && t1.Temporary() || !strings.Contains(err.Error(), "cannot be verified") {
		t.Errorf("Look = %v", err)
	}
	if _, search := list(t, w.Reader, plan.Group); !strings.Contains(search.Missing, "cannot be verified") {
		t.Errorf("missing is %q", search.Missing)
	}
}

// TestRule11CostOfMembers: to add to a large group, it is not read.
func TestRule11CostOfMembers(t *testing.T) {
	t.Parallel()
	s, w := start(t, scimtest.Options{PatchNoContent: true})
	ids, step := crowd(t, s, 600)
	all := step.Members
	for _, part := range [][]plan.ExternalID{all[:100], all[100:500]} {
		step.Members = part
		if _, err := w.Do(t.Context(), step, ids); err != nil {
			t.Fatal(err)
		}
	}
	before := len(s.Requests())
	step.Members = all[500:]
	if _, err := w.Do(t.Context(), step, ids); err != nil || len(s.Requests())-before != 1 || len(membersOf(s)) != 600 {
		t.Errorf("%v, %d requests for 100 members", err, len(s.Requests())-before)
	}
}
