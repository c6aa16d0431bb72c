package plan_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ldap2scim/plan"
)

// randomWorld makes a directory and a destination that share few names, so
// that they collide, hand names over and contradict each other often.
func randomWorld(r *rand.Rand) *world {
	w := &world{}
	pick := func(n int) string { return fmt.Sprint(r.IntN(n)) }
	size := 1 + r.IntN(8)
	for i := range size {
		if r.IntN(8) == 0 {
			continue // an ID that only the destination may know
		}
		id := fmt.Sprintf("p%d", i)
		e := person(id, []string{"u", "U"}[r.IntN(2)]+pick(size+2))
		if r.IntN(8) == 0 {
			e.Attrs["nsaccountlock"] = []string{"TRUE"}
		}
		if r.IntN(8) == 0 {
			delete(e.Attrs, "mail")
		}
		if r.IntN(8) == 0 {
			e.Attrs["mail"] = []string{"shared@example.com"}
		}
		if r.IntN(3) == 0 {
			e.Attrs["costcode"] = []string{"c" + pick(3)}
		}
		w.entries = append(w.entries, e)
	}
	for i := range r.IntN(4) {
		g := group(fmt.Sprintf("g%d", i), "G"+pick(4))
		for m := range size {
			if r.IntN(2) == 0 {
				g.Members = append(g.Members, fmt.Sprintf("id=p%d", m))
			}
		}
		if r.IntN(4) == 0 {
			g.Members = append(g.Members, "id=g0")
		}
		w.entries = append(w.entries, g)
	}
	var people []plan.RemoteID
	for i := range r.IntN(size + 2) {
		ext := plan.ExternalID("")
		if r.IntN(3) > 0 {
			ext = plan.ExternalID("p" + pick(size+1))
		}
		active := []string{"true", "false"}[r.IntN(2)]
		people = append(people, w.put(plan.Resource{
			Kind: plan.Person, ExternalID: ext, RemoteID: plan.RemoteID(fmt.Sprintf("x%d", i)),
			Fields: plan.Fields{plan.UserName: "u" + fmt.Sprint(i), plan.Active: active},
		}))
	}
	for i := range r.IntN(4) {
		res := plan.Resource{Kind: plan.Group, RemoteID: plan.RemoteID(fmt.Sprintf("y%d", i)), Fields: plan.Fields{plan.DisplayName: "g" + fmt.Sprint(i)}}
		if r.IntN(3) > 0 {
			res.ExternalID = plan.ExternalID(fmt.Sprintf("g%d", i))
		}
		for _, p := range people {
			if r.IntN(2) == 0 {
				res.Members = append(res.Members, p)
			}
		}
		w.put(res)
	}
	return w
}

// FuzzLaws holds random plans against laws 1, 2, 3 and 6.
func FuzzLaws(f *testing.F) {
	for seed := range uint64(300) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		w := randomWorld(rand.New(rand.NewPCG(seed, 1)))
		sum, first := decide(t, w)
		if got := sum.Total(plan.Person) + sum.Total(plan.Group); got != len(w.entries) || len(first.decisions) != len(w.entries) {
			t.Fatalf("%d entries, %d counted, %d decisions", len(w.entries), got, len(first.decisions))
		}

		r := rand.New(rand.NewPCG(seed, 2))
		r.Shuffle(len(w.entries), func(i, j int) { w.entries[i], w.entries[j] = w.entries[j], w.entries[i] })
		if again, second := decide(t, w); again.Digest != sum.Digest {
			t.Fatalf("the same input gives another plan: %s", cmp.Diff(first.steps, second.steps))
		}

		for i, s := range first.steps {
			if err := w.carryOut(s); err != nil {
				t.Fatalf("step %d (%c %s %s): %v", i, s.Action, s.Kind, s.Name, err)
			}
		}
		if _, after := decide(t, w); len(after.steps) > 0 {
			t.Fatalf("after applying %d steps, a new plan has %+v", len(first.steps), after.steps)
		}
	})
}

// FuzzCaution: an incomplete read makes no step that takes away, and an
// incomplete inventory none that relies on absence.
func FuzzCaution(f *testing.F) {
	for seed := range uint64(100) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		w := randomWorld(rand.New(rand.NewPCG(seed, 1)))
		w.snapshotMissing = "size limit"
		_, got := decide(t, w)
		if i := slices.IndexFunc(got.steps, func(s plan.Step) bool { return s.Action == plan.Take }); i >= 0 {
			t.Fatalf("from an incomplete snapshot: %+v", got.steps[i])
		}
		w.snapshotMissing, w.inventoryMissing = "", "no progress"
		_, got = decide(t, w)
		if i := slices.IndexFunc(got.steps, func(s plan.Step) bool {
			return s.Action == plan.Take || s.Action == plan.Create || s.Action == plan.Adopt
		}); i >= 0 {
			t.Fatalf("from an incomplete inventory: %+v", got.steps[i])
		}
	})
}
