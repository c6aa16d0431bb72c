package plan_test

import (
	"fmt"
	"iter"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"ldap2scim/plan"
)

// history is what was sent of a plan in a world, and which id each object had.
type history struct {
	steps   []plan.Step
	remotes map[plan.ExternalID]plan.RemoteID
}

// apply carries out the first n steps of a plan and remembers them.
func (w *world) apply(t *testing.T, made record, n int) history {
	t.Helper()
	h := history{remotes: map[plan.ExternalID]plan.RemoteID{}}
	for _, d := range made.decisions {
		if d.Remote != "" {
			h.remotes[d.Object] = d.Remote
		}
	}
	for _, s := range made.steps[:n] {
		if err := w.carryOut(s); err != nil {
			t.Fatalf("%c %s %s: %v", s.Action, s.Kind, s.Name, err)
		}
		if s.Action == plan.Create {
			h.remotes[s.Object] = w.find(s.Object)
		}
		h.steps = append(h.steps, s)
	}
	return h
}

// past is what the history is to a rollback.
func (w *world) past(h history) plan.Past {
	return plan.Past{
		Plan: "undone",
		Touched: func(k plan.Kind) iter.Seq2[plan.Touched, error] {
			all := map[plan.ExternalID]plan.Touched{}
			for _, s := range h.steps {
				if s.Source() != k {
					continue
				}
				t := all[s.Object]
				t.Kind, t.Object, t.Name, t.Sent = k, s.Object, s.Name, append(t.Sent, plan.Sent{Step: s, Done: true})
				if r, there := w.resources[h.remotes[s.Object]]; there {
					t.Have = &r
				}
				all[s.Object] = t
			}
			return sorted(slices.Collect(maps.Values(all)), func(plan.Touched) bool { return true }, func(t plan.Touched) string { return string(t.Object) })
		},
		People: func(yield func(plan.Known, error) bool) {
			for id, remote := range h.remotes {
				if !yield(plan.Known{ID: id, Remote: remote}, nil) {
					return
				}
			}
		},
	}
}

func (w *world) undo(t *testing.T, h history, fate plan.CreatedFate) (plan.Summary, record) {
	t.Helper()
	var r record
	sum, err := plan.Undo(plan.UndoInput{Past: w.past(h), Created: fate, Rules: w.rules, Inventory: w.input().Inventory}, &r)
	if err != nil {
		t.Fatalf("Undo: %v", err)
	}
	return sum, r
}

// reverse does to the destination what a step of a rollback says. Members are
// found by the ids that the history knows.
func (w *world) reverse(h history, s plan.Step) error {
	r, there := w.resources[s.Remote]
	if !there {
		return fmt.Errorf("%s is not there", s.Remote)
	}
	if s.Action == plan.Remove {
		delete(w.resources, s.Remote)
		for id, g := range w.resources {
			g.Members = slices.DeleteFunc(slices.Clone(g.Members), func(m plan.RemoteID) bool { return m == s.Remote })
			w.resources[id] = g
		}
		return nil
	}
	r.Fields, r.Members = maps.Clone(r.Fields), slices.Clone(r.Members)
	for path, v := range s.After {
		r.Fields[path] = v
	}
	for _, path := range s.Clear {
		delete(r.Fields, path)
		if path == plan.ExternalIDPath {
			r.ExternalID = ""
		}
	}
	for id, o := range w.resources {
		if _, renamed := s.After[nameOf(s.Kind)]; renamed && o.Kind == r.Kind && id != s.Remote && plan.Fold(o.Name()) == plan.Fold(r.Name()) {
			return fmt.Errorf("the name %q is taken by %s", r.Name(), id)
		}
	}
	for _, m := range s.Members {
		at := slices.Index(r.Members, h.remotes[m])
		switch {
		case s.Action == plan.AddMembers && (at >= 0 || w.resources[h.remotes[m]].RemoteID == ""), s.Action == plan.Take && at < 0:
			return fmt.Errorf("member %s: %c of what is so already, or is not there", m, s.Action)
		case s.Action == plan.AddMembers:
			r.Members = append(r.Members, h.remotes[m])
		default:
			r.Members = slices.Delete(r.Members, at, at+1)
		}
	}
	w.resources[s.Remote] = r
	return nil
}

func nameOf(k plan.Kind) string {
	if k == plan.Person {
		return plan.UserName
	}
	return plan.DisplayName
}

// meddle lets somebody else change the destination, and returns whom and what.
func (w *world) meddle(r *rand.Rand) map[plan.RemoteID]bool {
	touched := map[plan.RemoteID]bool{}
	ids := slices.Sorted(maps.Keys(w.resources))
	for _, id := range ids {
		if r.IntN(4) > 0 {
			continue
		}
		o, there := w.resources[id]
		if !there {
			continue
		}
		touched[id] = true
		o.Fields, o.Members = maps.Clone(o.Fields), slices.Clone(o.Members)
		switch r.IntN(6) {
		case 0:
			delete(w.resources, id)
			for other, g := range w.resources {
				if kept := slices.DeleteFunc(slices.Clone(g.Members), func(m plan.RemoteID) bool { return m == id }); len(kept) < len(g.Members) {
					g.Members = kept
					w.resources[other], touched[other] = g, true
				}
			}
			continue
		case 1:
			o.ExternalID = "somebody else's"
		case 2:
			o.Fields[nameOf(o.Kind)] = "renamed " + string(id)
		case 3:
			o.Fields["title"] = "Dr." // nothing that we have set
		case 4:
			o.Fields[plan.Active] = []string{"true", "false"}[r.IntN(2)]
		case 5:
			if o.Kind == plan.Group {
				o.Members = nil
			}
			o.Fields[plan.FamilyName] = "By hand"
		}
		w.resources[id] = o
	}
	return touched
}

// FuzzUndo: what was applied, wholly or in part, and is undone, is as it was
// before; a second rollback has nothing to do; the same input gives the same
// plan. What somebody else has changed since is left alone, and is listed where
// that keeps something from being undone.
func FuzzUndo(f *testing.F) {
	for seed := range uint64(400) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		r := rand.New(rand.NewPCG(seed, 1))
		w := randomWorld(r)
		_, made := decide(t, w)
		before := maps.Clone(w.resources)
		n := len(made.steps)
		if r.IntN(3) == 0 && n > 0 {
			n = r.IntN(n)
		}
		h := w.apply(t, made, n)
		meddled := map[plan.RemoteID]bool{}
		if seed%2 == 1 {
			meddled = w.meddle(r)
		}
		left := maps.Clone(w.resources)
		fate := []plan.CreatedFate{plan.RemoveCreated, plan.DeactivateCreated}[r.IntN(2)]
		sum, undo := w.undo(t, h, fate)
		if again, _ := w.undo(t, h, fate); again.Digest != sum.Digest {
			t.Fatal("the same input gives another plan")
		}
		phase := 0
		for _, s := range undo.steps {
			if s.Phase < phase {
				t.Fatalf("phase %d comes after %d", s.Phase, phase)
			}
			phase = s.Phase
			if err := w.reverse(h, s); err != nil {
				t.Fatalf("%c %s %s: %v", s.Action, s.Kind, s.Name, err)
			}
		}
		if _, again := w.undo(t, h, fate); len(again.steps) > 0 {
			t.Fatalf("undone, and there is still to do: %+v", again.steps)
		}

		listed := map[plan.RemoteID]bool{}
		for _, v := range undo.findings {
			if v.Object != "" {
				listed[h.remotes[v.Object]] = true
			}
		}
		created := map[plan.RemoteID]bool{}
		for _, s := range h.steps {
			if s.Action == plan.Create {
				created[h.remotes[s.Object]] = true
			}
		}
		same := []cmp.Option{cmpopts.SortSlices(func(a, b plan.RemoteID) bool { return a < b }), cmpopts.EquateEmpty()}
		for id, was := range before {
			is, there := w.resources[id]
			switch diff := cmp.Diff(was, is, same...); {
			case meddled[id]: // below
			case !there:
				t.Errorf("%s was there, and is gone", id)
			case diff != "" && !listed[id] && !memberless(was, is, w.resources):
				t.Errorf("%s is not as it was, and is not listed (-was +is):\n%s", id, diff)
			}
		}
		for id, is := range w.resources {
			switch {
			case !created[id] || meddled[id] || listed[id]:
			case fate == plan.RemoveCreated:
				t.Errorf("%s was made, and stays: %+v", id, is)
			case is.Kind == plan.Person && is.Fields[plan.Active] != "false":
				t.Errorf("%s was made, and stays active", id)
			case is.Kind == plan.Group && len(is.Members) > 0:
				t.Errorf("%s was made, and keeps members: %v", id, is.Members)
			}
		}
		for id := range meddled {
			was, is := left[id], w.resources[id]
			if is.RemoteID == "" && was.RemoteID != "" && !created[id] {
				t.Errorf("%s was changed by somebody else, and is gone", id)
			}
			for _, path := range []string{"title", plan.FamilyName} {
				if v := was.Fields[path]; (v == "Dr." || v == "By hand") && is.RemoteID != "" && is.Fields[path] != v {
					t.Errorf("%s: %s was set to %q by somebody else, and is %q", id, path, v, is.Fields[path])
				}
			}
		}
	})
}

// memberless tells whether two groups differ only by members who are gone.
func memberless(was, is plan.Resource, all map[plan.RemoteID]plan.Resource) bool {
	was.Members = slices.DeleteFunc(slices.Clone(was.Members), func(m plan.RemoteID) bool { return all[m].RemoteID == "" })
	return cmp.Equal(was, is, cmpopts.SortSlices(func(a, b plan.RemoteID) bool { return a < b }), cmpopts.EquateEmpty())
}
