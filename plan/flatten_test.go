package plan_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"ldap2scim/plan"
)

// naive is what flattening means: everybody who can be reached.
func naive(entries map[string]plan.Entry, key string, seen map[string]bool, people map[string]bool) {
	if seen[key] {
		return
	}
	seen[key] = true
	for _, m := range entries[key].Members {
		switch e, known := entries[m]; {
		case known && e.Kind == plan.Person:
			people[string(e.ID)] = true
		case known:
			naive(entries, m, seen, people)
		}
	}
}

// membersOf carries the plan out and returns each group's members.
func membersOf(t *testing.T, w *world) map[string][]string {
	t.Helper()
	_, got := decide(t, w)
	for _, s := range got.steps {
		if err := w.carryOut(s); err != nil {
			t.Fatal(err)
		}
	}
	groups := map[string][]string{}
	for _, r := range w.resources {
		if r.Kind != plan.Group {
			continue
		}
		members := []string{}
		for _, m := range r.Members {
			members = append(members, string(w.resources[m].ExternalID))
		}
		slices.Sort(members)
		groups[string(r.ExternalID)] = members
	}
	return groups
}

// FuzzFlatten holds the flattening against the naive one, on graphs full of
// cycles and diamonds.
func FuzzFlatten(f *testing.F) {
	for seed := range uint64(60) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		r := rand.New(rand.NewPCG(seed, 3))
		w := &world{}
		byKey := map[string]plan.Entry{}
		for i := range 6 {
			e := person(fmt.Sprintf("p%d", i), fmt.Sprintf("u%d", i))
			w.entries, byKey[e.Key] = append(w.entries, e), e
		}
		size := 1 + r.IntN(12)
		for i := range size {
			g := group(fmt.Sprintf("g%02d", i), fmt.Sprintf("group %d", i))
			for range r.IntN(4) {
				if r.IntN(2) == 0 {
					g.Members = append(g.Members, fmt.Sprintf("id=p%d", r.IntN(6)))
				} else {
					g.Members = append(g.Members, fmt.Sprintf("id=g%02d", r.IntN(size)))
				}
			}
			w.entries, byKey[g.Key] = append(w.entries, g), g
		}
		got := membersOf(t, w)
		for key, e := range byKey {
			if e.Kind != plan.Group {
				continue
			}
			people := map[string]bool{}
			naive(byKey, key, map[string]bool{}, people)
			if want := slices.Sorted(maps.Keys(people)); !slices.Equal(got[string(e.ID)], want) {
				t.Errorf("group %s has %v, want %v", e.ID, got[string(e.ID)], want)
			}
		}
	})
}

// TestDeepChain: no recursion, and no square of the depth.
func TestDeepChain(t *testing.T) {
	t.Parallel()
	const deep = 10_000
	w := &world{entries: []plan.Entry{person("p1", "u1")}}
	for i := range deep {
		within := fmt.Sprintf("g%05d", i+1)
		if i == deep-1 {
			within = "p1"
		}
		w.entries = append(w.entries, group(fmt.Sprintf("g%05d", i), fmt.Sprintf("group %d", i), within))
	}
	sum, _ := decide(t, w)
	if sum.Direct != 1 || sum.Flat != deep {
		t.Errorf("%d direct memberships become %d", sum.Direct, sum.Flat)
	}
	w.entries[deep].Members = []string{"id=g00000", "id=p1"} // one cycle of all
	if sum, got := decide(t, w); sum.Flat != deep || !slices.ContainsFunc(got.findings, func(f plan.Finding) bool { return strings.Contains(f.Sentence, "circle") }) {
		t.Errorf("in a cycle: %d memberships", sum.Flat)
	}
}

func unit(id, dn, name string) plan.Entry {
	return plan.Entry{Kind: plan.Unit, ID: plan.ExternalID(id), DN: dn, Key: dn, Attrs: map[string][]string{"ou": {name}}}
}

// TestUnitsBecomeGroups shows each rule on one tree.
func TestUnitsBecomeGroups(t *testing.T) {
	t.Parallel()
	in := func(id, ou string) plan.Entry {
		e := person(id, "u"+id)
		e.Key = "id=" + id + "," + ou
		return e
	}
	for name, tt := range map[string]struct {
		rules plan.UnitRules
		want  map[string]string // group name → members
	}{
		"direct":  {plan.UnitRules{Make: plan.Children, Depth: -1}, map[string]string{"Sales": "p1", "Sales / EMEA": "p2,p3"}},
		"subtree": {plan.UnitRules{Make: plan.Subtree, Depth: -1}, map[string]string{"Sales": "p1,p2,p3", "Sales / EMEA": "p2,p3"}},
		"depth":   {plan.UnitRules{Make: plan.Subtree}, map[string]string{"Sales": "p1,p2,p3"}},
		"name":    {plan.UnitRules{Make: plan.Subtree, Depth: -1, Name: "MDM-{ou}"}, map[string]string{"MDM-Sales": "p1,p2,p3", "MDM-EMEA": "p2,p3"}},
		"under":   {plan.UnitRules{Make: plan.Children, Depth: -1, Under: []string{"ou=emea,ou=sales"}}, map[string]string{"EMEA": "p2,p3"}},
		"empty":   {plan.UnitRules{Make: plan.Children, Depth: 0, KeepEmpty: true}, map[string]string{"Sales": "p1", "Void": ""}},
		"none":    {plan.UnitRules{}, map[string]string{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := &world{rules: rules(), entries: []plan.Entry{
				in("p1", "ou=sales"), in("p2", "ou=emea,ou=sales"), in("p3", "ou=emea,ou=sales"), person("p4", "u4"),
				unit("o1", "ou=sales", "Sales"), unit("o2", "ou=emea,ou=sales", "EMEA"), unit("o3", "ou=void", "Void"),
			}}
			w.rules.Groups.Units = tt.rules
			membersOf(t, w)
			got := map[string]string{}
			for _, r := range w.resources {
				if r.Kind != plan.Group {
					continue
				}
				var ids []string
				for _, m := range r.Members {
					ids = append(ids, string(w.resources[m].ExternalID))
				}
				slices.Sort(ids)
				got[r.Name()] = strings.Join(ids, ",")
			}
			if !maps.Equal(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

// TestNamesByMap: a person and a group whose names collide are given others.
func TestNamesByMap(t *testing.T) {
	t.Parallel()
	w := &world{rules: rules(), entries: []plan.Entry{person("p1", "ann"), person("p2", "ANN"), group("g1", "Leads"), group("g2", "Leads")}}
	w.rules.UserNames = map[string]string{"id=p2": "ann2"}
	w.rules.Groups.Names = map[string]string{"g2": "Leads of the club"}
	_, got := decide(t, w)
	var names []string
	for _, s := range got.steps {
		names = append(names, s.Name)
	}
	if want := []string{"ann", "ann2", "Leads", "Leads of the club"}; !slices.Equal(names, want) {
		t.Errorf("got %v, want %v", names, want)
	}
}
