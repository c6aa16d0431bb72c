package migrate

import (
	"slices"

	"ldap2scim/plan"
)

// Class is the one class of a source object in a report.
type Class string

const (
	Migrated     Class = "migrated"
	Adopted      Class = "adopted"
	AlreadyRight Class = "already right"
	Updated      Class = "updated"
	Deactivated  Class = "deactivated"
	// Restored, Emptied and Removed are of a rollback: it has again what it had;
	// a group that was made has lost the members that were added; what was made
	// is deleted.
	Restored Class = "restored"
	Emptied  Class = "emptied"
	Removed  Class = "removed"
	// Left: a rollback leaves it as it is, since somebody else has changed it,
	// or nothing brings it back. Gone: it was not there any more.
	Left     Class = "left as it is"
	Gone     Class = "gone"
	Excluded Class = "excluded"
	Blocked  Class = "blocked"
	// Failed: a step on it failed, and it is not as it should be.
	Failed Class = "failed"
	// Unsent: a step on it was not sent, or nobody knows what became of it.
	Unsent Class = "not yet sent"
	// Missing: its steps are done, or found nothing to change, and it is not at
	// the destination.
	Missing Class = "missing"
	// Drifted: its steps are done, or were not sent since somebody else had
	// changed it, and the destination has it otherwise.
	Drifted Class = "drifted"
	// Conflicting: something else at the destination stands in its way.
	Conflicting Class = "conflicting"
	// Unprovisioned: it is at the destination, which has not provisioned it.
	Unprovisioned Class = "not provisioned"
	// Unverified: the destination could not be read back to its end.
	Unverified Class = "unverified"
)

// Classes returns all classes in the order in which they are shown and summed
// up: what is there, what is not, and last what was not to be there.
func Classes() []Class {
	return slices.Concat(through(), []Class{Blocked}, left(), []Class{Left, Gone, Excluded})
}

// through are the classes of what is as the plan wants it.
func through() []Class {
	return []Class{Migrated, Adopted, AlreadyRight, Updated, Restored, Emptied, Deactivated, Removed}
}

// leftOut are those of what the plan does nothing with.
func leftOut() []Class { return []Class{Blocked, Left, Gone, Excluded} }

// left are those of what is still to be done.
func left() []Class {
	return []Class{Failed, Unsent, Drifted, Missing, Conflicting, Unprovisioned, Unverified}
}

// Settled tells whether an object of this class is as the plan wants it.
func (c Class) Settled() bool { return !slices.Contains(left(), c) }

// listed tells whether an object of this class is listed, and not only
// counted.
func (c Class) listed() bool { return !slices.Contains(through(), c) }

// slug is the class as the name of a style.
func (c Class) slug() string {
	switch c {
	case AlreadyRight:
		return "right"
	case Unsent:
		return "unsent"
	case Left:
		return "left"
	case Unprovisioned:
		return "missing"
	default:
		return string(c)
	}
}

// reached names what a planned class is called when it is so.
func reached(c plan.Class) Class {
	switch c {
	case plan.ToCreate:
		return Migrated
	case plan.ToUpdate:
		return Updated
	case plan.ToAdopt:
		return Adopted
	case plan.ToDeactivate:
		return Deactivated
	case plan.ToRestore:
		return Restored
	case plan.ToEmpty:
		return Emptied
	case plan.ToRemove:
		return Removed
	case plan.Left:
		return Left
	case plan.Gone:
		return Gone
	case plan.Unchanged, plan.Excluded, plan.Blocked:
	}
	return AlreadyRight
}

// next is what to do about an object of this class, where no check says it.
func (c Class) next() string {
	switch c {
	case Unsent:
		return "go on, with what has no answer looked up first: ldap2scim apply"
	case Missing:
		return "find out who removed it; a new plan makes it again: ldap2scim plan, then ldap2scim apply"
	case Drifted:
		return "find out who changed it; a new plan puts it right: ldap2scim plan, then ldap2scim apply"
	case Conflicting:
		return "look at both objects, then plan again"
	case Unprovisioned:
		return "see whether the destination's own cycle is over: ldap2scim watch; what failed there is tried again by itself when its cause is mended"
	case Unverified:
		return "report again when the service lists all that it has"
	default:
		return ""
	}
}
