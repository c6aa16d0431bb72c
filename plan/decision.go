package plan

// Class is the one class of a source object in the plan.
type Class string

const (
	// ToCreate, ToUpdate and ToAdopt have a step of that kind; a group whose
	// membership alone changes is ToUpdate.
	ToCreate Class = "create"
	ToUpdate Class = "update"
	ToAdopt  Class = "adopt"
	// ToDeactivate: disabled in the directory, active at the destination.
	ToDeactivate Class = "deactivate"
	// Unchanged: the destination is already right.
	Unchanged Class = "unchanged"
	// ToRestore, ToEmpty and ToRemove are of a rollback: what was there gets
	// back what it had; a group that was made loses the members that were
	// added; what was made is deleted.
	ToRestore Class = "restore"
	ToEmpty   Class = "empty"
	ToRemove  Class = "remove"
	// Left: a rollback leaves it as it is, since somebody else has changed it,
	// or since nothing brings it back.
	Left Class = "left"
	// Gone: a rollback does not find it any more.
	Gone Class = "gone"
	// Excluded: left out by a rule.
	Excluded Class = "excluded"
	// Blocked: left out by a finding that a person must mend.
	Blocked Class = "blocked"
)

// Classes returns all classes in the order in which they are shown.
func Classes() []Class {
	return []Class{ToCreate, ToUpdate, ToAdopt, ToRestore, ToEmpty, ToDeactivate, ToRemove, Unchanged, Left, Gone, Excluded, Blocked}
}

// Decision puts one source object into its class.
type Decision struct {
	Kind   Kind       `json:"kind"`
	Object ExternalID `json:"object"`
	Name   string     `json:"name"`
	Class  Class      `json:"class"`
	// Code is the check that excluded or blocked the object, or "".
	Code Code `json:"code,omitempty"`
	// Remote is the destination's id of the object where it exists.
	Remote RemoteID `json:"remote,omitempty"`
}
