package plan

import "encoding/hex"

// Where a plan has no waves, and nothing is set up before people are, a person's
// step goes out as soon as it is decided: it needs neither to be kept nor to be
// decided anew when all else is known. The plan's digest has the steps after
// everything that is decided, so their IDs are kept for it.
type early struct{ ids [][16]byte }

// isEarly tells whether the step on an object goes out with the decision. One
// that takes over a name waits for those that give names up.
func (d *decider) isEarly(o *outcome) bool {
	return o.step != nil && o.want.entry.Kind == Person && o.after == 0 && len(d.in.Rules.Waves)+len(d.in.Rules.Settings) == 0
}

// sendEarly gives a step of the first phase.
func (d *decider) sendEarly(s Step) error {
	s.Phase = 1
	s = d.sealed(s, 0)
	if d.roll.hash != nil {
		var id [16]byte
		_, _ = hex.Decode(id[:], []byte(s.ID)) // as sealed has encoded it
		d.early.ids = append(d.early.ids, id)
	}
	return d.out.Step(s)
}

// roll adds the steps that went out to the digest of the plan.
func (e *early) roll(all *roll) {
	for _, id := range e.ids {
		rollIn(all, StepID(hex.EncodeToString(id[:])))
	}
	e.ids = nil
}
