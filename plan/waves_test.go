package plan_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"ldap2scim/plan"
)

// TestWaves: a wave's people come with their groups and memberships, before
// the next wave begins.
func TestWaves(t *testing.T) {
	t.Parallel()
	w := &world{rules: rules(), entries: []plan.Entry{
		person("p1", "u1"), person("p2", "u2"), person("p3", "u3"), person("p4", "u4"),
		group("g1", "Pilots", "p2"), group("g2", "All", "p1", "p2", "p3", "p4"), group("g3", "Late", "p4"),
	}}
	w.rules.Waves = []plan.Wave{{Name: "pilot", Groups: []string{"g1"}}, {Name: "second", People: []string{"U3"}}}
	sum, got := decide(t, w)
	var lines []string
	for _, s := range got.steps {
		lines = append(lines, fmt.Sprintf("%s %c %s %s", s.Wave, s.Action, s.Object, s.Members))
	}
	want := []string{
		"pilot + p2 []", "pilot + g1 []", "pilot + g2 []", "pilot > g1 [p2]", "pilot > g2 [p2]",
		"second + p3 []", "second > g2 [p3]",
		"rest + p1 []", "rest + p4 []", "rest + g3 []", "rest > g2 [p1 p4]", "rest > g3 [p4]",
	}
	if !slices.Equal(lines, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(lines, "\n"), strings.Join(want, "\n"))
	}
	if got := fmt.Sprint(sum.Waves); got != "[{pilot 1 5} {second 1 2} {rest 2 5}]" {
		t.Errorf("waves %s", got)
	}
}

// TestWaveByExpression: people are picked by what their entry says.
func TestWaveByExpression(t *testing.T) {
	t.Parallel()
	w := &world{rules: rules(), entries: []plan.Entry{person("p1", "u1", "costcode", "7"), person("p2", "u2"), person("p3", "u3", "costcode", "8")}}
	w.rules.Waves = []plan.Wave{{Name: "seven", Expression: `first("costcode") == "7"`}}
	sum, got := decide(t, w)
	if sum.Waves[0].People != 1 || got.steps[0].Object != "p1" || got.steps[0].Wave != "seven" || got.steps[1].Wave != plan.Rest {
		t.Errorf("waves %+v, steps %+v", sum.Waves, got.steps)
	}
	w.rules.Waves[0].Expression = `first("shoesize") == "42"`
	if names := w.rules.Attributes(plan.Person); !slices.Contains(names, "shoesize") {
		t.Errorf("the snapshot reads %v", names)
	}
	for _, wrong := range []string{`first("costcode")`, `1 +`} {
		w.rules.Waves[0].Expression = wrong
		if err := w.rules.Validate(); err == nil || !strings.Contains(err.Error(), `wave "seven": the expression, at line 1`) {
			t.Errorf("%s: %v", wrong, err)
		}
	}
}

// TestPercentWave: the same people every time, about as many as asked.
func TestPercentWave(t *testing.T) {
	t.Parallel()
	w := &world{rules: rules()}
	for i := range 2000 {
		w.entries = append(w.entries, person(fmt.Sprintf("p%04d", i), fmt.Sprintf("u%d", i)))
	}
	w.rules.Waves = []plan.Wave{{Name: "tenth", Percent: 10}}
	sum, first := decide(t, w)
	if n := sum.Waves[0].People; n < 150 || n > 250 {
		t.Errorf("%d of 2000 are a tenth", n)
	}
	w.rules.Waves[0].Percent = 20
	_, second := decide(t, w)
	pilots := func(steps []plan.Step) []plan.ExternalID {
		var ids []plan.ExternalID
		for _, s := range steps {
			if s.Wave == "tenth" {
				ids = append(ids, s.Object)
			}
		}
		return ids
	}
	for _, id := range pilots(first.steps) {
		if !slices.Contains(pilots(second.steps), id) {
			t.Fatalf("%s is in a tenth and not in a fifth", id)
		}
	}
}

func TestGuards(t *testing.T) {
	t.Parallel()
	build := func(members, blocked, disabled int) *world {
		w := &world{rules: rules()}
		g := group("g1", "Crew")
		have := plan.Resource{Kind: plan.Group, RemoteID: "rg", ExternalID: "g1", Fields: plan.Fields{plan.DisplayName: "Crew"}}
		for i := range 100 {
			id := fmt.Sprintf("p%03d", i)
			e := person(id, "u"+id)
			if i < members {
				g.Members = append(g.Members, e.Key)
			}
			if i >= 100-blocked {
				delete(e.Attrs, "mail")
			}
			if i < disabled {
				e.Attrs["nsaccountlock"] = []string{"true"}
			}
			w.entries = append(w.entries, e)
			have.Members = append(have.Members, plan.RemoteID("r"+id))
			w.put(plan.Resource{Kind: plan.Person, RemoteID: plan.RemoteID("r" + id), ExternalID: e.ID, Fields: plan.Fields{
				plan.UserName: "u" + id, plan.GivenName: "G" + id, plan.FamilyName: "S" + id, plan.WorkEmail: id + "@example.com", plan.Active: "true",
			}})
		}
		w.entries = append(w.entries, g)
		w.put(have)
		return w
	}
	for name, tt := range map[string]struct {
		w      *world
		before int
		want   string
	}{
		"nothing":           {build(100, 0, 0), 100, "map[]"},
		"a few removals":    {build(95, 0, 0), 0, "map[remove-members:1]"},
		"many removals":     {build(50, 0, 0), 0, "map[many-removals:2 remove-members:1]"},
		"many deactivated":  {build(100, 0, 20), 0, "map[deactivate:20 many-deactivations:1]"},
		"many blocked":      {build(100, 30, 0), 0, "map[many-blocked:1]"},
		"shrunk":            {build(100, 0, 0), 200, "map[shrunk-snapshot:1]"},
		"shrunk, a little":  {build(100, 0, 0), 105, "map[]"},
		"too small, as set": {func() *world { w := build(100, 0, 0); w.rules.Guards.People = 500; return w }(), 0, "map[small-snapshot:1]"},
		"switched off":      {func() *world { w := build(100, 30, 0); w.rules.Guards.BlockedPercent = -1; return w }(), 0, "map[]"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tt.w.rules.MembersPerRequest = 100
			in := tt.w.input()
			in.Snapshot.Before = tt.before
			var got record
			sum, err := plan.Decide(in, &got)
			if err != nil {
				t.Fatal(err)
			}
			if got := fmt.Sprint(sum.Hazards); got != tt.want {
				t.Errorf("hazards %s, want %s", got, tt.want)
			}
			for _, f := range got.findings {
				if f.Code == plan.GuardHit && (f.Severity != plan.Block || !strings.Contains(f.Remedy, "--allow ")) {
					t.Errorf("finding %+v", f)
				}
			}
		})
	}
}
