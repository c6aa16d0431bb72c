package scimdst_test

import (
	"errors"
	"testing"

	"ldap2scim/plan"
	"ldap2scim/scimdst"
	"ldap2scim/scimdst/scimtest"
)

// planned makes a person and a step that was planned against what is there.
func planned(t *testing.T, w *scimdst.Writer) plan.Step {
	t.Helper()
	made, err := w.Do(t.Context(), ada(), nil)
	if err != nil {
		t.Fatal(err)
	}
	step := update(made.RemoteID, "title", "", "Dr.")
	step.Version = made.Version
	return step
}

// TestDriftIsRefused: somebody else changed the object since.
func TestDriftIsRefused(t *testing.T) {
	t.Parallel()
	s, w := start(t, scimtest.Options{})
	step := planned(t, w)
	other := writer(t, config(s.URL))
	if _, err := other.Do(t.Context(), update(step.Remote, plan.DisplayName, "", "x"), nil); err != nil {
		t.Fatal(err)
	}
	_, err := w.Do(t.Context(), step, nil)
	var e *scimdst.Error
	if !errors.As(err, &e) || !e.Drifted() || e.Temporary() || e.Unknown() {
		t.Errorf("Do = %v", err)
	}
	if s.Users()[0].Body["title"] != nil {
		t.Error("it was changed all the same")
	}
	ignoring := assuming(t, s.URL, "", func(c *scimdst.Config) { c.ProfileOverrides.ETag = scimdst.ETagIgnored })
	if _, err := ignoring.Do(t.Context(), step, nil); err != nil {
		t.Errorf("where the profile ignores versions: %v", err)
	}
}

// TestOwnChangesAreNoDrift: steps that were planned against one version do not
// refuse each other, also where an answer has no version, or was lost.
func TestOwnChangesAreNoDrift(t *testing.T) {
	t.Parallel()
	for _, o := range []scimtest.Options{{}, {PatchNoContent: true}} {
		s, w := start(t, o)
		step := planned(t, w)
		for _, title := range []string{"a", "b", "c"} {
			step.After = plan.Fields{"title": title}
			if _, err := w.Do(t.Context(), step, nil); err != nil {
				t.Fatal(err)
			}
		}
		s.Inject(scimtest.Fault{Trouble: scimtest.CutAfter})
		step.After = plan.Fields{"title": "lost"}
		if _, err := w.Do(t.Context(), step, nil); err == nil {
			t.Fatal("no error")
		}
		if _, found, err := w.Look(t.Context(), step, nil); err != nil || found != plan.AlreadySo {
			t.Fatalf("Look = %d, %v", found, err)
		}
		step.After = plan.Fields{"title": "last"}
		if _, err := w.Do(t.Context(), step, nil); err != nil {
			t.Error(err)
		}
	}
}

// TestChunksOfOneGroupAreNoDrift: additions and removals, with a rename that
// was planned against the first version.
func TestChunksOfOneGroupAreNoDrift(t *testing.T) {
	t.Parallel()
	s, w := start(t, scimtest.Options{})
	ids, add := crowd(t, s, 9)
	group, err := w.Get(t.Context(), plan.Group, ids["staff"])
	if err != nil {
		t.Fatal(err)
	}
	add.Version, add.Remote = group.Version, ids["staff"]
	take := add
	take.Action = plan.Take
	rename := plan.Step{
		Action: plan.Update, Kind: plan.Group, Object: "staff", Remote: ids["staff"], Version: group.Version,
		Before: plan.Fields{plan.DisplayName: "Staff"}, After: plan.Fields{plan.DisplayName: "Crew"},
	}
	all := add.Members
	for _, step := range []*plan.Step{&add, &take} {
		for chunk := range 3 {
			step.Members = all[chunk*3 : chunk*3+3]
			if _, err := w.Do(t.Context(), *step, ids); err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, err := w.Do(t.Context(), rename, ids); err != nil {
		t.Error(err)
	}
}

// TestRemovalIsBoundToWhatWasRead: when somebody changes the group between the
// reading and the removal, the removal is to be begun again.
func TestRemovalIsBoundToWhatWasRead(t *testing.T) {
	t.Parallel()
	s, w := start(t, scimtest.Options{})
	ids, step := crowd(t, s, 2, 0, 1)
	step.Action = plan.Take
	s.Inject(scimtest.Fault{Trouble: scimtest.StatusBefore, Status: 412, Match: scimtest.To("PATCH", "/Groups")})
	_, err := w.Do(t.Context(), step, ids)
	var e *scimdst.Error
	if !errors.As(err, &e) || !e.Drifted() || !e.Temporary() || e.Unknown() {
		t.Fatalf("Do = %v, temporary %t", err, e.Temporary())
	}
	if _, err := w.Do(t.Context(), step, ids); err != nil || len(membersOf(s)) != 0 {
		t.Errorf("once more: %v", err)
	}
}
