package plan

import (
	"fmt"

	"github.com/RoaringBitmap/roaring/v2"
)

// Guards refuse a plan that does more than anybody would expect. They count
// what is taken away, never less what is added. A zero field is its default;
// a negative one switches its guard off.
type Guards struct {
	// RemovalPercent is the largest share of all memberships at the
	// destination that may be removed (10), GroupRemovalPercent that of one
	// group (30), DeactivationPercent the largest share of its people who may
	// be deactivated (5).
	RemovalPercent      float64 `json:"removalPercent,omitempty"`
	GroupRemovalPercent float64 `json:"groupRemovalPercent,omitempty"`
	DeactivationPercent float64 `json:"deactivationPercent,omitempty"`
	// BlockedPercent is the largest share of people who may be blocked (10).
	BlockedPercent float64 `json:"blockedPercent,omitempty"`
	// ShrinkPercent is how much fewer people than the snapshot before a
	// snapshot may show (10).
	ShrinkPercent float64 `json:"shrinkPercent,omitempty"`
	// People is the smallest snapshot, in people (1).
	People int `json:"people,omitempty"`
	// Floor is how many may always be taken away, since percentages mean
	// nothing for small numbers (10).
	Floor int `json:"floor,omitempty"`
}

// Hazards of a plan as a whole.
const (
	HazardManyRemovals      Hazard = "many-removals"
	HazardManyDeactivations Hazard = "many-deactivations"
	HazardManyBlocked       Hazard = "many-blocked"
	HazardShrunk            Hazard = "shrunk-snapshot"
	HazardSmall             Hazard = "small-snapshot"
)

// guarding counts while a plan is made.
type guarding struct {
	rules                 Guards
	d                     *decider
	memberships, removals int
}

func (g Guards) withDefaults() Guards {
	for _, f := range []struct {
		at    *float64
		usual float64
	}{{&g.RemovalPercent, 10}, {&g.GroupRemovalPercent, 30}, {&g.DeactivationPercent, 5}, {&g.BlockedPercent, 10}, {&g.ShrinkPercent, 10}} {
		if *f.at == 0 {
			*f.at = f.usual
		}
	}
	if g.Floor == 0 {
		g.Floor = 10
	}
	if g.People == 0 {
		g.People = 1
	}
	return g
}

// exceeded tells whether n of total is over a limit.
func (g *guarding) exceeded(n, total int, percent float64) bool {
	return percent >= 0 && n > g.rules.Floor && float64(n)*100 > percent*float64(total)
}

// membership counts one group, and says when too much of it is removed.
func (g *guarding) membership(of *node, remove *roaring.Bitmap) error {
	n, total := int(remove.GetCardinality()), int(of.have.GetCardinality())
	g.memberships += total
	g.removals += n
	if !g.exceeded(n, total, g.rules.GroupRemovalPercent) {
		return nil
	}
	f := g.finding(HazardManyRemovals, n, total, "members of the group would be removed", g.rules.GroupRemovalPercent, "group_removal_percent")
	return g.d.hit(HazardManyRemovals, f.about(of.entry))
}

func (g *guarding) finding(h Hazard, n, total int, what string, percent float64, option string) Finding {
	return Finding{
		Code: GuardHit, Severity: Block,
		Sentence: fmt.Sprintf("%d of %d %s, %.1f %%; the limit is %g %%", n, total, what, 100*float64(n)/float64(max(total, 1)), percent),
		Remedy:   fmt.Sprintf("look why; if it is meant, allow it with --allow %s, or raise guards.%s", h, option),
	}
}

// hit makes a guard's finding, and a hazard that apply refuses.
func (d *decider) hit(h Hazard, f Finding) error {
	d.sum.Hazards[h]++
	return d.finding(f)
}

// check holds the whole plan against the guards.
func (g *guarding) check() error {
	r, people, blocked := g.rules, g.d.sum.Total(Person), g.d.sum.Objects[Person][Blocked]
	before := g.d.in.Snapshot.Before
	for _, c := range []struct {
		h           Hazard
		n, total    int
		percent     float64
		what, named string
	}{
		{HazardManyRemovals, g.removals, g.memberships, r.RemovalPercent, "memberships would be removed", "removal_percent"},
		{HazardManyDeactivations, g.d.sum.Objects[Person][ToDeactivate], people, r.DeactivationPercent, "people would be deactivated", "deactivation_percent"},
		{HazardManyBlocked, blocked, people, r.BlockedPercent, "people are blocked", "blocked_percent"},
		{HazardShrunk, before - people, before, r.ShrinkPercent, "people of the snapshot before are not in this one", "shrink_percent"},
	} {
		if g.exceeded(c.n, c.total, c.percent) {
			if err := g.d.hit(c.h, g.finding(c.h, c.n, c.total, c.what, c.percent, c.named)); err != nil {
				return err
			}
		}
	}
	if people >= r.People || r.People < 0 {
		return nil
	}
	return g.d.hit(HazardSmall, Finding{
		Code: GuardHit, Severity: Block, Sentence: fmt.Sprintf("the snapshot has %s; the least is %d", Person.number(people), r.People),
		Remedy: fmt.Sprintf("look why; if it is meant, allow it with --allow %s, or lower guards.people", HazardSmall),
	})
}
