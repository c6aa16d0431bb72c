// Package migrate does what was decided, and decides nothing.
//
// Its operations are the stages of a migration, each over the state file
// (package checkpoints) and the smallest interface to the outside that it
// needs:
//
//	[Snapshot]  reads a [Source] into the state file
//	[Plan]      reads a [Lister], and lets package plan decide
//	[Apply]     carries a plan out at a [Destination], or goes on with it
//	[Rollback]  reads a [Lister], and lets package plan undo what was applied
//	[Reconcile] reads a [Lister] back and says what became of every object
//
// # What it promises
//
//   - No request is sent that is not marked in the journal first.
//   - An answer that arrived is recorded, also when the context is done.
//   - A step whose outcome is unknown is looked up before it is sent again,
//     and one that cannot be looked up stays unknown.
//   - A report counts every object of the snapshot exactly once, or it is an
//     error.
//
// # What it refuses
//
// An empty or incomplete snapshot, unless told; a plan that is stale
// ([StaleError]); a hazard that was not allowed by name ([HazardError]).
//
// Nothing here prints or logs: operations tell an observer what happens, in
// [Event] values, and return errors.
package migrate
