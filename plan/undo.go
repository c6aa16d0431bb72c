package plan

import (
	"fmt"
	"slices"
)

// undoer is the state of one call of [Undo]. Its decider counts, rolls the
// digests and hands out.
type undoer struct {
	*decider
	in UndoInput
	// people are the destination's ids of those whom the plan knows, and
	// present whom the destination has now.
	people  map[key]key
	present map[key]bool
	names   map[Kind]*undoNames
	// groups are the destination's ids of the groups that it has of ours.
	groups map[key]key
	// values are those that people have in what a setting keeps, and cleared
	// those of them that are taken away.
	values, cleared int
	ends            ending
	// memberships and removals are counted for the guards.
	memberships, removals int
}

// Undo makes the plan that undoes what was sent of another, and gives it to out
// as it goes. What somebody else has changed since is listed and left alone.
// Like [Decide] it is pure, gives the same for the same, and holds each step on
// paper against what was there before.
func Undo(in UndoInput, out Sink) (Summary, error) {
	in.Rules.Waves = nil
	if in.Created == "" {
		in.Created = DeactivateCreated
	}
	rules, err := DigestOf(in.Rules)
	if err != nil {
		return Summary{}, err
	}
	d := &decider{keys: newKeys(), in: Input{Rules: in.Rules}, out: out, roll: newRoll(), steps: newRoll(), sum: Summary{
		Rules: rules, Inventory: in.Inventory.Digest, Undoes: &Undone{Plan: in.Past.Plan, Run: in.Past.Run, Created: in.Created},
		Objects: map[Kind]map[Class]int{}, Steps: map[Action]int{}, Hazards: map[Hazard]int{}, Findings: map[Severity]int{},
	}}
	d.guards = &guarding{rules: in.Rules.Guards.withDefaults(), d: d}
	u := &undoer{decider: d, in: in, names: map[Kind]*undoNames{}}
	for _, pass := range []func() error{u.remarks, u.look, u.decide, u.settings, u.guard, u.send} {
		if err := pass(); err != nil {
			return Summary{}, err
		}
	}
	d.sum.Content = d.steps.digest()
	d.sum.Estimate = in.Rules.Quota.estimate(d.sum.Requests(), 0)
	if err := d.roll.add(d.sum); err != nil {
		return Summary{}, err
	}
	d.sum.Digest = d.roll.digest()
	return d.sum, nil
}

// remarks are about the undoing as a whole.
func (u *undoer) remarks() error {
	all := []Finding{{
		Code: NotUndone, Severity: Note,
		Sentence: "what the destination did because of the changes is not undone: certificates that it issued again, the source of an account, what it removed with a group",
		Remedy:   "see to it at the destination",
	}}
	if u.in.Past.Later != "" {
		all = append(all, Finding{
			Code: NotUndone, Severity: Warn,
			Sentence: "plan " + u.in.Past.Later.Short() + " was applied later; what it changed again is left alone",
			Remedy:   "undo that one first: ldap2scim rollback --plan " + u.in.Past.Later.Short(),
		})
	}
	if !u.in.Inventory.Proof.Complete {
		u.sum.Cautious = true
		all = append(all, Finding{
			Code: InventoryIncomplete, Severity: Warn,
			Sentence: "the destination's listing is incomplete (" + u.in.Inventory.Proof.Why() + "); nothing is undone",
			Remedy:   "make the rollback again when the service lists all that it has",
		})
	}
	for _, f := range all {
		if err := u.finding(f); err != nil {
			return err
		}
	}
	return nil
}

// look reads who is who at the destination, and which names are taken.
func (u *undoer) look() error {
	for _, k := range []Kind{Person, Group} {
		u.names[k] = &undoNames{keys: u.keys, wanted: map[key][]ExternalID{}, releases: map[key]bool{}, holders: map[key][]key{}, blocked: map[ExternalID]bool{}}
	}
	membership := false
	err := u.each(undone(), func(t Touched) error {
		u.names[destinationKind(t.Kind)].want(u.undo(t))
		membership = membership || slices.ContainsFunc(t.Sent, func(s Sent) bool { return len(s.Step.Members) > 0 })
		return nil
	})
	if err != nil {
		return err
	}
	u.people, u.present, u.groups = map[key]key{}, map[key]bool{}, map[key]key{}
	if membership || u.in.Created == RemoveCreated && len(u.in.Rules.Settings) > 0 {
		for p, err := range u.in.Past.People {
			if err != nil {
				return fmt.Errorf("read whom the plan knows: %w", err)
			}
			u.people[u.keyOf(string(p.ID))] = u.keyOf(string(p.Remote))
		}
	}
	for _, k := range []Kind{Person, Group} {
		for _, side := range []func(Kind) resources{u.in.Inventory.Owned, u.in.Inventory.Unowned} {
			for r, err := range side(k) {
				if err != nil {
					return fmt.Errorf("read the inventory's resources of kind %s: %w", k, err)
				}
				switch {
				case k == Person:
					u.present[u.keyOf(string(r.RemoteID))] = true
					u.values += u.in.Rules.Existing.valuesOf(r.Fields)
				case r.ExternalID != "":
					u.groups[u.keyOf(string(r.ExternalID))] = u.keyOf(string(r.RemoteID))
				}
				u.names[k].hold(r)
			}
		}
	}
	if u.in.Created == RemoveCreated {
		err = u.each(undone(), func(t Touched) error {
			u.names[destinationKind(t.Kind)].release(u.outcome(t))
			return nil
		})
	}
	u.names[Person].settle()
	u.names[Group].settle()
	return err
}

// undone are the kinds of what is undone. Settings stay, but where what was made
// is removed: what they are for is not over when a plan is undone.
func undone() []Kind { return []Kind{Person, Group, Unit} }

// each gives everything of some kinds that was touched to yield.
func (u *undoer) each(ks []Kind, yield func(Touched) error) error {
	for _, k := range ks {
		for t, err := range u.in.Past.Touched(k) {
			if err != nil {
				return fmt.Errorf("read what was sent for objects of kind %s: %w", k, err)
			}
			if err := yield(t); err != nil {
				return err
			}
		}
	}
	return nil
}

// decide puts everything that was touched into its class.
func (u *undoer) decide() error {
	return u.each(undone(), func(t Touched) error {
		o := u.outcome(t)
		if err := o.replay(); err != nil {
			return err
		}
		for _, f := range o.findings {
			f.Kind, f.Object, f.Name = t.Kind, t.Object, t.Name
			if err := u.finding(f); err != nil {
				return err
			}
		}
		if t.Have != nil {
			u.memberships += len(t.Have.Members)
		}
		u.removals += len(o.take)
		u.cleared += u.in.Rules.Existing.clearedBy(o.step)
		c := Decision{Kind: t.Kind, Object: t.Object, Name: t.Name, Class: o.class, Code: o.code}
		if t.Have != nil {
			c.Remote = t.Have.RemoteID
		}
		return u.decision(c)
	})
}

// guard holds the whole against the guards.
func (u *undoer) guard() error {
	g, ended := u.guards, u.sum.Objects[Person][ToDeactivate]+u.sum.Objects[Person][ToRemove]
	for _, c := range []struct {
		h        Hazard
		n, total int
		percent  float64
		what     string
		option   string
	}{
		{HazardManyRemovals, u.removals, u.memberships, g.rules.RemovalPercent, "memberships of the groups would be removed", "removal_percent"},
		{HazardManyDeactivations, ended, len(u.present), g.rules.DeactivationPercent, "people would be deactivated or removed", "deactivation_percent"},
	} {
		if g.exceeded(c.n, c.total, c.percent) {
			if err := u.hit(c.h, g.finding(c.h, c.n, c.total, c.what, c.percent, c.option)); err != nil {
				return err
			}
		}
	}
	return nil
}

// send gives the steps in order: memberships, then groups, then people, the
// reverse of the order in which they were made. Of each kind those come last
// that give a name back, in the reverse order of the hand-overs. Settings that
// end do so before all, and those that were made go after all.
func (u *undoer) send() error {
	for _, s := range u.ends.first {
		u.phase++
		if err := u.hand(s); err != nil {
			return err
		}
	}
	u.phase++
	err := u.each([]Kind{Group, Unit}, func(t Touched) error { return u.hand(u.outcome(t).memberSteps(u.in.Rules.MembersPerRequest)...) })
	if err != nil {
		return err
	}
	for _, ks := range [][]Kind{{Group, Unit}, {Person}} {
		u.phase++
		var late []undoing
		err := u.each(ks, func(t Touched) error {
			o := u.outcome(t)
			switch {
			case o.step == nil:
				return nil
			case o.renames():
				late = append(late, o)
				return nil
			}
			return u.hand(*o.step)
		})
		if err != nil {
			return err
		}
		slices.SortStableFunc(late, func(a, b undoing) int { return b.phase - a.phase })
		for i, o := range late {
			if i == 0 || o.phase != late[i-1].phase {
				u.phase++
			}
			if err := u.hand(*o.step); err != nil {
				return err
			}
		}
	}
	for _, s := range u.ends.last {
		u.phase++
		if err := u.hand(s); err != nil {
			return err
		}
	}
	return nil
}

// hand gives steps out, and counts what needs leave beside their own hazard.
func (u *undoer) hand(steps ...Step) error {
	for _, s := range steps {
		if len(s.Clear) > 0 && s.Hazard != HazardClear {
			u.sum.Hazards[HazardClear]++
		}
		if err := u.step(s, 0); err != nil {
			return err
		}
	}
	return nil
}
