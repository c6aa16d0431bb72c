package plan

import (
	"slices"

	"github.com/RoaringBitmap/roaring/v2"
)

// roster knows every person of the snapshot by a dense number, in the order
// of the IDs.
type roster struct {
	byDN, byUID, byRemote map[key]uint32
	ids                   []ExternalID
	// wave is the place in the plan's waves.
	wave []uint8
	// part are the people who are at the destination when the plan has been
	// applied, as far as the plan knows.
	part *roaring.Bitmap
}

func newRoster() *roster {
	return &roster{byDN: map[key]uint32{}, byUID: map[key]uint32{}, byRemote: map[key]uint32{}, part: roaring.New()}
}

// add gives the next number to a person.
func (r *roster) add(o outcome) uint32 {
	n := uint32(len(r.ids))
	e := o.want.entry
	r.ids = append(r.ids, e.ID)
	r.byDN[keyOf(e.Key)] = n
	if e.UID != "" {
		r.byUID[keyOf(e.UID)] = n
	}
	for _, h := range o.have {
		r.byRemote[keyOf(string(h.RemoteID))] = n
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

// number returns the number of a person, by ID.
func (r *roster) number(id ExternalID) (uint32, bool) {
	n, found := slices.BinarySearch(r.ids, id)
	return uint32(n), found
}
