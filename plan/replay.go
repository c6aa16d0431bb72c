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
func (o *outcome) replay() error {
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

// replayMembers does the same for a group's membership, whose people are given by
// their numbers, in order. The people in have who are neither wanted nor removed
// must stay. The members that steps add are in order over all of them, and so
// are those that they take.
func (l *ids) replayMembers(have, want, removed []uint32, steps []Step) error {
	var added, taken []ExternalID
	for _, s := range steps {
		if s.Action == AddMembers {
			added = append(added, s.Members...)
		} else {
			taken = append(taken, s.Members...)
		}
	}
	for len(have)+len(want)+len(removed) > 0 {
		p := min(firstOf(have), firstOf(want), firstOf(removed))
		had, wanted, leaves := comes(&have, p), comes(&want, p), comes(&removed, p)
		adds, takes := l.named(&added, uint32(p)), l.named(&taken, uint32(p))
		if adds && had || takes && !had {
			return fmt.Errorf("a step finds member %s as it should leave it: %w", l.at(uint32(p)), ErrUnproven)
		}
		if ends, should := (had || adds) && !takes, (had || wanted) && !leaves; ends != should {
			return fmt.Errorf("member %s is there: %t, and should be: %t: %w", l.at(uint32(p)), ends, should, ErrUnproven)
		}
	}
	if len(added)+len(taken) > 0 {
		return fmt.Errorf("%d members of steps are nobody whom they are about: %w", len(added)+len(taken), ErrUnproven)
	}
	return nil
}

// firstOf returns the number that comes first, or one that no person has.
func firstOf(numbers []uint32) uint64 {
	if len(numbers) == 0 {
		return 1 << 32
	}
	return uint64(numbers[0])
}

// comes takes a number off a list when it comes first.
func comes(numbers *[]uint32, p uint64) bool {
	if firstOf(*numbers) != p {
		return false
	}
	*numbers = (*numbers)[1:]
	return true
}

// named takes the ID of a person off a list when it comes first.
func (l *ids) named(list *[]ExternalID, p uint32) bool {
	if len(*list) == 0 || !l.is(p, (*list)[0]) {
		return false
	}
	*list = (*list)[1:]
	return true
}
