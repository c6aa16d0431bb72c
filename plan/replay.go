package plan

import (
	"errors"
	"fmt"
)

// ErrUnproven means that a plan's own steps do not lead from have to want. It
// is a bug of this program; the plan is not handed out.
var ErrUnproven = errors.New("the plan does not lead to what is wanted; this is a bug")

// replay carries out the object's step on paper and holds the result against
// want (law 1). It reads the step as a destination does, and shares no code
// with what made it.
func (o outcome) replay() error {
	var have, set Fields
	id := ExternalID("")
	if len(o.have) == 1 {
		have, id = o.have[0].Fields, o.have[0].ExternalID
	}
	if o.step != nil {
		set = o.step.After
		if given, adopted := set[ExternalIDPath]; adopted {
			id = ExternalID(given)
		}
		if o.step.Action == Create {
			id = o.step.Object
		}
	}
	ends := func(path string) string {
		if v, is := set[path]; is {
			return v
		}
		return have[path]
	}
	switch o.class {
	case Excluded, Blocked:
		if o.step != nil {
			return fmt.Errorf("%s is %s and has a step: %w", o.want.entry.DN, o.class, ErrUnproven)
		}
		return nil
	case ToDeactivate:
		if ends(Active) != "false" {
			return fmt.Errorf("%s stays active: %w", o.want.entry.DN, ErrUnproven)
		}
		return nil
	case ToCreate, ToUpdate, ToAdopt, Unchanged:
	default:
		return fmt.Errorf("%s is %s, which is of a rollback: %w", o.want.entry.DN, o.class, ErrUnproven)
	}
	if id != o.want.entry.ID {
		return fmt.Errorf("%s ends with externalId %q: %w", o.want.entry.DN, id, ErrUnproven)
	}
	for path, v := range o.want.fields {
		if !same(path, ends(path), v) {
			return fmt.Errorf("%s ends with %s %q: %w", o.want.entry.DN, path, ends(path), ErrUnproven)
		}
	}
	return nil
}

// replayMembers does the same for a group's membership. The people in have
// who are neither wanted nor removed must stay. All lists are sorted, and so are
// the members that steps add, and those that they take, over all of them.
func replayMembers(have, want, removed []ExternalID, steps []Step) error {
	var added, taken []ExternalID
	for _, s := range steps {
		if s.Action == AddMembers {
			added = append(added, s.Members...)
		} else {
			taken = append(taken, s.Members...)
		}
	}
	sides := [][]ExternalID{have, want, removed, added, taken}
	for {
		id, more := first(sides)
		if !more {
			return nil
		}
		var in [5]bool
		for i, side := range sides {
			if len(side) > 0 && side[0] == id {
				in[i], sides[i] = true, side[1:]
			}
		}
		had, wanted, leaves, adds, takes := in[0], in[1], in[2], in[3], in[4]
		if adds && had || takes && !had {
			return fmt.Errorf("a step finds member %s as it should leave it: %w", id, ErrUnproven)
		}
		if ends, should := (had || adds) && !takes, (had || wanted) && !leaves; ends != should {
			return fmt.Errorf("member %s is there: %t, and should be: %t: %w", id, ends, should, ErrUnproven)
		}
	}
}

// first returns the least of what the lists begin with.
func first(lists [][]ExternalID) (least ExternalID, more bool) {
	for _, list := range lists {
		if len(list) > 0 && (!more || list[0] < least) {
			least, more = list[0], true
		}
	}
	return least, more
}
