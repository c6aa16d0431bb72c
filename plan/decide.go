package plan

import (
	"fmt"
	"iter"
)

type resources = iter.Seq2[Resource, error]

// decider is the state of one call of [Decide].
type decider struct {
	keys

	in     Input
	out    Sink
	mapper *mapper

	roll   roll
	steps  roll // of the steps alone
	sealer sealer
	sum    Summary
	units  *units
	names  map[Kind]*names
	roster *roster
	graph  *graph
	teams  []team
	guards *guarding
	met    met
	others map[string]string // sources of the vendor's groups, by folded name
	phase  int
	early  early
	due    map[Kind]*due
	writes int // of the steps, under the quota
	// settings by ID, and those of them that try people.
	settings map[ExternalID]*setting
	tries    []*setting
}

// Decide makes a plan and gives it to out as it goes. Only indexes stay in
// memory, not entries. It returns an error when a side cannot be read, when
// out refuses something, or when the plan that it made does not lead from have
// to want, which is a bug of this program.
func Decide(in Input, out Sink) (Summary, error) {
	return decide(in, out, newRoll(), newRoll())
}

// Reconsider decides as [Decide] does, for what is not kept as a plan: the
// summary has no digests of what was decided, which cost as much as deciding.
func Reconsider(in Input, out Sink) (Summary, error) {
	return decide(in, out, roll{}, roll{})
}

// decide makes a plan and adds all of it to one digest, and its steps to the
// other.
func decide(in Input, out Sink, all, steps roll) (Summary, error) {
	mapper, err := newMapper(in)
	if err != nil {
		return Summary{}, err
	}
	rules, err := DigestOf(in.Rules)
	if err != nil {
		return Summary{}, err
	}
	by := newKeys()
	if in.Census != nil {
		by = in.Census.people.keys
	}
	d := &decider{keys: by, in: in, out: out, mapper: mapper, roll: all, steps: steps, sum: Summary{
		Snapshot: in.Snapshot.Digest, Rules: rules, Inventory: in.Inventory.Digest, Tenant: in.Tenant.Digest,
		Objects: map[Kind]map[Class]int{}, Steps: map[Action]int{}, Hazards: map[Hazard]int{},
		Findings: map[Severity]int{}, Unexpected: map[Kind]int{},
	}, names: map[Kind]*names{}, due: map[Kind]*due{}}
	d.guards = &guarding{rules: in.Rules.Guards.withDefaults(), d: d}
	for _, pass := range []func() error{d.prerequisites, d.caution, d.decideSettings, d.surveyUnits, d.people, d.orphans, d.groups, d.plainUnits, d.holding, d.strangers, d.references, d.invitations, d.reminders, d.guards.check, d.send} {
		if err := pass(); err != nil {
			return Summary{}, err
		}
	}
	d.sum.Content = d.steps.digest()
	d.sum.Estimate = in.Rules.Quota.estimate(d.writes, d.inScope())
	if err := d.roll.add(d.sum); err != nil {
		return Summary{}, err
	}
	d.sum.Digest = d.roll.digest()
	return d.sum, nil
}

// send gives the steps in order: wave by wave, people before groups before
// members.
func (d *decider) send() error {
	d.early.roll(&d.roll)
	for i, name := range d.in.Rules.waveNames() {
		wave := uint8(i)
		before := d.sum.Requests()
		if i == 0 {
			if err := d.sendSettings(StageBefore, wave); err != nil {
				return err
			}
		}
		for _, pass := range []func() error{
			func() error { return d.sendAll(Person, wave, func(p int) uint8 { return d.roster.wave[p] }) },
			func() error { return d.sendAll(Group, wave, func(g int) uint8 { return d.teams[g].wave }) },
			func() error { return d.sendMembers(wave) },
		} {
			d.phase++
			if err := pass(); err != nil {
				return err
			}
		}
		for _, pass := range []func() error{
			func() error { return d.sendSettings(StageWave, wave) },
			func() error { return d.sendHoldings(wave) },
			func() error { return d.sendTries(wave) },
		} {
			if err := pass(); err != nil {
				return err
			}
		}
		if i == len(d.in.Rules.waveNames())-1 {
			if err := d.sendSettings(StageAfter, wave); err != nil {
				return err
			}
		}
		if name != "" {
			d.sum.Waves = append(d.sum.Waves, WaveCount{Name: name, People: d.roster.in(wave), Requests: d.sum.Requests() - before})
		}
	}
	return nil
}

// step gives a step of the present phase.
func (d *decider) step(s Step, wave uint8) error {
	s.Phase = d.phase
	s = d.sealed(s, wave)
	rollIn(&d.roll, s.ID) // which is the digest of the rest
	return d.out.Step(s)
}

// sealed puts a step into its wave, gives it its ID, and counts it.
func (d *decider) sealed(s Step, wave uint8) Step {
	s.Wave = d.in.Rules.waveNames()[wave]
	s = d.sealer.seal(s)
	d.sum.Steps[s.Action]++
	d.writes += d.in.Rules.Quota.writes(s)
	if s.Hazard != "" {
		d.sum.Hazards[s.Hazard]++
	}
	rollIn(&d.steps, s.ID)
	return s
}

func (d *decider) finding(f Finding) error {
	d.sum.Findings[f.Severity]++
	rollIn(&d.roll, f)
	return d.out.Finding(f)
}

func (d *decider) decision(c Decision) error {
	if d.sum.Objects[c.Kind] == nil {
		d.sum.Objects[c.Kind] = map[Class]int{}
	}
	d.sum.Objects[c.Kind][c.Class]++
	rollIn(&d.roll, c)
	return d.out.Decision(c)
}

// inScope counts the people, groups and memberships that the destination
// itself provisions further.
func (d *decider) inScope() int {
	n := d.sum.Flat + int(d.roster.part.GetCardinality())
	for _, t := range d.teams {
		if t.decision.Class != Blocked && t.decision.Class != Excluded {
			n++
		}
	}
	return n
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

// plainUnits puts every organizational unit into its class, when none of them
// becomes a group.
func (d *decider) plainUnits() error {
	if d.units.rules.Make != "" {
		return nil
	}
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
		Remedy:   "let groups.units make groups of them where the destination's rules used units",
	})
}

// strangers reports what the source does not know. It is left alone.
func (d *decider) strangers() error {
	for _, k := range []Kind{Person, Group} {
		n := d.sum.Unexpected[k]
		if n == 0 {
			continue
		}
		if x := d.in.Rules.Existing; k == Person && x != nil && x.Everybody {
			if err := d.finding(Finding{
				Code: Scope, Severity: Warn, Kind: k, Sentence: count(n, string(k)+" object") + " not in the directory would be provisioned too, as the scope is everybody: guests, shared mailboxes and service accounts among them",
				Remedy: "provision those who are assigned only, unless they are meant",
			}); err != nil {
				return err
			}
		}
		where := " at the destination not in the directory; left alone"
		if !d.in.Snapshot.Proof.Complete {
			where = " at the destination not in what was read of the directory; left alone"
		}
		if err := d.finding(Finding{
			Code: Unexpected, Severity: Note, Kind: k,
			Sentence: count(n, string(k)+" object") + where,
			Remedy:   "nothing to do, unless they should be in the directory",
		}); err != nil {
			return err
		}
	}
	return nil
}
