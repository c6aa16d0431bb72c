package plan

import "slices"

// undoNames are the names that are to be given back to objects of one kind, and
// who has them now.
type undoNames struct {
	keys

	// wanted are the objects that had a name before, and remote their ids.
	wanted map[key][]ExternalID
	remote map[ExternalID]key
	// releases are the ids of those whose present name becomes free.
	releases map[key]bool
	// frees says by which object's own renaming an id becomes free.
	frees map[key]ExternalID
	// holders are the ids of those who have a wanted name now.
	holders map[key][]key
	// blocked are the objects whose name cannot be given back.
	blocked map[ExternalID]bool
}

// want notes the name that an object gets back, and that it gives up another.
func (n *undoNames) want(o undoing) {
	if o.Have == nil || o.step == nil && !o.created && o.class != "" {
		return
	}
	id := n.keyOf(string(o.Have.RemoteID))
	field := nameField(destinationKind(o.Kind))
	was, had := o.was[field]
	if !had || o.created || !same(field, o.now(field), o.left[field]) || n.nameKey(was) == n.nameKey(o.now(field)) {
		return
	}
	if n.remote == nil {
		n.remote, n.frees = map[ExternalID]key{}, map[key]ExternalID{}
	}
	n.wanted[n.nameKey(was)] = append(n.wanted[n.nameKey(was)], o.Object)
	n.remote[o.Object] = id
	n.frees[id] = o.Object
}

// release notes that something that was made goes, and its name with it.
func (n *undoNames) release(o undoing) {
	if o.class == ToRemove {
		n.releases[n.keyOf(string(o.Have.RemoteID))] = true
	}
}

// hold notes who has a wanted name now.
func (n *undoNames) hold(r Resource) {
	name := n.nameKey(r.Fields[nameField(r.Kind)])
	if _, wanted := n.wanted[name]; wanted {
		n.holders[name] = append(n.holders[name], n.keyOf(string(r.RemoteID)))
	}
}

// settle finds the objects whose name is and stays another's: one that is not
// given its name back does not give up the one that it has.
func (n *undoNames) settle() {
	for again := true; again; {
		again = false
		for name, objects := range n.wanted {
			for _, object := range objects {
				if !n.blocked[object] && (len(objects) > 1 || slices.ContainsFunc(n.holders[name], func(id key) bool { return n.keeps(id, object) })) {
					n.blocked[object], again = true, true
				}
			}
		}
	}
}

// keeps tells whether the one with an id goes on having its name.
func (n *undoNames) keeps(id key, object ExternalID) bool {
	if id == n.remote[object] || n.releases[id] {
		return false
	}
	by, renamed := n.frees[id]
	return !renamed || n.blocked[by]
}
