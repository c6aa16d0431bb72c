package plan

import (
	"fmt"
	"slices"
)

// groups decides the groups, and after all of them their membership.
func (d *decider) groups() error {
	var decided []Decision // a group's class is known when its members are
	groupDNs := map[key]bool{}
	adopted := map[ExternalID]Resource{}
	err := d.objects(Group, func(o outcome) error {
		decided = append(decided, o.decision())
		groupDNs[keyOf(o.want.entry.Key)] = true
		if o.class == ToAdopt {
			adopted[o.want.entry.ID] = o.have[0]
		}
		return nil
	})
	if err != nil {
		return err
	}
	i := 0
	return d.matches(Group, ignore, func(m match) error {
		c := decided[i]
		i++
		if have, ok := adopted[c.Object]; ok {
			m.have = []Resource{have}
		}
		if c.Class != Blocked {
			members := d.members(m, groupDNs)
			changed, err := d.membership(c, m, members)
			if err != nil {
				return err
			}
			if changed && c.Class == Unchanged {
				c.Class = ToUpdate
			}
		}
		return d.decision(c)
	})
}

// members are the people of a group, sorted by number, and what stands in its
// member list besides.
type members struct {
	people            []uint32
	out               int // blocked or excluded people
	nested, elsewhere int
}

// members looks up who the direct members are.
func (d *decider) members(m match, groupDNs map[key]bool) members {
	var found members
	for _, dn := range m.want.entry.Members {
		k := keyOf(dn)
		n, person := d.roster.byDN[k]
		switch {
		case person && d.roster.takesPart(n):
			found.people = append(found.people, n)
		case person:
			found.out++
		case groupDNs[k]:
			found.nested++
		default:
			found.elsewhere++
		}
	}
	slices.Sort(found.people)
	found.people = slices.Compact(found.people)
	return found
}

// findings says what of the member list is not provisioned.
func (found members) findings(e Entry) []Finding {
	var fs []Finding
	say := func(n int, s Severity, sentence, remedy string) {
		if n > 0 {
			f := Finding{Code: GroupRules, Severity: s, Sentence: sentence + " (" + count(n, "member") + ")", Remedy: remedy}
			fs = append(fs, f.about(e))
		}
	}
	say(found.nested, Warn, "nested groups are not provisioned", "add their people to this group in the directory")
	say(found.out, Note, "people who are blocked or excluded will not be in it", "see the findings on those people")
	say(found.elsewhere, Warn, "members that were not found among the people and groups that were read", "widen the search bases, or remove members that no longer exist")
	return fs
}

// membership sends the steps that bring a group's members from have to want,
// and tells whether there are any.
func (d *decider) membership(c Decision, m match, want members) (bool, error) {
	for _, f := range want.findings(m.want.entry) {
		if err := d.finding(f); err != nil {
			return false, err
		}
	}
	have := d.present(m)
	add := d.names(minus(want.people, have))
	var remove []ExternalID
	if !d.sum.Cautious {
		gone := minus(have, want.people)
		// A person who is blocked or excluded stays where they are.
		gone = slices.DeleteFunc(gone, func(n uint32) bool { return !d.roster.takesPart(n) })
		remove = d.names(gone)
	}
	base := Step{Kind: Group, Object: c.Object, Name: c.Name, Remote: c.Remote}
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
	if err := replayMembers(d.names(have), d.names(want.people), remove, steps); err != nil {
		return false, fmt.Errorf("group %s: %w", m.want.entry.DN, err)
	}
	for _, s := range steps {
		if err := d.step(s); err != nil {
			return false, err
		}
	}
	return len(steps) > 0, nil
}

// present returns the members that the destination's group has now and that
// the snapshot knows. Others are strangers and are left alone.
func (d *decider) present(m match) []uint32 {
	if len(m.have) != 1 {
		return nil
	}
	var known []uint32
	for _, id := range m.have[0].Members {
		if n, ok := d.roster.byRemote[keyOf(string(id))]; ok {
			known = append(known, n)
		}
	}
	slices.Sort(known)
	return slices.Compact(known)
}

func (d *decider) names(people []uint32) []ExternalID {
	ids := make([]ExternalID, len(people))
	for i, n := range people {
		ids[i] = d.roster.ids[n]
	}
	return ids
}

// minus returns the elements of a that are not in b; both are sorted.
func minus(a, b []uint32) []uint32 {
	var rest []uint32
	for _, n := range a {
		for len(b) > 0 && b[0] < n {
			b = b[1:]
		}
		if len(b) == 0 || b[0] != n {
			rest = append(rest, n)
		}
	}
	return rest
}
