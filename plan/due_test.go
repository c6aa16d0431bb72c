package plan_test

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ldap2scim/plan"
)

// sentTo keeps the order of the steps on people.
type sentTo struct {
	counting
	objects []plan.ExternalID
}

func (s *sentTo) Step(p plan.Step) error {
	if p.Kind == plan.Person {
		s.objects = append(s.objects, p.Object)
	}
	return nil
}

// Few steps are kept from the first pass, and many are decided anew: wave by
// wave everybody gets one, in the order of the IDs, on both ways.
func TestStepsOfManyPeople(t *testing.T) {
	t.Parallel()
	for _, n := range []int{100, 33_000} { // few, and more than are kept
		in := plan.Input{Rules: rules()}
		in.Rules.Waves = []plan.Wave{{Name: "pilot", Percent: 10}}
		l := large{n}
		in.Snapshot = plan.Snapshot{Proof: proof(""), Entries: func(k plan.Kind) iter.Seq2[plan.Entry, error] {
			if k == plan.Person {
				return l.people
			}
			return func(func(plan.Entry, error) bool) {}
		}, Groups: func(func(plan.Entry, error) bool) {}}
		in.Inventory = plan.Inventory{Proof: proof(""), Owned: nothing, Unowned: nothing, Groups: nothing(plan.Group)}
		var got sentTo
		sum, err := plan.Decide(in, &got)
		if err != nil {
			t.Fatal(err)
		}
		if len(got.objects) != n || len(sum.Waves) != 2 || sum.Waves[0].People == 0 {
			t.Fatalf("%d people: %d steps, waves %v", n, len(got.objects), sum.Waves)
		}
		pilot := sum.Waves[0].People
		for _, wave := range [][]plan.ExternalID{got.objects[:pilot], got.objects[pilot:]} {
			if !slices.IsSorted(wave) || len(slices.Compact(wave)) != len(wave) {
				t.Errorf("%d people: the steps of a wave are not one for each of them in order", n)
			}
		}
	}
}

// Where there are no waves, people's steps go out with the decisions on them, but
// for those that take over a name, and those of groups follow.
func TestStepsGoOutEarly(t *testing.T) {
	t.Parallel()
	w := &world{entries: []plan.Entry{person("p1", "new"), person("p2", "ada"), person("p3", "grace"), group("g1", "all", "p1", "p2", "p3")}}
	w.put(plan.Resource{Kind: plan.Person, ExternalID: "p3", Fields: plan.Fields{plan.UserName: "ada", plan.Active: "true"}})
	var got order
	if _, err := plan.Decide(w.input(), &got); err != nil {
		t.Fatal(err)
	}
	want := order{
		"p1: create", "p1: + in phase 1", "p2: create", "p3: update", "p3: ~ in phase 1", "g1: create",
		"p2: + in phase 2", "g1: + in phase 3", "g1: > in phase 4", "g1: > in phase 4",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// order is what comes, in the order in which it comes.
type order []string

func (o *order) Finding(plan.Finding) error { return nil }

func (o *order) Step(s plan.Step) error {
	*o = append(*o, fmt.Sprintf("%s: %c in phase %d", s.Object, s.Action, s.Phase))
	return nil
}

func (o *order) Decision(c plan.Decision) error {
	*o = append(*o, fmt.Sprintf("%s: %s", c.Object, c.Class))
	return nil
}

// What is decided without digests is the same but for them.
func TestReconsider(t *testing.T) {
	t.Parallel()
	in := plan.Input{Rules: rules(), Snapshot: plan.Snapshot{Proof: proof("")}, Inventory: plan.Inventory{Proof: proof(""), Owned: nothing, Unowned: nothing, Groups: nothing(plan.Group)}}
	l := large{50}
	in.Snapshot.Groups = l.groups
	in.Snapshot.Entries = func(k plan.Kind) iter.Seq2[plan.Entry, error] {
		return map[plan.Kind]iter.Seq2[plan.Entry, error]{plan.Person: l.people, plan.Group: l.heads, plan.Unit: func(func(plan.Entry, error) bool) {}}[k]
	}
	in.Rules.MembersPerRequest = 100
	var was, is sentTo
	want, err1 := plan.Decide(in, &was)
	got, err2 := plan.Reconsider(in, &is)
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	if got.Digest != "" || got.Content != "" || want.Digest == "" || want.Content == "" {
		t.Errorf("digests %q, %q, want none; %q, %q, want some", got.Digest, got.Content, want.Digest, want.Content)
	}
	want.Digest, want.Content = "", ""
	if diff := cmp.Diff(want, got); diff != "" || !slices.Equal(was.objects, is.objects) {
		t.Error(diff)
	}
}
