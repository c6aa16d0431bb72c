package scimdst_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"ldap2scim/plan"
	"ldap2scim/scimdst"
	"ldap2scim/scimdst/scimtest"
	"ldap2scim/testservers"
)

func trustBulk(c *scimdst.Config) { c.ProfileOverrides.Bulk = scimdst.BulkTrusted }

// family are n people, a group of them, a change, and a removal at the end.
func family(n int) []plan.Step {
	var steps []plan.Step
	add := plan.Step{Action: plan.AddMembers, Kind: plan.Group, Object: "family", Name: "Family"}
	for i := range n {
		ext := plan.ExternalID(fmt.Sprintf("f%02d", i))
		steps = append(steps, person(ext, string(ext)+"@example.com"))
		add.Members = append(add.Members, ext)
	}
	change := plan.Step{Action: plan.Update, Kind: plan.Person, Object: "f00", Name: "f00", After: plan.Fields{"title": "Dr."}}
	take := add
	take.Action, take.Members = plan.Take, add.Members[:1]
	return append(steps, group("family", "Family"), add, change, take)
}

func bulks(s *scimtest.Server) (n int) {
	for _, r := range s.Requests() {
		if r.Path == "/Bulk" {
			n++
		}
	}
	return n
}

// TestDoAll: the same comes of it, with and without /Bulk, and within its
// limits.
func TestDoAll(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name    string
		options scimtest.Options
		trust   bool
		bulks   int
	}{
		{"not trusted", scimtest.Options{BulkOperations: 100}, false, 0},
		{"not announced", scimtest.Options{}, true, 0},
		{"announced and absent", scimtest.Options{BulkOperations: 100, Quirks: []scimtest.Quirk{scimtest.BulkAbsent}}, true, 1},
		{"all at once", scimtest.Options{BulkOperations: 100}, true, 2}, // the group is made before it gets members
		{"four at once", scimtest.Options{BulkOperations: 4}, true, 4},  // 4, 4, 4, the group alone, 2, and the removal alone
		{"few bytes", scimtest.Options{BulkOperations: 100, BulkPayload: 1500}, true, 4},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s, _ := start(t, tc.options)
			w := assuming(t, s.URL, "", func(c *scimdst.Config) {
				if tc.trust {
					trustBulk(c)
				}
			})
			steps := family(12)
			results := w.DoAll(t.Context(), steps, nil)
			if len(results) != len(steps) {
				t.Fatalf("%d results of %d steps", len(results), len(steps))
			}
			for i, r := range results {
				if r.Err != nil || r.Outcome.RemoteID == "" {
					t.Errorf("step %d: %+v", i, r)
				}
			}
			if got := s.Groups()[0].Members; len(got) != 11 || len(s.Users()) != 12 || s.Users()[0].Body["title"] != "Dr." {
				t.Errorf("%d members, %d people", len(got), len(s.Users()))
			}
			if n := bulks(s); n != tc.bulks && !(tc.name == "few bytes" && n > 1) {
				t.Errorf("%d requests to /Bulk, want %d", n, tc.bulks)
			}
			for _, r := range s.Requests() {
				if tc.options.BulkPayload > 0 && r.Path == "/Bulk" && len(r.Body) > tc.options.BulkPayload {
					t.Errorf("%d bytes to /Bulk", len(r.Body))
				}
			}
		})
	}
}

// TestDoAllOwnAnswers: each operation's own, errors and what follows from them
// too.
func TestDoAllOwnAnswers(t *testing.T) {
	t.Parallel()
	s, _ := start(t, scimtest.Options{BulkOperations: 100})
	w := assuming(t, s.URL, "", trustBulk)
	steps := []plan.Step{
		person("1", "a"), person("2", "A"), group("g", "G"),
		{Action: plan.AddMembers, Kind: plan.Group, Object: "g", Name: "G", Members: []plan.ExternalID{"2"}},
		{Action: plan.AddMembers, Kind: plan.Group, Object: "g", Name: "G", Members: []plan.ExternalID{"1"}},
		{Action: plan.Update, Kind: plan.Person, Object: "nobody", Name: "nobody", After: plan.Fields{"title": "x"}},
	}
	results := w.DoAll(t.Context(), steps, nil)
	for i, wantStatus := range []int{0, 409, 0, -1, 0, -1} {
		e, ok := errors.AsType[*scimdst.Error](results[i].Err)
		switch {
		case wantStatus == 0 && results[i].Err != nil, wantStatus > 0 && (!ok || e.Status != wantStatus || e.Unknown()), wantStatus < 0 && (results[i].Err == nil || ok):
			t.Errorf("step %d: %+v", i, results[i])
		}
	}
	if e, _ := errors.AsType[*scimdst.Error](results[1].Err); !e.Duplicate() || !strings.Contains(e.Error(), "create person A: POST /Users: 409") {
		t.Errorf("the duplicate: %v", e)
	}
	if len(s.Groups()[0].Members) != 1 {
		t.Errorf("the members are %v", s.Groups()[0].Members)
	}
}

// TestDoAllLost: of an answer that is lost or cut, every step is unknown; of a
// refusal, none is.
func TestDoAllLost(t *testing.T) {
	t.Parallel()
	for _, f := range []scimtest.Fault{
		{Trouble: scimtest.CutAfter},
		{Trouble: scimtest.Truncate},
		{Trouble: scimtest.StatusAfter, Status: 502},
		{Trouble: scimtest.StatusBefore, Status: 429},
		{Trouble: scimtest.StatusBefore, Status: 401},
	} {
		s, _ := start(t, scimtest.Options{BulkOperations: 100})
		w := assuming(t, s.URL, "", trustBulk)
		f.Match = scimtest.To("POST", "/Bulk")
		s.Inject(f)
		unknown := f.Status != 429 && f.Status != 401
		for i, r := range w.DoAll(t.Context(), []plan.Step{person("1", "a"), person("2", "b")}, nil) {
			e, ok := errors.AsType[*scimdst.Error](r.Err)
			if !ok || e.Unknown() != unknown {
				t.Errorf("trouble %d %d: step %d: %v", f.Trouble, f.Status, i, r.Err)
			}
		}
		if n := posts(s); n != 1 {
			t.Errorf("trouble %d: %d requests", f.Trouble, n)
		}
	}
	w := assuming(t, handleURL(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/ServiceProviderConfig" {
			always(200, scim, `{"bulk":{"supported":true,"maxOperations":9}}`)(w, r)
			return
		}
		always(200, scim, `{"Operations":[{"bulkId":"2","status":{"code":201},"location":"https://x/Users/a%2Fb"},{"bulkId":"7","status":"201"},{"bulkId":"x"}]}`)(w, r)
	}), "", trustBulk)
	results := w.DoAll(t.Context(), []plan.Step{person("1", "a"), person("2", "b")}, nil)
	if e, ok := errors.AsType[*scimdst.Error](results[0].Err); !ok || !e.Unknown() || results[1].Err != nil || results[1].Outcome.RemoteID != "a/b" {
		t.Errorf("an answer with gaps: %+v", results)
	}
}

// TestDoAllOnSCIMMY: a service that is not ours.
func TestDoAllOnSCIMMY(t *testing.T) {
	t.Parallel()
	s := testservers.SCIMMY(t)
	c := config(s.URL)
	c.Token = func() (string, error) { return s.Token, nil }
	trustBulk(&c)
	w := writer(t, c)
	steps := family(12)
	for i, r := range w.DoAll(t.Context(), steps, nil) {
		if r.Err != nil || r.Outcome.RemoteID == "" {
			t.Errorf("step %d: %+v", i, r)
		}
	}
	more := person("late", "late@example.com")
	add := plan.Step{Action: plan.AddMembers, Kind: plan.Group, Object: "family", Name: "Family", Members: []plan.ExternalID{"late"}}
	groups, _ := list(t, w.Reader, plan.Group)
	add.Remote = groups[0].RemoteID
	for _, r := range w.DoAll(t.Context(), []plan.Step{more, add}, nil) { // by a bulkId among the values
		if r.Err != nil {
			t.Error(r.Err)
		}
	}
	groups, _ = list(t, w.Reader, plan.Group)
	if len(groups) != 1 || len(groups[0].Members) != 12 {
		t.Errorf("the groups are %+v", groups)
	}
	if got := s.Counters().Requests["POST Bulk"]; got != 3 {
		t.Errorf("%d requests to /Bulk: %v", got, s.Counters().Requests)
	}
}
