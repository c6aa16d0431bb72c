package plan

import "slices"

// due are the objects of one kind that have a step of their own which has not
// gone out early, in the order of their IDs. They are kept as long as they are
// few; where they are many, as when everybody is new, they are decided anew for
// each wave.
type due struct {
	n    int
	kept []dueStep // all of them, or nil
}

type dueStep struct {
	object int // its place among the objects of its kind
	after  int // as in outcome
	step   Step
}

// mostKept bounds what is kept, at some 1,500 bytes a step.
const mostKept = 1 << 15

func (d *due) add(object int, o *outcome) {
	switch d.n++; {
	case d.n <= mostKept:
		d.kept = append(d.kept, dueStep{object, o.after, *o.step})
	default:
		d.kept = nil
	}
}

// dueOf gives the steps on the objects of one kind to yield.
func (d *decider) dueOf(k Kind, yield func(dueStep) error) error {
	due := d.due[k]
	if due == nil || due.n <= mostKept {
		return due.each(yield)
	}
	i := -1
	return d.outcomes(k, ignore, func(o *outcome) error {
		i++
		if o.step == nil {
			return nil
		}
		return yield(dueStep{i, o.after, *o.step})
	})
}

func (d *due) each(yield func(dueStep) error) error {
	if d == nil {
		return nil
	}
	for _, s := range d.kept {
		if err := yield(s); err != nil {
			return err
		}
	}
	return nil
}

// sendAll sends the steps on the objects of one kind in one wave. Those that
// take over a name come after all others, in the order of the hand-overs.
func (d *decider) sendAll(k Kind, wave uint8, waveOf func(i int) uint8) error {
	var late []dueStep
	err := d.dueOf(k, func(s dueStep) error {
		if waveOf(s.object) != wave {
			return nil
		}
		if s.after > 0 {
			late = append(late, s)
			return nil
		}
		return d.step(s.step, wave)
	})
	if err != nil {
		return err
	}
	slices.SortStableFunc(late, func(a, b dueStep) int { return a.after - b.after })
	after := 0
	for _, s := range late {
		if s.after != after {
			after = s.after
			d.phase++
		}
		if err := d.step(s.step, wave); err != nil {
			return err
		}
	}
	return nil
}
