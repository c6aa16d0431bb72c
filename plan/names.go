package plan

import (
	"fmt"
	"slices"
)

// names knows who holds and who wants each name of one kind. Names are unique
// at the destination without regard to case (userName: RFC 7643 §4.1.1).
type names struct {
	keys

	kind Kind
	// asked counts the names that entries ask for, before collisions are
	// settled by adding the unit.
	asked map[key]int
	// owners are the IDs of our objects by the names that they have at the
	// destination, and unowned are the objects that bear no ID, until the claims
	// are known. Others is who has a name that not one of our objects alone has.
	owners  table[key]
	unowned []Resource
	others  map[key]holder
	wanted  counts
	wanters ids // who wants each, until the claims are known
	mails   counts
	apples  counts // Managed Apple IDs
	claims  []claim
	verdict map[ExternalID]verdict
}

func newNames(k Kind, by keys) *names {
	return &names{keys: by, kind: k, others: map[key]holder{}, verdict: map[ExternalID]verdict{}}
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

// hold takes a resource of the inventory.
func (n *names) hold(r Resource) {
	if r.ExternalID == "" {
		n.unowned = append(n.unowned, r)
		return
	}
	n.owners.add(n.nameKey(r.Name()), n.keyOf(string(r.ExternalID)))
}

// want takes what the rules make of an entry.
func (n *names) want(w want) {
	if w.class != "" {
		return
	}
	n.wanted.add(n.nameKey(w.fields[nameField(n.kind)]))
	n.wanters.add(w.entry.ID)
	if mail := w.fields[WorkEmail]; mail != "" {
		n.mails.add(n.nameKey(mail))
	}
	n.countAppleID(w)
}

// close finds the claims, when all is known that is held and wanted.
func (n *names) close() {
	n.owners.close(func(name key) { n.others[name] = holder{several: true} })
	for _, r := range n.unowned {
		name := n.nameKey(r.Name())
		_, owned := n.owners.of(name)
		_, other := n.others[name]
		if owned || other {
			n.others[name] = holder{several: true}
		} else {
			n.others[name] = holder{unowned: &r}
		}
	}
	for i, name := range n.wanted.all {
		owner, held := n.owner(name)
		if by := n.wanters.at(uint32(i)); held && owner != n.keyOf(string(by)) {
			n.claims = append(n.claims, claim{by: by, holder: owner, name: name})
		}
	}
	n.owners, n.unowned, n.wanters = table[key]{}, nil, ids{}
	for _, c := range []*counts{&n.wanted, &n.mails, &n.apples} {
		c.close()
	}
}

// survey fills the indexes of one kind.
func (d *decider) survey(k Kind) error {
	n := newNames(k, d.keys)
	d.names[k] = n
	if taken := d.in.Census; k == Person && taken != nil {
		*n = taken.people
	} else if err := d.takeDown(n); err != nil {
		return err
	}
	n.close()
	if len(n.claims) == 0 {
		return nil
	}
	return d.settle(n)
}

// takeDown reads both sides for who holds and who wants each name.
func (d *decider) takeDown(n *names) error {
	if err := d.countAsked(n); err != nil {
		return err
	}
	for _, side := range []resources{d.in.Inventory.Owned(n.kind), d.in.Inventory.Unowned(n.kind)} {
		for r, err := range side {
			if err != nil {
				return fmt.Errorf("read the inventory's resources of kind %s: %w", n.kind, err)
			}
			n.hold(r)
		}
	}
	return d.wants(n.kind, n.want)
}

// countAsked counts the names of groups, when the rules add the unit to those
// that collide.
func (d *decider) countAsked(n *names) error {
	if policy := d.in.Rules.Groups.Collision; n.kind != Group || policy == "" || policy == BlockNames {
		return nil
	}
	asked := map[key]int{}
	err := d.wants(n.kind, func(w want) {
		if w.class == "" {
			asked[d.nameKey(w.fields[DisplayName])]++
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
	if n := d.names[Group]; n != nil && given == "" && n.asked[d.nameKey(w.fields[DisplayName])] > 1 {
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
		name := d.nameKey(m.want.fields[nameField(n.kind)])
		id := d.keyOf(string(m.want.entry.ID))
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
	return mail != "" && n.mails.of(n.nameKey(mail)) > 1
}
