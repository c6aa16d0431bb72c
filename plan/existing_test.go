package plan_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"ldap2scim/plan"
)

// existing makes of rules those of a road on which people are found, one
// attribute is written, and the destination has settings of its own.
func existing(r plan.Rules) plan.Rules {
	r.Existing = &plan.Existing{Where: "Entra ID", Maker: "let Entra Connect make this person", Writes: map[string]plan.ExternalID{custom: "extension"}, Reads: []string{plan.WorkEmail, plan.FamilyName, plan.GivenName, plan.UserName}}
	r.Settings = []plan.SettingRule{
		{ID: "application", Name: "application", Stage: plan.StageBefore, Want: plan.Fields{"displayName": "MDM"}},
		{ID: "extension", Name: "attribute", Stage: plan.StageBefore, Needs: []plan.ExternalID{"application"}},
		{ID: "role", Name: "assignments", Stage: plan.StageBefore, Needs: []plan.ExternalID{"application"}, Holds: plan.HoldsGroups, Chunk: 2},
		{ID: "canary", Name: "canary", Stage: plan.StageWave, Needs: []plan.ExternalID{"application"}, Holds: plan.Tries, Most: 2, Until: "start"},
		{ID: "start", Name: "start", Stage: plan.StageAfter, Needs: []plan.ExternalID{"application"}, Want: plan.Fields{"state": "Active"}},
	}
	return r
}

// there puts a person of the directory into the destination.
func (w *world) there(e plan.Entry, facts plan.Fields) plan.RemoteID {
	f := plan.Fields{plan.UserName: e.First("uid"), plan.GivenName: e.First("givenname"), plan.FamilyName: e.First("sn"), plan.WorkEmail: e.First("mail"), plan.Active: "true"}
	for path, v := range f {
		if v == "" {
			delete(f, path)
		}
	}
	for path, v := range facts {
		f[path] = v
	}
	return w.put(plan.Resource{Kind: plan.Person, ExternalID: e.ID, Fields: f})
}

// TestExisting: on a road where people are found, one of everything.
func TestExisting(t *testing.T) {
	t.Parallel()
	ada, bob, cid := person("p1", "ada", "costcode", "c1"), person("p2", "bob", "costcode", "c2"), person("p3", "cid")
	for _, tt := range []struct {
		name  string
		facts plan.Fields
		entry plan.Entry
		code  plan.Code // "" for none
		class plan.Class
		after plan.Fields
	}{
		{"a cloud account gets its attribute", nil, ada, "", plan.ToUpdate, plan.Fields{custom: "c1"}},
		{"a synced account is work for another", plan.Fields{plan.FactOwner: "Entra Connect"}, bob, plan.Owned, plan.Unchanged, nil},
		{"a synced account that has it is right", plan.Fields{plan.FactOwner: "Entra Connect", custom: "c2"}, bob, "", plan.Unchanged, nil},
		{"a name that differs is left as it is there", plan.Fields{plan.GivenName: "Robert"}, cid, plan.Drift, plan.Unchanged, nil},
		{"another userName would make a second account", plan.Fields{plan.UserName: "cid@example.com"}, cid, plan.Renamed, plan.Blocked, nil},
		{"a guest", plan.Fields{plan.FactUnfit: "a guest"}, cid, plan.Unfit, plan.Blocked, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := &world{entries: []plan.Entry{tt.entry}, rules: existing(rules())}
			w.there(tt.entry, tt.facts)
			_, got := decide(t, w)
			if i := slices.IndexFunc(got.findings, func(f plan.Finding) bool { return f.Object == tt.entry.ID }); (i >= 0) != (tt.code != "") || i >= 0 && got.findings[i].Code != tt.code {
				t.Errorf("findings %+v, want code %q", got.findings, tt.code)
			}
			if c := got.decisions[0]; c.Class != tt.class {
				t.Errorf("class %s, want %s", c.Class, tt.class)
			}
			i := slices.IndexFunc(got.steps, func(s plan.Step) bool { return s.Kind == plan.Person })
			if (i >= 0) != (tt.after != nil) {
				t.Fatalf("steps %+v, want %v", got.steps, tt.after)
			}
			if i >= 0 && (fmt.Sprint(got.steps[i].After) != fmt.Sprint(tt.after) || !slices.Equal(got.steps[i].Needs, []plan.ExternalID{"extension"})) {
				t.Errorf("step %+v, want %v", got.steps[i], tt.after)
			}
		})
	}
}

// TestNobodyIsMade: who is not there is blocked, and is in no group.
func TestNobodyIsMade(t *testing.T) {
	t.Parallel()
	w := &world{entries: []plan.Entry{person("p1", "ada"), group("g1", "Staff", "p1")}, rules: existing(rules())}
	_, got := decide(t, w)
	if got.decisions[0].Code != plan.NotThere || slices.ContainsFunc(got.steps, func(s plan.Step) bool {
		return s.Kind == plan.Person || s.Action == plan.AddMembers && s.Kind == plan.Group
	}) {
		t.Errorf("decision %+v, steps %+v", got.decisions[0], got.steps)
	}
}

// TestOrderOfSettings: what the destination must have comes first, assignments
// after memberships, groups before people, the start last.
func TestOrderOfSettings(t *testing.T) {
	t.Parallel()
	ada, bob, cid := person("p1", "ada"), person("p2", "bob"), person("p3", "cid")
	w := &world{entries: []plan.Entry{ada, bob, cid, group("g1", "Staff", "p1")}, rules: existing(rules())}
	w.rules.Waves = []plan.Wave{{Name: "pilot", People: []string{"p1"}}}
	for _, e := range []plan.Entry{ada, bob, cid} {
		w.there(e, nil)
	}
	_, got := decide(t, w)
	var order []string
	for _, s := range got.steps {
		order = append(order, fmt.Sprintf("%c %s %v %s", s.Action, s.Object, s.Members, s.Wave))
	}
	want := []string{
		"+ application [] pilot", "+ extension [] pilot", "+ role [] pilot", "+ g1 [] pilot", "> g1 [p1] pilot",
		"> role [g1] pilot", "? canary [p1] pilot", "> role [p2 p3] rest", "+ start [] rest",
	}
	if strings.Join(order, "\n") != strings.Join(want, "\n") {
		t.Errorf("steps\n%s\nwant\n%s", strings.Join(order, "\n"), strings.Join(want, "\n"))
	}
	for i := range got.steps[1:] {
		if got.steps[i].Kind == plan.Setting && got.steps[i+1].Phase <= got.steps[i].Phase {
			t.Errorf("%s and %s are in one phase", order[i], order[i+1])
		}
	}
}

// TestUnmet: what cannot be set is a finding, refuses the plan where it should,
// and blocks what needs it.
func TestUnmet(t *testing.T) {
	t.Parallel()
	w := &world{rules: existing(rules())}
	w.rules.Settings = append(w.rules.Settings, plan.SettingRule{ID: "writers", Name: "other writers", Stage: plan.StageBefore, Want: plan.Fields{"others": "none"}, Unmet: &plan.Unmet{
		Code: plan.LDAPEnabled, Severity: plan.Block, Sentence: "something else writes", Remedy: "pause it", Hazard: plan.HazardSecondWriter,
	}})
	w.put(plan.Resource{Kind: plan.Setting, ExternalID: "writers", Fields: plan.Fields{"others": "one", plan.FactWhy: "App B"}})
	sum, got := decide(t, w)
	if sum.Hazards[plan.HazardSecondWriter] != 1 || !slices.ContainsFunc(got.findings, func(f plan.Finding) bool { return f.Sentence == "something else writes: App B" }) {
		t.Errorf("hazards %v, findings %+v", sum.Hazards, got.findings)
	}
	for range 2 {
		w.put(plan.Resource{Kind: plan.Setting, ExternalID: "application", Fields: plan.Fields{"displayName": "MDM"}})
	}
	if _, got = decide(t, w); len(got.steps) != 0 {
		t.Errorf("two applications, and still steps: %+v", got.steps)
	}
}

// TestLockedGroup: the members of a group that somebody else owns are left
// alone, and what differs is said.
func TestLockedGroup(t *testing.T) {
	t.Parallel()
	ada := person("p1", "ada")
	w := &world{entries: []plan.Entry{ada, group("g1", "Staff", "p1")}, rules: existing(rules())}
	w.there(ada, nil)
	w.put(plan.Resource{Kind: plan.Group, ExternalID: "g1", Fields: plan.Fields{plan.DisplayName: "Staff", plan.FactOwner: "Entra Connect"}})
	_, got := decide(t, w)
	if slices.ContainsFunc(got.steps, func(s plan.Step) bool { return s.Kind == plan.Group }) {
		t.Errorf("steps on a locked group: %+v", got.steps)
	}
	if !slices.ContainsFunc(got.findings, func(f plan.Finding) bool { return f.Code == plan.GroupCheck && f.Object == "g1" }) {
		t.Errorf("nothing is said: %+v", got.findings)
	}
}

// FuzzExistingLaws holds random plans of this road against laws 1, 2 and 6.
func FuzzExistingLaws(f *testing.F) {
	for seed := range uint64(200) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		r := rand.New(rand.NewPCG(seed, 3))
		w := randomWorld(r)
		w.rules = existing(w.rules)
		if r.IntN(2) == 0 {
			w.rules.Settings[2].Holds = plan.HoldsPeople
		}
		for _, s := range w.rules.Settings {
			if r.IntN(4) == 0 && s.Holds != plan.Tries {
				w.put(plan.Resource{Kind: plan.Setting, ExternalID: s.ID, RemoteID: plan.RemoteID("s-" + s.ID), Fields: plan.Fields{"displayName": "other"}})
			}
		}
		for id, res := range w.resources {
			switch {
			case r.IntN(6) == 0 && res.Kind != plan.Setting:
				res.Fields[plan.FactUnfit] = "a guest"
			case r.IntN(4) == 0 && res.Kind != plan.Setting:
				res.Fields[plan.FactOwner] = "Entra Connect"
			}
			w.resources[id] = res
		}
		sum, first := decide(t, w)
		if again, _ := decide(t, w); again.Digest != sum.Digest {
			t.Fatal("the same input gives another plan")
		}
		if len(first.decisions) != len(w.entries)+len(w.rules.Settings) {
			t.Fatalf("%d decisions on %d entries", len(first.decisions), len(w.entries))
		}
		for i, s := range first.steps {
			if s.Action == plan.Try {
				continue
			}
			if s.Action == plan.Create && s.Kind == plan.Person || s.Action == plan.Take && s.Hazard == plan.HazardDeactivate {
				t.Fatalf("step %d makes or ends a person: %+v", i, s)
			}
			for _, need := range s.Needs {
				if w.find(need) == "" {
					t.Fatalf("step %d (%c %s) needs %s, which is not there yet", i, s.Action, s.Name, need)
				}
			}
			if err := w.carryOut(s); err != nil {
				t.Fatalf("step %d (%c %s %s): %v", i, s.Action, s.Kind, s.Name, err)
			}
		}
		if _, after := decide(t, w); len(after.steps) > 0 {
			t.Fatalf("after applying %d steps, a new plan has %+v", len(first.steps), after.steps)
		}
	})
}

// TestFirstCycle: what the destination provisions further takes as long as its
// maker says of people, groups and memberships together.
func TestFirstCycle(t *testing.T) {
	t.Parallel()
	people := []plan.Entry{person("p1", "ada"), person("p2", "bob"), person("p3", "cid")}
	w := &world{entries: append(people, group("g1", "Staff", "p1", "p2"), person("p4", "dan")), rules: existing(rules())}
	w.rules.Quota.Cycle = plan.Cycle{Least: 0.6, Most: 4.8}
	for _, e := range people { // and Dan is not there
		w.there(e, nil)
	}
	sum, _ := decide(t, w)
	if e := sum.Estimate; e.InScope != 3+1+2 || math.Abs(e.Cycle.Least-6*0.6) > 1e-9 || math.Abs(e.Cycle.Most-6*4.8) > 1e-9 {
		t.Errorf("estimate %+v", e)
	}
}
