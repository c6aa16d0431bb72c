package plan

import (
	"fmt"
)

// outcome is what becomes of one matched object, before its membership.
type outcome struct {
	*match
	class Class
	code  Code
	step  *Step
	// after is the number of hand-overs of names that must be sent before.
	after int
}

// decideAll decides every object of one kind and gives the outcomes to seen in
// the order of the IDs. Nothing is sent yet.
func (d *decider) decideAll(k Kind, seen func(*outcome) error) error {
	if err := d.survey(k); err != nil {
		return err
	}
	strangers := strangers{}
	strangers.watcher, _ = d.out.(Watcher)
	d.due[k] = &due{}
	i := -1
	err := d.outcomes(k, strangers.add, func(o *outcome) error {
		for _, f := range o.want.findings {
			if err := d.finding(f); err != nil {
				return err
			}
		}
		if o.class == ToAdopt {
			strangers.adopt(o.step.Remote)
		}
		i++
		if o.step != nil && !d.isEarly(o) {
			d.due[k].add(i, o)
		}
		if err := o.replay(); err != nil {
			return err
		}
		return seen(o)
	})
	if err != nil {
		return err
	}
	for r, err := range d.in.Inventory.Unowned(k) {
		if err != nil {
			return fmt.Errorf("read the inventory's resources of kind %s: %w", k, err)
		}
		if !strangers.adopted[r.RemoteID] {
			strangers.add(r)
		}
	}
	d.sum.Unexpected[k] = strangers.n
	return strangers.err
}

// strangers are the destination's objects that the source does not know.
type strangers struct {
	n       int
	watcher Watcher // or nil
	err     error   // the first of the watcher
	adopted map[RemoteID]bool
}

func (s *strangers) add(r Resource) {
	s.n++
	if s.watcher != nil && s.err == nil {
		s.err = s.watcher.Unexpected(r)
	}
}

func (s *strangers) adopt(r RemoteID) {
	if s.adopted == nil {
		s.adopted = map[RemoteID]bool{}
	}
	s.adopted[r] = true
}

// outcomes decides every object of one kind, the same each time. An outcome holds
// until the next.
func (d *decider) outcomes(k Kind, unexpected func(Resource), yield func(*outcome) error) error {
	var o outcome
	return d.matches(k, unexpected, func(m *match) error {
		o = outcome{match: m}
		d.outcome(d.names[k], &o)
		return yield(&o)
	})
}

// outcome decides one object.
func (d *decider) outcome(n *names, o *outcome) {
	m, w := o.match, &o.want
	name := d.nameKey(w.fields[nameField(w.entry.Kind)])
	holder := n.others[name]
	v := n.verdict[w.entry.ID]
	if w.class == "" {
		n.refuseDuplicates(w, name)
	}
	switch {
	case len(m.have) > 1:
		w.block(Ambiguous, fmt.Sprintf("%d objects at the destination bear this person's or group's externalId", len(m.have)),
			"remove the externalId from all but one of them")
	case w.class != "" || m.has(w.fields[nameField(w.entry.Kind)]): // no name to be taken
	case v.code == NameSwap:
		w.block(NameSwap, fmt.Sprintf("takes the name %q from one that, directly or by others, takes this one's", w.name()),
			"rename one of them at the destination to a name that nobody uses, then plan again")
	case v.code == NameTaken || holder.several || holder.unowned != nil && len(m.have) == 1:
		w.block(NameTaken, fmt.Sprintf("the destination has another object with the name %q", w.name()),
			"rename or remove that object at the destination, or correct the directory")
	case holder.unowned != nil && (holder.unowned.Fields[FactOwner] != "" || holder.unowned.Fields[FactUnfit] != ""):
		w.block(NameTaken, fmt.Sprintf("the destination has another object with the name %q, which cannot be taken over", w.name()),
			"rename one of the two")
	case n.kind == Group && len(m.have) == 0 && d.foreign(w.name()) != "":
		w.block(GroupCheck, fmt.Sprintf("the vendor has a group %q of source %s, and allows no duplicates of different sources", w.name(), d.foreign(w.name())),
			"remove or rename that group at the vendor, or give this one another name under groups.names")
	case holder.unowned != nil && n.kind == Group && d.in.Rules.Groups.KeepForeign:
		w.block(GroupCheck, fmt.Sprintf("the destination has a group %q from another source, and allows no duplicates", w.name()),
			"remove or rename that group at the destination, or give this one another name under groups.names")
	}
	if w.class == "" {
		d.in.Rules.Existing.found(o)
	}
	if w.class == "" && len(m.have) == 0 && !d.in.Inventory.Proof.Complete {
		w.block(InventoryIncomplete, "not seen at the destination, whose listing is incomplete; it may be there",
			"plan again when the service lists all that it has")
	}
	o.class, o.code, o.after = w.class, w.code, v.after
	switch {
	case o.class == Excluded && o.code == Inactive:
		if d.in.Rules.Existing == nil {
			d.deactivate(o)
		}
	case o.class != "":
	case len(m.have) == 1:
		o.update(m.have[0])
	case holder.unowned != nil:
		o.adopt(*holder.unowned)
	default:
		o.create()
	}
	if o.step != nil {
		o.step.Needs = d.in.Rules.Existing.needsOf(o.step)
	}
	d.compareValues(o)
}

// refuseDuplicates blocks an object whose name or email another wants too
// (P03, P11).
func (n *names) refuseDuplicates(w *want, name key) {
	if c := n.wanted.of(name); c > 1 {
		code, field := Duplicate, nameField(n.kind)
		if n.kind == Group {
			code = GroupCheck
		}
		w.block(code, fmt.Sprintf("%s %q is that of %d entries, case aside", field, w.fields[field], c),
			"give each its own "+field+" in the directory")
	}
	if n.mailShared(*w) {
		w.block(Duplicate, fmt.Sprintf("the email %q is that of %d people, case aside", w.fields[WorkEmail], n.mails.of(n.nameKey(w.fields[WorkEmail]))),
			"give each person an email of their own")
	}
	if n.appleIDShared(*w) {
		w.block(Duplicate, fmt.Sprintf("the Managed Apple ID %s would be that of %d people, case aside", quoted(w.appleID), n.apples.of(n.nameKey(w.appleID))),
			"give each person their own value of what it comes from")
	}
}
