package plan

import (
	"fmt"
	"slices"
)

// members says who of a group's members is taken out again, and who is put
// back.
func (u *undoer) members(o *undoing) {
	if u.people == nil {
		return // what is there is not known yet
	}
	there := map[key]bool{}
	for _, id := range o.Have.Members {
		there[u.keyOf(string(id))] = true
	}
	seen := map[ExternalID]bool{}
	gone := 0
	for _, s := range o.Sent {
		for _, id := range s.Step.Members {
			remote, known := u.people[u.keyOf(string(id))]
			if seen[id] || !known {
				continue // it never came to be, so it was never a member
			}
			seen[id] = true
			switch {
			case s.Step.Action == AddMembers && there[remote]:
				o.take = append(o.take, id)
			case s.Step.Action == Take && !there[remote] && u.present[remote]:
				o.restore = append(o.restore, id)
			case s.Step.Action == Take && !there[remote]:
				gone++
			}
		}
	}
	slices.Sort(o.take)
	slices.Sort(o.restore)
	if gone > 0 {
		o.find(Vanished, Note, count(gone, "member")+" who were taken out of it are not at the destination any more", "nothing to do, unless they should be there")
	}
}

// odds counts the members of a group that are not as they were left.
type odds int

func (n odds) words() string {
	return fmt.Sprintf("%s otherwise than they were left", count(int(n), "member"))
}

// strangers counts the members that somebody else has added to what was made,
// or taken from it.
func (u *undoer) strangers(o undoing) odds {
	if o.Kind == Person || u.people == nil {
		return 0
	}
	added := map[ExternalID]bool{}
	for _, s := range o.Sent {
		for _, id := range s.Step.Members {
			if _, known := u.people[u.keyOf(string(id))]; known && s.Done {
				added[id] = s.Step.Action == AddMembers
			}
		}
	}
	missing := 0
	for id, in := range added {
		if _, found := slices.BinarySearch(o.take, id); in && !found {
			missing++
		}
	}
	return odds(len(o.Have.Members) - len(o.take) + missing)
}

// memberSteps makes one step for each request.
func (o undoing) memberSteps(most int) []Step {
	var steps []Step
	for _, part := range []struct {
		action  Action
		hazard  Hazard
		reason  Reason
		members []ExternalID
	}{
		{AddMembers, "", ReasonTaken, o.restore},
		{Take, HazardRemoveMembers, ReasonAdded, o.take},
	} {
		for chunk := range slices.Chunk(part.members, most) {
			s := o.base(part.action, part.reason)
			s.Hazard, s.Members, s.Version = part.hazard, chunk, ""
			steps = append(steps, *s)
		}
	}
	return steps
}
