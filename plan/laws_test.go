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
	w := &world{rules: randomRules(r)}
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
		if r.IntN(2) == 0 {
			e.UID = id
		}
		e.Key = keyOf(i)
		w.entries = append(w.entries, e)
	}
	for i := range 3 {
		dn := []string{"ou=o0", "ou=o1,ou=o0", "ou=o2"}[i]
		w.entries = append(w.entries, plan.Entry{Kind: plan.Unit, ID: plan.ExternalID(fmt.Sprintf("f%d", i)), DN: dn, Key: dn, Attrs: map[string][]string{"ou": {[]string{"G0", "G1", "G0"}[i]}}})
	}
	for i := range r.IntN(4) {
		g := group(fmt.Sprintf("g%d", i), "G"+pick(4))
		for m := range size {
			switch r.IntN(4) {
			case 0, 1:
				g.Members = append(g.Members, keyOf(m))
			case 2:
				g.MemberUIDs = append(g.MemberUIDs, fmt.Sprintf("p%d", m))
			}
		}
		for other := range 4 {
			if r.IntN(4) == 0 {
				g.Members = append(g.Members, fmt.Sprintf("id=g%d", other))
			}
		}
		g.DN += ",ou=o" + pick(2)
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

// keyOf is the folded DN of the i-th person: in one of the units, or in none.
func keyOf(i int) string {
	return fmt.Sprintf("id=p%d", i) + []string{"", ",ou=o0", ",ou=o1,ou=o0", ",ou=o2"}[i%4]
}

func randomRules(r *rand.Rand) plan.Rules {
	rs := rules()
	rs.Groups.Nested = []plan.Nesting{plan.Flatten, plan.Flatten, plan.Direct}[r.IntN(3)]
	rs.Groups.Collision = []plan.Collision{"", plan.SuffixUnit, plan.PrefixUnit}[r.IntN(3)]
	rs.Groups.KeepForeign = r.IntN(3) == 0
	rs.Groups.Each = map[string]plan.Nesting{"g1": []plan.Nesting{plan.LeaveOut, plan.Direct, plan.Flatten}[r.IntN(3)]}
	rs.Groups.Names = map[string]string{"g2": "G" + fmt.Sprint(r.IntN(4))}
	rs.Groups.Units.Make = []plan.UnitPeople{"", plan.Children, plan.Subtree}[r.IntN(3)]
	rs.Groups.Units.Depth = r.IntN(3) - 1
	rs.Groups.Units.KeepEmpty = r.IntN(2) == 0
	if r.IntN(3) == 0 {
		rs.Groups.Units.Under = []string{"ou=o0"}
	}
	if r.IntN(2) == 0 {
		rs.Waves = []plan.Wave{{Name: "pilot", Groups: []string{"g0"}, People: []string{"p1"}}, {Name: "half", Percent: 50, Units: []string{"ou=o2"}}}
	}
	return rs
}

// FuzzLaws holds random plans against laws 1, 2, 3 and 6.
func FuzzLaws(f *testing.F) {
	for seed := range uint64(300) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		w := randomWorld(rand.New(rand.NewPCG(seed, 1)))
		sum, first := decide(t, w)
		if got := sum.Total(plan.Person) + sum.Total(plan.Group) + sum.Total(plan.Unit); got != len(w.entries) || len(first.decisions) != len(w.entries) {
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
