package scimdst_test

import (
	"errors"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"ldap2scim/plan"
	"ldap2scim/scimdst"
	"ldap2scim/scimdst/scimtest"
)

// TestReaderHasNoMethodThatWrites: plan is given a Reader, and nothing on it
// can change the service. The transport's refusal is tested in transport_test.go.
func TestReaderHasNoMethodThatWrites(t *testing.T) {
	t.Parallel()
	var got []string
	for m := range reflect.TypeFor[*scimdst.Reader]().Methods() {
		got = append(got, m.Name)
	}
	if want := "Check Discover Get List Look"; strings.Join(got, " ") != want {
		t.Errorf("the methods are %s, want %s", got, want)
	}
	s, w := start(t, scimtest.Options{})
	ids := create(t, w, ada())
	before := len(s.Requests())
	if _, err := w.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	list(t, w.Reader, plan.Person)
	look(t, w.Reader, ada(), nil, plan.AlreadySo)
	look(t, w.Reader, update(ids[adaID], "title", "", "x"), nil, plan.NotSo)
	for _, r := range s.Requests()[before:] {
		if r.Method != http.MethodGet {
			t.Errorf("reading sent %s %s", r.Method, r.Path)
		}
	}
}

func TestDoReturnsIDAndVersion(t *testing.T) {
	t.Parallel()
	for _, o := range []scimtest.Options{{}, {PatchNoContent: true}} {
		_, w := start(t, o)
		made, err := w.Do(t.Context(), ada(), nil)
		if err != nil || made.RemoteID == "" || made.Version != `W/"1"` {
			t.Fatalf("create: %+v, %v", made, err)
		}
		changed, err := w.Do(t.Context(), update(made.RemoteID, "title", "", "Dr."), nil)
		if want := (plan.Outcome{RemoteID: made.RemoteID, Version: `W/"2"`}); err != nil || changed != want {
			t.Errorf("update: %+v, %v, want %+v", changed, err, want)
		}
	}
}

// TestDoSendsOnce: whatever happens, one step is one request.
func TestDoSendsOnce(t *testing.T) {
	t.Parallel()
	for _, f := range []scimtest.Fault{
		{Trouble: scimtest.StatusBefore, Status: 429},
		{Trouble: scimtest.StatusBefore, Status: 503},
		{Trouble: scimtest.StatusAfter, Status: 500},
		{Trouble: scimtest.CutBefore},
		{Trouble: scimtest.CutAfter},
		{Trouble: scimtest.Truncate},
		{Trouble: scimtest.HTMLPage},
	} {
		s, w := start(t, scimtest.Options{})
		// On a connection that was used before, net/http could be tempted.
		if _, err := w.Check(t.Context()); err != nil {
			t.Fatal(err)
		}
		f.Match, f.Times = scimtest.To("POST", "/Users"), -1
		s.Inject(f)
		if _, err := w.Do(t.Context(), ada(), nil); err == nil {
			t.Errorf("trouble %d: no error", f.Trouble)
		}
		if n := posts(s); n != 1 {
			t.Errorf("trouble %d: %d requests for one step", f.Trouble, n)
		}
	}
}

// TestSuccessIsNotProof: a 2xx that does not show what it should.
func TestSuccessIsNotProof(t *testing.T) {
	t.Parallel()
	user := func(rest string) string {
		return `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"]` + rest + `}`
	}
	change := update("1", "title", "", "Dr.")
	for _, tc := range []struct {
		name              string
		step              plan.Step
		status            int
		contentType, body string
		unknown           bool
	}{
		{"a page for people", ada(), 200, "text/html", "<html>", true},
		{"a status", ada(), 200, scim, `{"status":"error"}`, true},
		{"no id", ada(), 201, scim, user(""), true},
		{"no body", ada(), 201, scim, "", true},
		{"nothing at all", ada(), 204, "", "", true},
		{"accepted for later", ada(), 202, scim, user(`,"id":"1"`), true},
		{"somebody else", ada(), 201, scim, user(`,"id":"1","externalId":"bob"`), true},
		{"patched: a page for people", change, 200, "text/html", "<html>", true},
		{"patched: a status", change, 200, scim, `{"status":"error"}`, true},
		{"patched: no body", change, 200, scim, "", true},
		{"patched: another one", change, 200, scim, user(`,"id":"2","title":"Dr."`), true},
		{"patched: not taken", change, 200, scim, user(`,"id":"1","title":"Mr."`), false},
		{"patched: not there", change, 200, scim, user(`,"id":"1"`), false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			w := handle(t, always(tc.status, tc.contentType, tc.body))
			out, err := w.Do(t.Context(), tc.step, nil)
			var e *scimdst.Error
			if !errors.As(err, &e) {
				t.Fatalf("Do = %+v, %v, want an *Error", out, err)
			}
			if e.Unknown() != tc.unknown || e.Temporary() || e.Status != tc.status || e.Hint() == "" {
				t.Errorf("%v: unknown %t, temporary %t, status %d", err, e.Unknown(), e.Temporary(), e.Status)
			}
		})
	}
	w := handle(t, always(200, scim, user(`,"id":"1","title":"dr."`)))
	if _, err := w.Do(t.Context(), change, nil); err != nil {
		t.Errorf("a value that the service normalised: %v", err)
	}
}

func TestDroppedMembersAreSeen(t *testing.T) {
	t.Parallel()
	s, w := start(t, scimtest.Options{})
	ids := create(t, w, ada(), person("bob", "bob"), group("staff", "Staff"))
	add := plan.Step{Action: plan.AddMembers, Kind: plan.Group, Object: "staff", Name: "Staff", Members: []plan.ExternalID{adaID}}
	if _, err := w.Do(t.Context(), add, ids); err != nil {
		t.Fatal(err)
	}
	s.Inject(scimtest.Fault{Trouble: scimtest.DropMembers})
	add.Members = []plan.ExternalID{"bob"}
	_, err := w.Do(t.Context(), add, ids)
	var e *scimdst.Error
	if !errors.As(err, &e) || e.Unknown() || !strings.Contains(err.Error(), "bob is not a member") {
		t.Errorf("Do = %v", err)
	}
	if got := s.Groups()[0].Members; len(got) != 1 {
		t.Errorf("the members are %v", got)
	}
}

// TestAmbiguousCreate: after a lost answer, looking tells what to do, and
// there is one person in the end.
func TestAmbiguousCreate(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		trouble scimtest.Trouble
		want    plan.Found
	}{
		{scimtest.CutBefore, plan.NotSo},
		{scimtest.CutAfter, plan.AlreadySo},
		{scimtest.Truncate, plan.AlreadySo},
		{scimtest.StatusAfter, plan.AlreadySo},
		{scimtest.StatusBefore, plan.NotSo},
		{scimtest.HTMLPage, plan.NotSo},
	} {
		s, w := start(t, scimtest.Options{})
		s.Inject(scimtest.Fault{Trouble: tc.trouble, Status: 504})
		_, err := w.Do(t.Context(), ada(), nil)
		var e *scimdst.Error
		if !errors.As(err, &e) || !e.Unknown() {
			t.Fatalf("trouble %d: Do = %v, want an unknown outcome", tc.trouble, err)
		}
		look(t, w.Reader, ada(), nil, tc.want)
		if tc.want == plan.NotSo {
			create(t, w, ada())
		}
		if got := s.Users(); len(got) != 1 || got[0].ExternalID != adaID {
			t.Errorf("trouble %d: %+v", tc.trouble, got)
		}
	}
}
