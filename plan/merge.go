package plan

import (
	"fmt"
	"iter"
)

// match is one source object with the destination's objects that bear its ID.
// More than one is a contradiction (P02).
type match struct {
	want want
	have []Resource
}

// matches walks entries and owned resources side by side, both in the order
// of the ID. Resources whose ID no entry has are given to unexpected. A match
// holds until the next.
func (d *decider) matches(k Kind, unexpected func(Resource), yield func(*match) error) error {
	next, stop := iter.Pull2(d.in.Inventory.Owned(k))
	defer stop()
	res, err, more := next()
	last := ExternalID("")
	var m match
	for e, entryErr := range d.entries(k) {
		if entryErr != nil {
			return fmt.Errorf("read the snapshot's entries of kind %s: %w", k, entryErr)
		}
		if e.ID <= last {
			return fmt.Errorf("snapshot entry %s: its ID %q does not come after %q", e.DN, e.ID, last)
		}
		last = e.ID
		m = match{want: d.want(e), have: m.have[:0]}
		for more && err == nil && res.ExternalID <= e.ID {
			if res.ExternalID == e.ID {
				m.have = append(m.have, res)
			} else {
				unexpected(res)
			}
			res, err, more = next()
		}
		if err != nil {
			break
		}
		if err := yield(&m); err != nil {
			return err
		}
	}
	for more && err == nil {
		unexpected(res)
		res, err, more = next()
	}
	if err != nil {
		return fmt.Errorf("read the inventory's resources of kind %s: %w", k, err)
	}
	return nil
}

func ignore(Resource) {}
