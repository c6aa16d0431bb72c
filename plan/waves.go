package plan

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"cel.dev/cel-go/cel"
)

// Rest is the name of the wave of everybody who is in no other.
const Rest = "rest"

// Wave is a named part of a plan. A person is in the first wave that takes
// them; the rest follow in a wave of their own. A group is made with the first
// of its people, and gets each of them in their wave.
type Wave struct {
	Name string `json:"name"`
	// Groups, Units and People name those who are in it: groups and units by
	// ID or folded DN (the people below a unit count), people by ID, folded DN
	// or userName without regard to case.
	Groups []string `json:"groups,omitempty"`
	Units  []string `json:"units,omitempty"`
	People []string `json:"people,omitempty"`
	// Percent of the people, picked by a digest of their ID, so that the same
	// ones are picked every time.
	Percent float64 `json:"percent,omitempty"`
	// Expression is in CEL, as those of [Mapping], and gives true for the
	// people who are in the wave.
	Expression string `json:"expression,omitempty"`
}

func validateWaves(waves []Wave) error {
	var errs []error
	seen := map[string]bool{Rest: true}
	if len(waves) > 200 {
		errs = append(errs, fmt.Errorf("%d waves are too many: 200 are possible", len(waves)))
	}
	for _, w := range waves {
		switch {
		case w.Name == "":
			errs = append(errs, errors.New("a wave has no name"))
		case seen[w.Name]:
			errs = append(errs, fmt.Errorf("wave %q is there twice, or is the name of the last one", w.Name))
		case w.Percent < 0 || w.Percent > 100:
			errs = append(errs, fmt.Errorf("wave %q: %v is not a percentage", w.Name, w.Percent))
		case len(w.Groups)+len(w.Units)+len(w.People) == 0 && w.Percent == 0 && w.Expression == "":
			errs = append(errs, fmt.Errorf("wave %q takes nobody", w.Name))
		}
		if w.Expression != "" {
			if _, err := compileExpression(w.Expression, cel.BoolType); err != nil {
				errs = append(errs, fmt.Errorf("wave %q: %w", w.Name, err))
			}
		}
		seen[w.Name] = true
	}
	return errors.Join(errs...)
}

// waveNames returns the names of all waves in order; one without a name when
// the rules have none.
func (r Rules) waveNames() []string {
	if len(r.Waves) == 0 {
		return []string{""}
	}
	var names []string
	for _, w := range r.Waves {
		names = append(names, w.Name)
	}
	return append(names, Rest)
}

// waveOf is the first wave that takes a person for what the person is. That a
// group is in a wave is seen later.
func (m *mapper) waveOf(w *want) uint8 {
	for i, wave := range m.rules.Waves {
		if wave.takes(w) || m.waves[i] != nil && m.waves[i].holds(w.entry) {
			return uint8(i)
		}
	}
	return uint8(len(m.rules.Waves))
}

func (w Wave) takes(p *want) bool {
	e := p.entry
	for _, named := range w.People {
		if named == string(e.ID) || named == e.Key || Fold(named) == Fold(p.fields[UserName]) {
			return true
		}
	}
	if len(w.Units) > 0 {
		for above := parentKey(e.Key); above != ""; above = parentKey(above) {
			if slices.Contains(w.Units, above) {
				return true
			}
		}
	}
	const whole = 1 << 32
	sum := sha256.Sum256([]byte(e.ID))
	return float64(binary.BigEndian.Uint32(sum[:4])) < w.Percent/100*whole
}

// assignWaves settles the wave of every person, when the groups are flat: who
// is in a group of an earlier wave comes with it, and who takes over a name
// does not come before the one who gives it up.
func (d *decider) assignWaves() {
	if len(d.in.Rules.Waves) == 0 {
		return
	}
	for i := range d.graph.groups {
		n := &d.graph.groups[i]
		for at, wave := range d.in.Rules.Waves {
			if slices.Contains(wave.Groups, string(n.entry.ID)) || slices.Contains(wave.Groups, n.entry.Key) {
				people, _ := d.wanted(n)
				people.Iterate(func(p uint32) bool {
					d.roster.wave[p] = min(d.roster.wave[p], uint8(at))
					return true
				})
			}
		}
	}
	d.names[Person].wait(func(by, holder ExternalID) {
		b, known := d.roster.ids.number(by)
		h, held := d.roster.ids.number(holder)
		if known && held {
			d.roster.wave[b] = max(d.roster.wave[b], d.roster.wave[h])
		}
	})
}

// wait calls yield for every object that takes over a name and the one that
// gives it up, along the chains of hand-overs.
func (n *names) wait(yield func(by, holder ExternalID)) {
	var takers []ExternalID
	for by, v := range n.verdict {
		if v.after > 0 {
			takers = append(takers, by)
		}
	}
	slices.SortFunc(takers, func(a, b ExternalID) int {
		return cmp.Or(n.verdict[a].after-n.verdict[b].after, cmp.Compare(a, b))
	})
	for _, by := range takers {
		yield(by, n.verdict[by].holder)
	}
}
