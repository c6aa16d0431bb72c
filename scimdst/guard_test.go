package scimdst_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"ldap2scim/plan"
	"ldap2scim/scimdst"
	"ldap2scim/scimdst/scimtest"
)

// TestRemovalThatTakesAll is seen at once, and said, also where its answer was
// lost.
func TestRemovalThatTakesAll(t *testing.T) {
	t.Parallel()
	for _, lost := range []scimtest.Trouble{0, scimtest.CutAfter} {
		s, w := start(t, scimtest.Options{Quirks: []scimtest.Quirk{scimtest.RemoveAll}})
		ids, step := crowd(t, s, 6, 0, 1, 2, 3, 4)
		step.Action, step.Members = plan.Take, step.Members[:2]
		if lost != 0 {
			s.Inject(scimtest.Fault{Trouble: lost, Match: scimtest.To("PATCH", "/Groups")})
		}
		_, err := w.Do(t.Context(), step, ids)
		var e *scimdst.Error
		if lost != 0 {
			if !errors.As(err, &e) || !e.Unknown() {
				t.Fatalf("Do = %v", err)
			}
			_, _, err = w.Look(t.Context(), step, ids)
		}
		want := []plan.RemoteID{ids["p002"], ids["p003"], ids["p004"]}
		if !errors.As(err, &e) || !slices.Equal(e.TookOthers(), want) || e.Unknown() || e.Temporary() {
			t.Fatalf("%v, took %v, want %v", err, e.TookOthers(), want)
		}
		if !strings.Contains(err.Error(), "3 other members are gone") || !strings.Contains(e.Hint(), "takes more") {
			t.Errorf("%v; %s", err, e.Hint())
		}
	}
}

// TestRemovalStopsAtTheFirstLoss: the second chunk is not sent.
func TestRemovalStopsAtTheFirstLoss(t *testing.T) {
	t.Parallel()
	for _, check := range []scimdst.Checked{scimdst.CheckedRequest, scimdst.CheckedStep} {
		s, _ := start(t, scimtest.Options{Quirks: []scimtest.Quirk{scimtest.RemoveAll}})
		w := assuming(t, s.URL, "", func(c *scimdst.Config) {
			c.ProfileOverrides.Members = scimdst.Members{Remove: 1, Check: check}
		})
		ids, step := crowd(t, s, 6, 0, 1, 2, 3)
		step.Action, step.Members = plan.Take, step.Members[:3]
		if _, err := w.Do(t.Context(), step, ids); err == nil || len(patches(s)) != 1 {
			t.Errorf("%s: %v after %d requests", check, err, len(patches(s)))
		}
	}
}

// TestRemovalIsCounted: how often the group is read, by profile.
func TestRemovalIsCounted(t *testing.T) {
	t.Parallel()
	for check, want := range map[scimdst.Checked]int{scimdst.CheckedRequest: 1 + 5, scimdst.CheckedStep: 1 + 2} {
		s, _ := start(t, scimtest.Options{})
		w := assuming(t, s.URL, "", func(c *scimdst.Config) {
			c.ProfileOverrides.Members = scimdst.Members{Remove: 1, Check: check}
		})
		ids, step := crowd(t, s, 6, 0, 1, 2, 3, 4, 5)
		step.Action, step.Members = plan.Take, step.Members[:5]
		if _, err := w.Do(t.Context(), step, ids); err != nil {
			t.Fatal(err)
		}
		if reads := len(s.Requests()) - len(patches(s)); reads != want || len(membersOf(s)) != 1 {
			t.Errorf("%s: %d reads, want %d", check, reads, want)
		}
	}
}

// TestNobodyIsTakenTwice: who is not in the group is not asked to go.
func TestNobodyIsTakenTwice(t *testing.T) {
	t.Parallel()
	s, w := start(t, scimtest.Options{})
	ids, step := crowd(t, s, 4, 1, 3)
	step.Action, step.Members = plan.Take, step.Members[:2]
	if _, err := w.Do(t.Context(), step, ids); err != nil {
		t.Fatal(err)
	}
	if sent := patches(s); len(sent) != 1 || strings.Contains(sent[0], string(ids["p000"])) || !strings.Contains(sent[0], string(ids["p001"])) {
		t.Errorf("sent %s", sent)
	}
	if out, err := w.Do(t.Context(), step, ids); err != nil || out.RemoteID != ids["staff"] || len(patches(s)) != 1 {
		t.Errorf("once more: %+v, %v, %d requests", out, err, len(patches(s)))
	}
}

// TestSuccessWithoutABodyIsProved: the first change of each kind is read back.
func TestSuccessWithoutABodyIsProved(t *testing.T) {
	t.Parallel()
	s, w := start(t, scimtest.Options{PatchNoContent: true})
	ids := create(t, w, ada())
	before := len(s.Requests())
	for range 3 {
		for _, title := range []string{"a", "b"} {
			if _, err := w.Do(t.Context(), update(ids[adaID], "title", "", title), nil); err != nil {
				t.Fatal(err)
			}
		}
	}
	if n := len(s.Requests()) - before; n != 6+1 {
		t.Errorf("6 changes of one kind took %d requests", n)
	}

	s, _ = start(t, scimtest.Options{PatchNoContent: true, Quirks: []scimtest.Quirk{scimtest.PatchNothing}})
	w = assuming(t, s.URL, "", func(c *scimdst.Config) { c.ProfileOverrides.Members.Shown = scimdst.ShownListed })
	ids, step := crowd(t, s, 2)
	for _, step := range []plan.Step{update(ids["p000"], "title", "", "x"), step} {
		_, err := w.Do(t.Context(), step, ids)
		var e *scimdst.Error
		if !errors.As(err, &e) || !e.Unknown() || !strings.Contains(err.Error(), "read it back") {
			t.Errorf("%s: %v", step.Action.Word(), err)
		}
	}
}
