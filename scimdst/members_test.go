package scimdst_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"ldap2scim/plan"
	"ldap2scim/scimdst"
	"ldap2scim/scimdst/scimtest"
)

// crowd makes n people and a group, and the step that adds them all.
func crowd(t *testing.T, s *scimtest.Server, n int, in ...int) (map[plan.ExternalID]plan.RemoteID, plan.Step) {
	t.Helper()
	ids := map[plan.ExternalID]plan.RemoteID{}
	step := plan.Step{Action: plan.AddMembers, Kind: plan.Group, Object: "staff", Name: "Staff"}
	var members []any
	for i := range n {
		ext := plan.ExternalID(fmt.Sprintf("p%03d", i))
		id, err := s.AddUser(map[string]any{"userName": string(ext), "externalId": string(ext)})
		if err != nil {
			t.Fatal(err)
		}
		ids[ext] = plan.RemoteID(id)
		step.Members = append(step.Members, ext)
		if slices.Contains(in, i) {
			members = append(members, map[string]any{"value": id})
		}
	}
	id, err := s.AddGroup(map[string]any{"displayName": "Staff", "externalId": "staff", "members": members})
	if err != nil {
		t.Fatal(err)
	}
	ids["staff"] = plan.RemoteID(id)
	return ids, step
}

// patches returns the bodies of the PATCH requests, in order.
func patches(s *scimtest.Server) []string {
	var list []string
	for _, r := range s.Requests() {
		if r.Method == http.MethodPatch {
			list = append(list, string(r.Body))
		}
	}
	return list
}

func membersOf(s *scimtest.Server) []string {
	got := slices.Clone(s.Groups()[0].Members)
	slices.Sort(got)
	return got
}

// TestMembersGoInChunks: each profile's limits are kept, both ways.
func TestMembersGoInChunks(t *testing.T) {
	t.Parallel()
	for profile, want := range map[string][2]int{"generic": {1, 1}, "entra-like": {3, 45}} {
		s, _ := start(t, scimtest.Options{})
		w := assuming(t, s.URL, "", func(c *scimdst.Config) {
			if profile == "entra-like" {
				c.ProfileOverrides.Members = scimdst.Members{Add: 20, Remove: 1}
			}
		})
		ids, step := crowd(t, s, 45)
		if _, err := w.Do(t.Context(), step, ids); err != nil {
			t.Fatal(err)
		}
		if n := len(patches(s)); n != want[0] || len(membersOf(s)) != 45 {
			t.Errorf("%s: %d requests for %d members", profile, n, len(membersOf(s)))
		}
		look(t, w.Reader, step, ids, plan.AlreadySo)
		step.Action = plan.Take
		out, err := w.Do(t.Context(), step, ids)
		if err != nil || out.RemoteID != ids["staff"] || out.Version == "" {
			t.Errorf("%s: %+v, %v", profile, out, err)
		}
		if n := len(patches(s)) - want[0]; n != want[1] || len(membersOf(s)) != 0 {
			t.Errorf("%s: %d requests left %d members", profile, n, len(membersOf(s)))
		}
	}
}

// TestTooManyMembersAreHalved: a refusal that misleads about its reason is
// found out, once, and what is taken is kept.
func TestTooManyMembersAreHalved(t *testing.T) {
	t.Parallel()
	s, w := start(t, scimtest.Options{MostMembers: 30})
	ids, step := crowd(t, s, 90)
	if _, err := w.Do(t.Context(), step, ids); err != nil {
		t.Fatal(err)
	}
	if n := len(patches(s)); n != 2+4 || len(membersOf(s)) != 90 { // 90 and 45 refused; 23, 23, 23, 21 taken
		t.Errorf("%d requests for %d members", n, len(membersOf(s)))
	}
	before := len(patches(s))
	other := step
	id, err := s.AddGroup(map[string]any{"displayName": "A second", "externalId": "other"})
	if err != nil {
		t.Fatal(err)
	}
	other.Object, ids["other"] = "other", plan.RemoteID(id)
	if _, err := w.Do(t.Context(), other, ids); err != nil {
		t.Fatal(err)
	}
	if n := len(patches(s)) - before; n != 4 {
		t.Errorf("the next group took %d requests, want 4", n)
	}
}

// TestTooLarge413: the same by its proper status.
func TestTooLarge413(t *testing.T) {
	t.Parallel()
	s, w := start(t, scimtest.Options{})
	ids, step := crowd(t, s, 10)
	s.Inject(scimtest.Fault{Trouble: scimtest.StatusBefore, Status: 413, Match: scimtest.To("PATCH", "/Groups")})
	if _, err := w.Do(t.Context(), step, ids); err != nil || len(patches(s)) != 3 || len(membersOf(s)) != 10 {
		t.Errorf("%v, %d requests, %d members", err, len(patches(s)), len(membersOf(s)))
	}
}

// TestOneBadMemberIsFound: the others before are added, nobody twice, and the
// number is not taken for the reason.
func TestOneBadMemberIsFound(t *testing.T) {
	t.Parallel()
	s, w := start(t, scimtest.Options{Quirks: []scimtest.Quirk{scimtest.DoubleMembers}})
	ids, step := crowd(t, s, 10)
	good := ids["p005"]
	ids["p005"] = "ghost"
	_, err := w.Do(t.Context(), step, ids)
	var e *scimdst.Error
	if !errors.As(err, &e) || e.Unknown() || !strings.Contains(err.Error(), "ghost") || !strings.Contains(err.Error(), "after 5 of 10 members") {
		t.Fatalf("Do = %v", err)
	}
	ids["p005"] = good
	if _, err := w.Do(t.Context(), step, ids); err != nil {
		t.Fatal(err)
	}
	if got := membersOf(s); len(got) != 10 || len(slices.Compact(got)) != 10 {
		t.Errorf("the members are %v", got)
	}
	last := patches(s)[len(patches(s))-1]
	if n := strings.Count(last, `{"value"`); n != 5 {
		t.Errorf("the rest of 5 was sent as %d", n)
	}
}

// TestNobodyIsAddedTwice: a service that doubles members gets only who is
// missing, after every kind of failure in the middle.
func TestNobodyIsAddedTwice(t *testing.T) {
	t.Parallel()
	for _, f := range []scimtest.Fault{
		{Trouble: scimtest.CutAfter},
		{Trouble: scimtest.CutBefore},
		{Trouble: scimtest.Truncate},
		{Trouble: scimtest.StatusAfter, Status: 504},
		{Trouble: scimtest.StatusBefore, Status: 503},
		{Trouble: scimtest.StatusBefore, Status: 429},
		{Trouble: scimtest.HTMLPage},
	} {
		for _, restart := range []string{"same run", "after a restart"} {
			s, _ := start(t, scimtest.Options{Quirks: []scimtest.Quirk{scimtest.DoubleMembers}})
			limited := func(c *scimdst.Config) { c.ProfileOverrides.Members.Add = 4 }
			w := assuming(t, s.URL, "", limited)
			ids, step := crowd(t, s, 10)
			f.Match, f.Skip = scimtest.To("PATCH", "/Groups"), 1
			s.Inject(f)
			_, err := w.Do(t.Context(), step, ids)
			var e *scimdst.Error
			if !errors.As(err, &e) || !strings.Contains(err.Error(), "after 4 of 10 members") {
				t.Fatalf("trouble %d: %v", f.Trouble, err)
			}
			if restart == "after a restart" {
				w = assuming(t, s.URL, "", limited)
			}
			if e.Unknown() || restart == "after a restart" {
				if _, found, err := w.Look(t.Context(), step, ids); err != nil || found != plan.NotSo {
					t.Fatalf("trouble %d: Look = %d, %v", f.Trouble, found, err)
				}
			}
			if _, err := w.Do(t.Context(), step, ids); err != nil {
				t.Fatal(err)
			}
			if got := membersOf(s); len(got) != 10 || len(slices.Compact(got)) != 10 {
				t.Errorf("trouble %d, %s: %d members", f.Trouble, restart, len(got))
			}
		}
	}
}
