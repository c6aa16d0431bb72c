package plan

import (
	"fmt"
	"slices"
)

// names knows who holds and who wants each name of one kind. Names are unique
// at the destination without regard to case (userName: RFC 7643 §4.1.1).
type names struct {
	kind Kind
	// asked counts the names that entries ask for, before collisions are
	// settled by adding the unit.
	asked map[key]int
	// owners are the IDs of our objects by the names that they have at the
	// destination, until the claims are known. Others is who has a name that not
	// one of them alone has.
	owners  table[key]
	others  map[key]holder
	wanted  counts
	mails   counts
	apples  counts // Managed Apple IDs
	claims  []claim
	verdict map[ExternalID]verdict
}

// holder is who has a name that not one of our objects alone has.
type holder struct {
	unowned *Resource
	several bool // more than one object has the name
}

// claim is a wanted name that somebody else holds.
type claim struct {
	by     ExternalID
	holder key // of the ID
	name   key
}

// freed is who gives up a name, and the name that they take.
type freed struct {
	by    ExternalID
	takes key
}

// verdict says what becomes of a claim: it waits for so many hand-overs
// before it, or is refused with a code.
type verdict struct {
	after  int
	code   Code
	holder ExternalID
}

// owner returns the ID of the object of ours that alone has a name.
func (n *names) owner(name key) (key, bool) {
	if _, other := n.others[name]; other {
		return key{}, false
	}
	return n.owners.of(name)
}

// hold takes a resource without an ID of ours, when those with one are known.
func (n *names) hold(r Resource) {
	k := nameKey(r.Name())
	_, owned := n.owners.of(k)
	_, other := n.others[k]
	if owned || other {
		n.others[k] = holder{several: true}
	} else {
		n.others[k] = holder{unowned: &r}
	}
}

// survey fills the indexes of one kind.
func (d *decider) survey(k Kind) error {
	n := &names{kind: k, others: map[key]holder{}, verdict: map[ExternalID]verdict{}}
	if err := d.countAsked(k, n); err != nil {
		return err
	}
	d.names[k] = n
	for _, side := range []struct {
		of   resources
		take func(Resource)
	}{
		{d.in.Inventory.Owned(k), func(r Resource) { n.owners.add(nameKey(r.Name()), keyOf(string(r.ExternalID))) }},
		{d.in.Inventory.Unowned(k), n.hold},
	} {
		for r, err := range side.of {
			if err != nil {
				return fmt.Errorf("read the inventory's resources of kind %s: %w", k, err)
			}
			side.take(r)
		}
	}
	n.owners.close(func(name key) { n.others[name] = holder{several: true} })
	err := d.wants(k, func(w want) {
		if w.class != "" {
			return
		}
		name := nameKey(w.fields[nameField(k)])
		n.wanted.add(name)
		if mail := w.fields[WorkEmail]; mail != "" {
			n.mails.add(nameKey(mail))
		}
		n.countAppleID(w)
		if owner, held := n.owner(name); held && owner != keyOf(string(w.entry.ID)) {
			n.claims = append(n.claims, claim{by: w.entry.ID, holder: owner, name: name})
		}
	})
	n.owners = table[key]{}
	for _, c := range []*counts{&n.wanted, &n.mails, &n.apples} {
		c.close()
	}
	if err != nil || len(n.claims) == 0 {
		return err
	}
	return d.settle(n)
}

// countAsked counts the names of groups, when the rules add the unit to those
// that collide.
func (d *decider) countAsked(k Kind, n *names) error {
	if policy := d.in.Rules.Groups.Collision; k != Group || policy == "" || policy == BlockNames {
		return nil
	}
	asked := map[key]int{}
	err := d.wants(k, func(w want) {
		if w.class == "" {
			asked[nameKey(w.fields[DisplayName])]++
		}
	})
	n.asked = asked
	return err
}

// wants gives what the rules make of every entry of one kind to yield.
func (d *decider) wants(k Kind, yield func(want)) error {
	for e, err := range d.entries(k) {
		if err != nil {
			return fmt.Errorf("read the snapshot's entries of kind %s: %w", k, err)
		}
		yield(d.want(e))
	}
	return nil
}

// want is what the rules make of one entry, its name settled.
func (d *decider) want(e Entry) want {
	rules := d.in.Rules.Groups
	given := ""
	if e.Kind != Person {
		given = rules.given(e)
	}
	var w want
	switch e.Kind {
	case Unit:
		w = d.units.want(e, given)
	case Person, Group:
		w = d.mapper.want(e)
	case Setting: // no entry is one
	}
	if e.Kind == Person || w.fields[DisplayName] == "" && given == "" {
		return w
	}
	if given != "" {
		w.fields[DisplayName] = given
	}
	if e.Kind == Group && rules.nesting(e) == LeaveOut {
		w.refuse(Excluded, Finding{Code: GroupCheck, Severity: Note, Sentence: "left out by the configuration", Remedy: "change groups.each if it should be a group"})
	}
	if n := d.names[Group]; n != nil && given == "" && n.asked[nameKey(w.fields[DisplayName])] > 1 {
		if unit := unitOf(e.DN); unit != "" && rules.Collision == SuffixUnit {
			w.fields[DisplayName] += " (" + unit + ")"
		} else if unit != "" {
			w.fields[DisplayName] = unit + " " + w.fields[DisplayName]
		}
	}
	return w
}

// has tells whether the matched object bears the name already.
func (m *match) has(name string) bool {
	return len(m.have) == 1 && sameName(m.have[0].Name(), name)
}

// settle decides the claims: a holder that will itself take another name
// frees this one, and goes first.
func (d *decider) settle(n *names) error {
	holders := map[key]bool{}
	for _, c := range n.claims {
		holders[c.holder] = true
	}
	frees := map[key]freed{}
	err := d.matches(n.kind, ignore, func(m *match) error {
		name := nameKey(m.want.fields[nameField(n.kind)])
		id := keyOf(string(m.want.entry.ID))
		if holders[id] && m.want.class == "" && d.in.Rules.Existing.renames(m) && len(m.have) == 1 && n.wanted.of(name) == 1 && !n.mailShared(m.want) && !n.appleIDShared(m.want) && !n.others[name].blocks() {
			frees[id] = freed{m.want.entry.ID, name}
		}
		return nil
	})
	if err != nil {
		return err
	}
	open := map[ExternalID]bool{}
	for _, c := range n.claims {
		open[c.by] = true
	}
	for progress := true; progress; {
		progress = false
		n.claims = slices.DeleteFunc(n.claims, func(c claim) bool {
			v, settled := n.judge(c, frees, open)
			if settled {
				v.holder = frees[c.holder].by
				n.verdict[c.by], progress = v, true
				delete(open, c.by)
			}
			return settled
		})
	}
	for _, c := range n.claims { // those that are left wait for one another
		n.verdict[c.by] = verdict{code: NameSwap}
	}
	return nil
}

// judge settles one claim if its holder's own claim, if any, is settled.
func (n *names) judge(c claim, frees map[key]freed, open map[ExternalID]bool) (verdict, bool) {
	holder, moves := frees[c.holder]
	if !moves || holder.takes == c.name {
		return verdict{code: NameTaken}, true
	}
	if open[holder.by] {
		return verdict{}, false
	}
	before := n.verdict[holder.by] // the zero verdict when it claims nothing
	if before.code != "" {
		return verdict{code: NameTaken}, true
	}
	return verdict{after: before.after + 1}, true
}

// blocks tells whether nobody can be given the name by a rename.
func (h holder) blocks() bool { return h.several || h.unowned != nil }

func (n *names) mailShared(w want) bool {
	mail := w.fields[WorkEmail]
	return mail != "" && n.mails.of(nameKey(mail)) > 1
}
