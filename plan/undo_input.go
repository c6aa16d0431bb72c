package plan

import "iter"

// UndoInput is all that an undoing plan is made of.
type UndoInput struct {
	Past Past
	// Created says what becomes of what the plan made.
	Created CreatedFate
	Rules   Rules
	// Inventory is the destination as it is now.
	Inventory Inventory
}

// CreatedFate says what a rollback does with what was created.
type CreatedFate string

const (
	// DeactivateCreated deactivates people, and empties groups, which cannot
	// be deactivated.
	DeactivateCreated CreatedFate = "deactivate"
	// RemoveCreated deletes both.
	RemoveCreated CreatedFate = "remove"
)

// Past is what was sent of a plan.
type Past struct {
	// Plan is the one that is undone, and Run the run of it alone, or 0.
	Plan Digest
	Run  int64
	// Later is a plan that was applied after it, or "".
	Later Digest
	// Touched yields everything of one kind that a step was sent for, in the
	// byte order of the IDs. It is called several times.
	Touched func(Kind) iter.Seq2[Touched, error]
	// People yields the destination's ids of the people whom the plan knows,
	// in any order. It is called at most once.
	People iter.Seq2[Known, error]
}

// Touched is one source object that steps were sent for.
type Touched struct {
	Kind   Kind // of the source object
	Object ExternalID
	Name   string
	// Sent are the steps, in the order of sending.
	Sent []Sent
	// Have is what is there now, with a group's members, or nil.
	Have *Resource
}

// Sent is one step that was sent.
type Sent struct {
	Step Step
	// Done tells that the destination has taken it. Otherwise nobody knows.
	Done bool
}

// Known is a person with the destination's id.
type Known struct {
	ID     ExternalID
	Remote RemoteID
}

// Undone names what an undoing plan undoes.
type Undone struct {
	Plan    Digest      `json:"plan"`
	Run     int64       `json:"run,omitempty"`
	Created CreatedFate `json:"created"`
}
