package plan

import (
	"fmt"
	"maps"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"
)

// holding works out who belongs to the settings that have members.
func (d *decider) holding() error {
	for _, id := range slices.Sorted(maps.Keys(d.settings)) {
		s := d.settings[id]
		rule := s.rule
		switch rule.Holds {
		case HoldsGroups, HoldsPeople:
			d.hold(s)
			if err := d.decideHolding(s); err != nil {
				return err
			}
		case Tries:
			if until := d.settings[rule.Until]; s.class != Blocked && (until == nil || until.class != Unchanged) {
				d.tries = append(d.tries, s)
			}
		case "":
		}
		if err := d.decision(s.decision()); err != nil {
			return err
		}
	}
	return nil
}

func (s *setting) decision() Decision {
	c := Decision{Kind: Setting, Object: s.rule.ID, Name: s.rule.Name, Class: s.class, Code: s.code}
	if len(s.have) == 1 {
		c.Remote = s.have[0].RemoteID
	}
	return c
}

// held is who should be members of a setting and are not.
type heldBy struct {
	people *roaring.Bitmap
	groups []int
}

// hold works out who should become a member: groups of the plan first, and
// people who are in none of them.
func (d *decider) hold(s *setting) {
	h := &heldBy{people: d.roster.part.Clone()}
	strangers := len(s.members)
	if s.rule.Holds == HoldsGroups {
		for i := range d.teams {
			t := &d.teams[i]
			if t.decision.Class == Blocked || t.decision.Class == Excluded {
				continue
			}
			people, _ := d.wanted(&d.graph.groups[i])
			h.people.AndNot(people)
			if t.decision.Remote != "" && s.members[t.decision.Remote] {
				strangers--
			} else {
				h.groups = append(h.groups, i)
			}
		}
	}
	for id := range s.members {
		if n, ours := d.roster.byRemote.of(d.keyOf(string(id))); ours {
			if d.roster.part.Contains(n) {
				strangers--
			}
			h.people.Remove(n)
		}
	}
	s.strangers = strangers
	s.lacks = h
}

// decideHolding gives the setting its class, and says who is a member beside
// those of the plan.
func (d *decider) decideHolding(s *setting) error {
	if s.class == Unchanged && (len(s.lacks.groups) > 0 || !s.lacks.people.IsEmpty()) {
		s.class = ToUpdate
	}
	if s.strangers == 0 {
		return nil
	}
	return d.finding(Finding{
		Code: Scope, Severity: Note, Sentence: fmt.Sprintf("%s beside those of the plan; left alone", count(s.strangers, "member")),
		Remedy: "nothing to do, unless they should not be provisioned",
	}.about(s.entry()))
}

// sendHoldings sends who becomes a member in one wave: groups in one phase,
// people in the next, so that people are members of what is known.
func (d *decider) sendHoldings(wave uint8) error {
	for _, rule := range d.in.Rules.Settings {
		s := d.settings[rule.ID]
		if s.lacks == nil || s.class == Blocked {
			continue
		}
		var groups []ExternalID
		for _, i := range s.lacks.groups {
			if d.teams[i].wave == wave {
				groups = append(groups, d.teams[i].decision.Object)
			}
		}
		people := d.idsOf(s.lacks.people, func(p uint32) bool { return d.roster.wave[p] == wave })
		for _, ids := range [][]ExternalID{groups, people} {
			d.phase++
			for chunk := range slices.Chunk(ids, max(1, rule.Chunk)) {
				if err := d.step(s.memberStep(AddMembers, ReasonUnassigned, chunk), wave); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (s *setting) memberStep(a Action, why Reason, members []ExternalID) Step {
	step := Step{Action: a, Kind: Setting, Object: s.rule.ID, Name: s.rule.Name, Reason: why, Needs: s.rule.Needs, Members: members}
	if len(s.have) == 1 {
		step.Remote = s.have[0].RemoteID
	}
	return step
}

// sendTries sends one step for each of the first people of the first wave that
// has anybody.
func (d *decider) sendTries(wave uint8) error {
	for _, s := range d.tries {
		if s.tried {
			continue
		}
		people := d.idsOf(d.roster.part, func(p uint32) bool { return d.roster.wave[p] == wave })
		if len(people) == 0 {
			continue
		}
		s.tried = true
		d.phase++
		for _, id := range people[:min(len(people), s.rule.Most)] {
			if err := d.step(s.memberStep(Try, ReasonCanary, []ExternalID{id}), wave); err != nil {
				return err
			}
		}
	}
	return nil
}
