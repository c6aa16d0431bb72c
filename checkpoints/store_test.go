package checkpoints_test

import (
	"errors"
	"iter"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ldap2scim/checkpoints"
	"ldap2scim/plan"
)

var at = time.Date(2026, 8, 20, 14, 2, 3, 4, time.UTC)

func entries() []plan.Entry {
	return []plan.Entry{
		{Kind: plan.Person, ID: "b", DN: "uid=b", Key: "uid=b", Attrs: map[string][]string{"mail": {"b@x", "B@x"}, "base64": {"x"}, "photo": {"\xff\x00", "text"}}},
		{Kind: plan.Person, ID: "a", DN: "UID=a", Key: "uid=a", Attrs: map[string][]string{"cn": {"Ä <&>\u2028"}}, UID: "a", Inactive: "locked"},
		{Kind: plan.Group, ID: "g", DN: "cn=g", Key: "cn=g", Attrs: map[string][]string{}, Members: []string{"uid=a", "uid=b"}, MemberUIDs: []string{"a"}, Flaws: []string{"one"}},
	}
}

func save(t *testing.T, f *checkpoints.File, es ...plan.Entry) checkpoints.Snapshot {
	t.Helper()
	s, err := f.SaveSnapshot(t.Context(), "ldap://x", at, func(add func(plan.Entry) error) (plan.Proof, error) {
		for _, e := range es {
			if err := add(e); err != nil {
				return plan.Proof{}, err
			}
		}
		return plan.Proof{Complete: true, Searches: []plan.Search{{Name: "users", Pages: 1}}}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func collect[T any](t *testing.T, all iter.Seq2[T, error]) []T {
	t.Helper()
	var got []T
	for v, err := range all {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, v)
	}
	return got
}

func TestSnapshotComesBackInOrder(t *testing.T) {
	t.Parallel()
	f := open(t, filepath.Join(t.TempDir(), "s.db"))
	es := entries()
	moved := es[0]
	moved.DN = "uid=b,ou=new"
	s := save(t, f, es[0], es[1], moved, es[2])
	got := append(collect(t, f.Entries(t.Context(), s.ID)(plan.Person)), collect(t, f.Groups(t.Context(), s.ID))...)
	want := []plan.Entry{es[1], es[0], es[2]}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	last, err := f.LastSnapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(s, last); diff != "" {
		t.Error(diff)
	}
	if again := save(t, f, es[2], es[1], es[0]); again.Digest != s.Digest {
		t.Errorf("another order gives another digest: %s, %s", s.Digest, again.Digest)
	}
	if less := save(t, f, es[2], es[1]); less.Digest == s.Digest {
		t.Error("another content gives the same digest")
	}
	if none := save(t, f); len(none.Entries) != 0 || none.Digest != plan.Digest(strings.Repeat("0", 64)) {
		t.Errorf("of nothing: %+v", none)
	}
}

func TestNothingHalf(t *testing.T) {
	t.Parallel()
	f := open(t, filepath.Join(t.TempDir(), "s.db"))
	broken := errors.New("hung up")
	_, err := f.SaveSnapshot(t.Context(), "x", at, func(add func(plan.Entry) error) (plan.Proof, error) {
		return plan.Proof{}, errors.Join(add(entries()[0]), broken)
	})
	if !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	if _, err := f.LastSnapshot(t.Context()); !errors.Is(err, checkpoints.ErrNone) {
		t.Errorf("a snapshot that was not read to its end: %v", err)
	}
	p := savePlan(t, f)
	_, err = f.SaveInventory(t.Context(), "x", at, func(add func(plan.Resource) error) (plan.Proof, error) {
		return plan.Proof{}, errors.Join(add(plan.Resource{Kind: plan.Person, RemoteID: "r"}), broken)
	})
	if !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	_, err = f.SavePlan(t.Context(), checkpoints.Plan{Snapshot: p.Snapshot, Inventory: p.Inventory}, func(plan.Sink) (plan.Summary, error) { return plan.Summary{}, broken })
	if !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	if last, err := f.LastPlan(t.Context()); err != nil || last.ID != p.ID {
		t.Errorf("a plan that was not made: %+v, %v", last, err)
	}
}

// savePlan stores a plan that creates two people and puts them into a group.
func savePlan(t *testing.T, f *checkpoints.File) checkpoints.Plan {
	t.Helper()
	s := save(t, f, entries()...)
	v, err := f.SaveInventory(t.Context(), "https://x", at, func(add func(plan.Resource) error) (plan.Proof, error) {
		return plan.Proof{Complete: true}, errors.Join(
			add(plan.Resource{Kind: plan.Person, RemoteID: "r1", Fields: plan.Fields{"userName": "u"}}),
			add(plan.Resource{Kind: plan.Group, RemoteID: "r2", ExternalID: "g", Version: `W/"1"`, Fields: plan.Fields{}, Members: []plan.RemoteID{"r1"}}))
	})
	if err != nil {
		t.Fatal(err)
	}
	p, err := f.SavePlan(t.Context(), checkpoints.Plan{Made: at, Snapshot: s.ID, Inventory: v.ID, Settings: "c", Rules: plan.Rules{MembersPerRequest: 3}}, func(to plan.Sink) (plan.Summary, error) {
		return plan.Summary{Digest: "d1gest", Steps: map[plan.Action]int{'+': 2, '>': 1}}, errors.Join(
			to.Step(plan.Step{ID: "1", Action: plan.Create, Kind: plan.Person, Object: "a", After: plan.Fields{"userName": "a"}}),
			to.Step(plan.Step{ID: "2", Action: plan.Create, Kind: plan.Person, Object: "b"}),
			to.Step(plan.Step{ID: "3", Action: plan.AddMembers, Kind: plan.Group, Object: "g", Remote: "r2", Members: []plan.ExternalID{"a", "b"}}),
			to.Finding(plan.Finding{Code: "P04", Severity: plan.Warn, Object: "a", Sentence: "s", Waived: "w"}),
			to.Decision(plan.Decision{Kind: plan.Person, Object: "a", Name: "ann", Class: plan.ToCreate}),
			to.Decision(plan.Decision{Kind: plan.Group, Object: "g", Class: plan.ToUpdate, Remote: "r2"}))
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPlanComesBack(t *testing.T) {
	t.Parallel()
	f := open(t, filepath.Join(t.TempDir(), "s.db"))
	p := savePlan(t, f)
	for _, get := range []func() (checkpoints.Plan, error){
		func() (checkpoints.Plan, error) { return f.LastPlan(t.Context()) },
		func() (checkpoints.Plan, error) { return f.PlanByDigest(t.Context(), "d1g") },
	} {
		got, err := get()
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(p, got); diff != "" {
			t.Error(diff)
		}
	}
	for _, prefix := range []string{"", "%", "x"} {
		if _, err := f.PlanByDigest(t.Context(), prefix); !errors.Is(err, checkpoints.ErrNone) {
			t.Errorf("PlanByDigest(%q): %v", prefix, err)
		}
	}
	steps := collect(t, f.Steps(t.Context(), p.ID))
	if len(steps) != 3 || steps[2].Members[1] != "b" || steps[0].After["userName"] != "a" || steps[0].Action != plan.Create {
		t.Errorf("steps %+v", steps)
	}
	if got := collect(t, f.Findings(t.Context(), p.ID)); len(got) != 1 || got[0].Code != "P04" || got[0].Waived != "w" {
		t.Errorf("findings %+v", got)
	}
	if got := f.NameOf(t.Context(), p.ID)("a"); got != "ann" {
		t.Errorf("name %q", got)
	}
	owned, unowned := collect(t, f.HeldGroups(t.Context(), p.Inventory)), collect(t, f.Unowned(t.Context(), p.Inventory)(plan.Person))
	if len(owned) != 1 || owned[0].Members[0] != "r1" || owned[0].Version != `W/"1"` || len(unowned) != 1 || unowned[0].Fields["userName"] != "u" {
		t.Errorf("owned %+v, unowned %+v", owned, unowned)
	}
}
