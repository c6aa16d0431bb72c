package plan

import (
	"errors"
	"fmt"
	"maps"
	"slices"
)

// ErrUnproven means that a plan's own steps do not lead from have to want. It
// is a bug of this program; the plan is not handed out.
var ErrUnproven = errors.New("the plan does not lead to what is wanted; this is a bug")

// replay carries out the object's step on paper and holds the result against
// want (law 1). It reads the step as a destination does, and shares no code
// with what made it.
func (o outcome) replay() error {
	var fields Fields
	id := ExternalID("")
	if len(o.have) == 1 {
		fields, id = maps.Clone(o.have[0].Fields), o.have[0].ExternalID
	}
	if fields == nil {
		fields = Fields{}
	}
	if o.step != nil {
		for path, v := range o.step.After {
			if path == ExternalIDPath {
				id = ExternalID(v)
			} else {
				fields[path] = v
			}
		}
		if o.step.Action == Create {
			id = o.step.Object
		}
	}
	switch o.class {
	case Excluded, Blocked:
		if o.step != nil {
			return fmt.Errorf("%s is %s and has a step: %w", o.want.entry.DN, o.class, ErrUnproven)
		}
		return nil
	case ToDeactivate:
		if fields[Active] != "false" {
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
		if !same(path, fields[path], v) {
			return fmt.Errorf("%s ends with %s %q: %w", o.want.entry.DN, path, fields[path], ErrUnproven)
		}
	}
	return nil
}

// replayMembers does the same for a group's membership. The people in have
// who are neither wanted nor removed must stay.
func replayMembers(have, want, removed []ExternalID, steps []Step) error {
	now, wanted := map[ExternalID]bool{}, map[ExternalID]bool{}
	for _, id := range have {
		now[id], wanted[id] = true, true
	}
	for _, id := range want {
		wanted[id] = true
	}
	for _, id := range removed {
		delete(wanted, id)
	}
	for _, s := range steps {
		for _, id := range s.Members {
			if present := now[id]; present == (s.Action == AddMembers) {
				return fmt.Errorf("a step finds member %s as it should leave it: %w", id, ErrUnproven)
			}
			if s.Action == AddMembers {
				now[id] = true
			} else {
				delete(now, id)
			}
		}
	}
	if !maps.Equal(now, wanted) {
		return fmt.Errorf("ends with members %v: %w", slices.Sorted(maps.Keys(now)), ErrUnproven)
	}
	return nil
}
