package plan

import (
	"fmt"
	"iter"
)

type resources = iter.Seq2[Resource, error]

// decider is the state of one call of [Decide].
type decider struct {
	in  Input
	out Sink

	roll   roll
	sum    Summary
	roster roster
}

// Decide makes a plan and gives it to out as it goes. Only indexes stay in
// memory, not entries. It returns an error when a side cannot be read, when
// out refuses something, or when the plan that it made does not lead from have
// to want, which is a bug of this program.
func Decide(in Input, out Sink) (Summary, error) {
	if err := in.Rules.Validate(); err != nil {
		return Summary{}, fmt.Errorf("rules: %w", err)
	}
	rules, err := DigestOf(in.Rules)
	if err != nil {
		return Summary{}, err
	}
	d := &decider{in: in, out: out, roll: newRoll(), sum: Summary{
		Snapshot: in.Snapshot.Digest, Rules: rules, Inventory: in.Inventory.Digest,
		Objects: map[Kind]map[Class]int{}, Steps: map[Action]int{}, Hazards: map[Hazard]int{},
		Findings: map[Severity]int{}, Unexpected: map[Kind]int{},
	}}
	for _, pass := range []func() error{d.caution, d.people, d.groups, d.units, d.strangers} {
		if err := pass(); err != nil {
			return Summary{}, err
		}
	}
	if err := d.roll.add(d.sum); err != nil {
		return Summary{}, err
	}
	d.sum.Digest = d.roll.digest()
	return d.sum, nil
}

func (d *decider) step(s Step) error {
	s, err := s.seal()
	if err != nil {
		return err
	}
	d.sum.Steps[s.Action]++
	if s.Hazard != "" {
		d.sum.Hazards[s.Hazard]++
	}
	if err := d.roll.add(s); err != nil {
		return err
	}
	return d.out.Step(s)
}

func (d *decider) finding(f Finding) error {
	d.sum.Findings[f.Severity]++
	if err := d.roll.add(f); err != nil {
		return err
	}
	return d.out.Finding(f)
}

func (d *decider) decision(c Decision) error {
	if d.sum.Objects[c.Kind] == nil {
		d.sum.Objects[c.Kind] = map[Class]int{}
	}
	d.sum.Objects[c.Kind][c.Class]++
	if err := d.roll.add(c); err != nil {
		return err
	}
	return d.out.Decision(c)
}

// caution says which steps an incomplete read withholds (law 3).
func (d *decider) caution() error {
	if !d.in.Snapshot.Proof.Complete {
		d.sum.Cautious = true
		if err := d.finding(Finding{
			Code: SnapshotIncomplete, Severity: Warn,
			Sentence: "the snapshot is incomplete (" + d.in.Snapshot.Proof.Why() + "); nobody is deactivated and no member is removed",
			Remedy:   "mend the cause and take the snapshot again",
		}); err != nil {
			return err
		}
	}
	if !d.in.Inventory.Proof.Complete {
		d.sum.Cautious = true
		return d.finding(Finding{
			Code: InventoryIncomplete, Severity: Warn,
			Sentence: "the destination's listing is incomplete (" + d.in.Inventory.Proof.Why() + "); nothing is created, nobody is deactivated and no member is removed",
			Remedy:   "plan again when the service lists all that it has",
		})
	}
	return nil
}

// units puts every organizational unit into its class.
func (d *decider) units() error {
	n := 0
	for e, err := range d.in.Snapshot.Entries(Unit) {
		if err != nil {
			return fmt.Errorf("read the snapshot's entries of kind %s: %w", Unit, err)
		}
		n++
		if err := d.decision(Decision{Kind: Unit, Object: e.ID, Name: e.DN, Class: Excluded, Code: UnitsExcluded}); err != nil {
			return err
		}
	}
	if n == 0 {
		return nil
	}
	return d.finding(Finding{
		Code: UnitsExcluded, Severity: Note, Kind: Unit,
		Sentence: count(n, "organizational unit") + " left out; SCIM has users and groups, but no units",
		Remedy:   "use groups where the destination's rules used units",
	})
}

// strangers reports what the source does not know. It is left alone.
func (d *decider) strangers() error {
	for _, k := range []Kind{Person, Group} {
		n := d.sum.Unexpected[k]
		if n == 0 {
			continue
		}
		if err := d.finding(Finding{
			Code: Unexpected, Severity: Note, Kind: k,
			Sentence: count(n, string(k)+" object") + " at the destination not in the directory; left alone",
			Remedy:   "nothing to do, unless they should be in the directory",
		}); err != nil {
			return err
		}
	}
	return nil
}
