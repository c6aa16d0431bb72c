package plan

// roster knows every person of the snapshot by a dense number, for the
// membership of groups.
type roster struct {
	byDN     map[key]uint32
	byRemote map[key]uint32
	ids      []ExternalID
	class    []Class
}

func newRoster() roster {
	return roster{byDN: map[key]uint32{}, byRemote: map[key]uint32{}}
}

func (r *roster) add(e Entry, c Class, have []Resource) {
	n := uint32(len(r.ids))
	r.ids = append(r.ids, e.ID)
	r.class = append(r.class, c)
	r.byDN[keyOf(e.Key)] = n
	for _, h := range have {
		r.byRemote[keyOf(string(h.RemoteID))] = n
	}
}

// takesPart tells whether person n is at the destination when the plan has
// been applied, as the plan knows it.
func (r *roster) takesPart(n uint32) bool {
	switch r.class[n] {
	case ToCreate, ToUpdate, ToAdopt, Unchanged:
		return true
	}
	return false
}
