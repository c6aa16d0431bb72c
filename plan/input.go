package plan

import "iter"

// Input is all that a plan is made of.
type Input struct {
	Snapshot  Snapshot
	Rules     Rules
	Inventory Inventory
	// Attestations are all that there are, in any order.
	Attestations []Attestation
	// Evidence is all that there is of what they are about, in any order.
	Evidence []Evidence
	Tenant   Tenant
	// Census has seen all people of both sides; nil: they are read for it.
	Census *Census
}

// Snapshot is the source side.
type Snapshot struct {
	Digest Digest
	Proof  Proof
	// Before is the number of people in the snapshot before, or 0.
	Before int
	// Entries yields the entries of one kind in the byte order of their IDs,
	// each ID once. It is called several times; groups may come without their
	// members.
	Entries func(Kind) iter.Seq2[Entry, error]
	// Groups yields the groups with their members, in the same order. It is
	// called once.
	Groups iter.Seq2[Entry, error]
}

// Inventory is the destination side.
type Inventory struct {
	Digest Digest
	Proof  Proof
	// Owned yields the resources of one kind that bear an externalId, in the
	// byte order of it. It is called several times; groups may come without
	// their members.
	Owned func(Kind) iter.Seq2[Resource, error]
	// Unowned yields those that bear none, in the byte order of RemoteID.
	Unowned func(Kind) iter.Seq2[Resource, error]
	// Groups yields all groups with their members, in any order. It is called
	// once.
	Groups iter.Seq2[Resource, error]
	// Settings yields the settings with their members, in any order. It is
	// called once, and only when the rules have settings.
	Settings iter.Seq2[Resource, error]
}

// Sink takes a plan as it is made. An error from it ends the making.
type Sink interface {
	// Step takes the steps in the order in which they must be sent, each after
	// the decision on its object.
	Step(Step) error
	Finding(Finding) error
	// Decision takes each source object once.
	Decision(Decision) error
}

// Watcher is a [Sink] that is also told what the destination holds and the
// source does not know: people, then groups, of each those that bear an ID first.
type Watcher interface {
	Unexpected(Resource) error
}
