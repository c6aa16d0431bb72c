package plan

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"
)

// team is what is kept of a group between the passes.
type team struct {
	decision Decision
	wave     uint8
	// locked says who alone may change its members, or is "".
	locked string
}

// groups decides the groups, and the units that become groups, with their
// membership.
func (d *decider) groups() error {
	d.graph = &graph{keys: d.keys, number: map[key]uint32{}}
	err := d.decideAll(Group, func(o *outcome) error {
		e := o.want.entry
		var people []uint32
		if e.Kind == Unit {
			people = d.units.of(e).people
		}
		d.graph.join(e, d.in.Rules.Groups.nesting(e), people)
		d.teams = append(d.teams, team{decision: o.decision(), locked: locked(o.have)})
		return nil
	})
	if err != nil {
		return err
	}
	if err := d.connect(); err != nil {
		return err
	}
	d.assignWaves()
	for i := range d.teams {
		if err := d.decideMembers(&d.teams[i], &d.graph.groups[i]); err != nil {
			return err
		}
	}
	d.names[Group].wait(func(by, holder ExternalID) {
		if b, h := d.team(by), d.team(holder); b != nil && h != nil {
			b.wave = max(b.wave, h.wave)
		}
	})
	return nil
}

// team finds a group by its ID.
func (d *decider) team(id ExternalID) *team {
	i, found := slices.BinarySearchFunc(d.teams, id, func(t team, id ExternalID) int { return cmp.Compare(t.decision.Object, id) })
	if !found {
		return nil
	}
	return &d.teams[i]
}

// decideMembers says what of a group's membership changes, and gives the
// group's decision.
func (d *decider) decideMembers(t *team, n *node) error {
	c := &t.decision
	if c.Class == Blocked || c.Class == Excluded {
		return d.decision(*c)
	}
	people, out := d.wanted(n)
	for _, f := range d.graph.findings(n, out) {
		if err := d.finding(f); err != nil {
			return err
		}
	}
	t.wave = d.firstWave(people)
	add, remove := d.change(people, n.have)
	if t.locked != "" {
		if !add.IsEmpty() || !remove.IsEmpty() {
			if err := d.finding(lockedFinding(t.locked, add.GetCardinality(), remove.GetCardinality()).about(n.entry)); err != nil {
				return err
			}
		}
		add, remove = roaring.New(), roaring.New()
	}
	if err := d.guards.membership(n, remove); err != nil {
		return err
	}
	if c.Class == Unchanged && add.GetCardinality()+remove.GetCardinality() > 0 {
		c.Class = ToUpdate
	}
	d.sum.Direct += int(n.people.GetCardinality())
	d.sum.Flat += int(people.GetCardinality())
	return d.decision(*c)
}

// firstWave is the first wave in which one of the people is, the last when
// there is nobody.
func (d *decider) firstWave(people *roaring.Bitmap) uint8 {
	first := uint8(len(d.in.Rules.Waves))
	if first == 0 {
		return 0
	}
	people.Iterate(func(p uint32) bool {
		first = min(first, d.roster.wave[p])
		return first > 0
	})
	return first
}

// change returns whom to add and whom to remove. A person who is blocked or
// excluded stays where they are, and from an incomplete read nobody is
// removed.
func (d *decider) change(want, have *roaring.Bitmap) (add, remove *roaring.Bitmap) {
	add = roaring.AndNot(want, have)
	if d.sum.Cautious {
		return add, roaring.New()
	}
	remove = roaring.AndNot(have, want)
	remove.And(d.roster.part)
	return add, remove
}

// sendMembers sends the membership of all groups in one wave.
func (d *decider) sendMembers(wave uint8) error {
	for i := range d.teams {
		t, n := &d.teams[i], &d.graph.groups[i]
		if t.decision.Class == Blocked || t.decision.Class == Excluded || t.decision.Class == Unchanged || t.locked != "" {
			continue
		}
		want, _ := d.wanted(n)
		add, remove := d.change(want, n.have)
		if add.IsEmpty() && remove.IsEmpty() {
			continue
		}
		// Nobody joins before the group is there.
		due := func(p uint32) bool { return max(d.roster.wave[p], t.wave) == wave }
		steps := d.memberSteps(t, d.idsOf(add, due), d.idsOf(remove, due))
		if err := d.roster.ids.replayMembers(numbersOf(n.have, due), numbersOf(want, due), numbersOf(remove, due), steps); err != nil {
			return fmt.Errorf("group %s: %w", n.entry.DN, err)
		}
		for _, s := range steps {
			if err := d.step(s, wave); err != nil {
				return err
			}
		}
	}
	return nil
}

// memberSteps makes one step for each request.
func (d *decider) memberSteps(t *team, add, remove []ExternalID) []Step {
	base := Step{Kind: Group, Of: of(t.decision.Kind), Object: t.decision.Object, Name: t.decision.Name, Remote: t.decision.Remote}
	var steps []Step
	for chunk := range slices.Chunk(add, d.in.Rules.MembersPerRequest) {
		s := base
		s.Action, s.Reason, s.Members = AddMembers, ReasonMembersMissing, chunk
		steps = append(steps, s)
	}
	for chunk := range slices.Chunk(remove, d.in.Rules.MembersPerRequest) {
		s := base
		s.Action, s.Reason, s.Members, s.Hazard = Take, ReasonMembersExtra, chunk, HazardRemoveMembers
		steps = append(steps, s)
	}
	return steps
}

// idsOf names the people who are due by their IDs.
func (d *decider) idsOf(numbers *roaring.Bitmap, due func(uint32) bool) []ExternalID {
	if numbers.IsEmpty() {
		return nil
	}
	ids := make([]ExternalID, 0, numbers.GetCardinality())
	numbers.Iterate(func(p uint32) bool {
		if due(p) {
			ids = append(ids, d.roster.ids.at(p))
		}
		return true
	})
	return ids
}

// numbersOf lists the people who are due.
func numbersOf(numbers *roaring.Bitmap, due func(uint32) bool) []uint32 {
	list := make([]uint32, 0, numbers.GetCardinality())
	numbers.Iterate(func(p uint32) bool {
		if due(p) {
			list = append(list, p)
		}
		return true
	})
	return list
}
