package scimdst_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"ldap2scim/plan"
	"ldap2scim/scimdst"
	"ldap2scim/scimdst/scimtest"
)

// look wants an answer of Look.
func look(t *testing.T, r *scimdst.Reader, step plan.Step, ids map[plan.ExternalID]plan.RemoteID, want plan.Found) plan.Outcome {
	t.Helper()
	out, got, err := r.Look(t.Context(), step, ids)
	if err != nil {
		t.Fatal(err)
	}
	if got != want {
		t.Errorf("Look(%s %s) = %d, want %d", step.Action.Word(), step.Name, got, want)
	}
	return out
}

// searching is how a service takes a filter.
type searching int

const (
	obeys searching = iota
	ignores
	refuses
	refusesExternalID
)

// TestLookForACreation: every way a service may search, with everything that
// may stand there.
func TestLookForACreation(t *testing.T) {
	t.Parallel()
	other := func(ext, name string) map[string]any {
		return map[string]any{"externalId": ext, "userName": name}
	}
	for _, tc := range []struct {
		name    string
		there   []map[string]any
		want    plan.Found
		renamed bool // what is there has not the name that was asked for
	}{
		{"nobody", nil, plan.NotSo, false},
		{"others", []map[string]any{other("x", "admin"), other("y", "bob")}, plan.NotSo, false},
		{"ours", []map[string]any{other("x", "admin"), other(adaID, adaName)}, plan.AlreadySo, false},
		{"ours under another name", []map[string]any{other(adaID, "renamed")}, plan.AlreadySo, true},
		{"our id in another case", []map[string]any{other(strings.ToUpper(adaID), "bob")}, plan.NotSo, false},
		{"our id twice", []map[string]any{other(adaID, "one"), other(adaID, "two")}, plan.Foreign, true},
		{"our name without an id", []map[string]any{other("", adaName)}, plan.Foreign, false},
		{"our name in another case", []map[string]any{other("x", strings.ToUpper(adaName))}, plan.Foreign, false},
	} {
		for how, label := range map[searching]string{obeys: "obeys", ignores: "ignores", refuses: "refuses", refusesExternalID: "refuses externalId"} {
			t.Run(tc.name+"/"+label, func(t *testing.T) {
				t.Parallel()
				want := tc.want
				if how == refusesExternalID && tc.renamed {
					want = plan.NotSo // a search by name cannot see it; what was just made has its name
				}
				s, w := start(t, scimtest.Options{PageCap: 1})
				for _, body := range tc.there {
					if _, err := s.AddUser(body); err != nil {
						t.Fatal(err)
					}
				}
				out := look(t, through(t, s, how), ada(), nil, want)
				if (out.RemoteID != "") != (want == plan.AlreadySo) {
					t.Errorf("outcome %+v", out)
				}
				if out.RemoteID != "" {
					got, err := w.Get(t.Context(), plan.Person, out.RemoteID)
					if err != nil || got.ExternalID != adaID {
						t.Errorf("found %+v, %v", got, err)
					}
				}
			})
		}
	}
}

// through reads the service by way of one that takes filters otherwise.
func through(t *testing.T, s *scimtest.Server, how searching) *scimdst.Reader {
	t.Helper()
	w := handle(t, func(rw http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		filter := q.Get("filter")
		switch {
		case filter == "" || how == obeys:
		case how == refuses, how == refusesExternalID && strings.HasPrefix(filter, "externalId"):
			always(400, scim, `{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"scimType":"invalidFilter","status":"400"}`)(rw, r)
			return
		case how == ignores:
			q.Del("filter")
		}
		forward(t, s, rw, r, q)
	})
	return w.Reader
}

func forward(t *testing.T, s *scimtest.Server, rw http.ResponseWriter, r *http.Request, q url.Values) {
	t.Helper()
	req, err := http.NewRequestWithContext(r.Context(), r.Method, s.URL+r.URL.Path+"?"+q.Encode(), nil)
	if err != nil {
		t.Error(err)
		return
	}
	req.Header = r.Header
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Error(err)
		return
	}
	defer resp.Body.Close()
	rw.Header().Set("Content-Type", resp.Header.Get("Content-Type"))
	rw.WriteHeader(resp.StatusCode)
	_, _ = io.Copy(rw, resp.Body)
}

// TestLookIsNotFooledByAnIncompleteSearch: a search that contradicts itself
// is no proof of absence.
func TestLookIsNotFooledByAnIncompleteSearch(t *testing.T) {
	t.Parallel()
	w := handle(t, always(200, scim, `{"schemas":["`+listSchema+`"],"totalResults":3,"Resources":[]}`))
	if _, found, err := w.Look(t.Context(), ada(), nil); err == nil {
		t.Errorf("Look = %d without an error", found)
	}
}

func TestLookReportsFailure(t *testing.T) {
	t.Parallel()
	for _, status := range []int{401, 403, 404, 429, 500, 503} {
		w := handle(t, always(status, scim, `{}`))
		if _, _, err := w.Look(t.Context(), ada(), nil); err == nil {
			t.Errorf("status %d: no error for a creation", status)
		}
		if _, _, err := w.Look(t.Context(), update("1", "title", "", "x"), nil); err == nil {
			t.Errorf("status %d: no error for an update", status)
		}
	}
}

// TestStaleSearch: what was just made is not found by searching for a while.
func TestStaleSearch(t *testing.T) {
	t.Parallel()
	s, w := start(t, scimtest.Options{})
	s.Stale(3)
	ids := create(t, w, ada())
	look(t, w.Reader, ada(), nil, plan.NotSo) // two searches
	if _, err := w.Get(t.Context(), plan.Person, ids[adaID]); err != nil {
		t.Error(err)
	}
	look(t, w.Reader, ada(), nil, plan.AlreadySo)
}

func TestLookAtFields(t *testing.T) {
	t.Parallel()
	s, w := start(t, scimtest.Options{})
	id, err := s.AddUser(map[string]any{
		"userName": adaName, "externalId": adaID, "active": true, "title": "Dr.",
		"emails": []any{map[string]any{"type": "Work", "value": "a@x"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	remote := plan.RemoteID(id)
	for _, tc := range []struct {
		path, text string
		want       plan.Found
	}{
		{"title", "Dr.", plan.AlreadySo},
		{"title", "DR.", plan.NotSo},
		{"active", "true", plan.AlreadySo},
		{"active", "false", plan.NotSo},
		{plan.WorkEmail, "a@x", plan.AlreadySo},
		{plan.WorkEmail, "b@x", plan.NotSo},
		{costCode, "1", plan.NotSo},
	} {
		look(t, w.Reader, update(remote, tc.path, "", tc.text), nil, tc.want)
	}
	adopt := update(remote, "title", "", "Dr.")
	adopt.Action = plan.Adopt
	if out := look(t, w.Reader, adopt, nil, plan.AlreadySo); out.RemoteID != remote || out.Version == "" {
		t.Errorf("outcome %+v", out)
	}
	adopt.Object = "somebody else"
	look(t, w.Reader, adopt, nil, plan.Foreign)
}

func TestLookAtMembers(t *testing.T) {
	t.Parallel()
	_, w := start(t, scimtest.Options{})
	ids := create(t, w, ada(), person("bob", "bob"), group("staff", "Staff"))
	step := func(a plan.Action, of ...plan.ExternalID) plan.Step {
		return plan.Step{Action: a, Kind: plan.Group, Object: "staff", Name: "Staff", Members: of}
	}
	look(t, w.Reader, step(plan.AddMembers, "bob"), ids, plan.NotSo)
	// Nothing was seen of members yet: they may only be hidden.
	look(t, w.Reader, step(plan.Take, "bob"), ids, plan.NotSo)
	if _, err := w.Do(t.Context(), step(plan.AddMembers, adaID), ids); err != nil {
		t.Fatal(err)
	}
	look(t, w.Reader, step(plan.AddMembers, adaID), ids, plan.AlreadySo)
	look(t, w.Reader, step(plan.AddMembers, adaID, "bob"), ids, plan.NotSo)
	look(t, w.Reader, step(plan.Take, adaID), ids, plan.NotSo)
	look(t, w.Reader, step(plan.Take, "bob"), ids, plan.AlreadySo)
	if _, err := w.Do(t.Context(), step(plan.Take, adaID), ids); err != nil {
		t.Fatal(err)
	}
	// The group shows no members again; by now that means that it has none.
	look(t, w.Reader, step(plan.Take, adaID, "bob"), ids, plan.AlreadySo)
}
