package plan

import (
	"github.com/RoaringBitmap/roaring/v2"
)

// roster knows every person of the snapshot by a dense number, in the order
// of the IDs.
type roster struct {
	keys

	byDN, byUID, byRemote table[uint32]
	ids                   ids
	// wave is the place in the plan's waves.
	wave []uint8
	// part are the people who are at the destination when the plan has been
	// applied, as far as the plan knows.
	part *roaring.Bitmap
}

func newRoster(by keys) *roster {
	return &roster{keys: by, part: roaring.New()}
}

// add gives the next number to a person.
func (r *roster) add(o *outcome) uint32 {
	n := uint32(r.ids.n)
	e := &o.want.entry
	r.ids.add(e.ID)
	r.byDN.add(r.keyOf(e.Key), n)
	if e.UID != "" {
		r.byUID.add(r.keyOf(e.UID), n)
	}
	for _, h := range o.have {
		r.byRemote.add(r.keyOf(string(h.RemoteID)), n)
	}
	switch o.class {
	case ToCreate, ToUpdate, ToAdopt, Unchanged:
		r.part.Add(n)
	default: // not there, or not of a plan from a snapshot
	}
	return n
}

// in counts the people of a wave who take part.
func (r *roster) in(wave uint8) int {
	n := 0
	for p, w := range r.wave {
		if w == wave && r.part.Contains(uint32(p)) {
			n++
		}
	}
	return n
}
