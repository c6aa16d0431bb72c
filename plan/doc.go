// Package plan decides a migration and does nothing.
//
// It holds the vocabulary of the program and two pure functions. [Decide]
// turns what the directory says (the snapshot, by the rules: want) and what the
// destination holds (the inventory: have) into steps and findings. [Undo] turns
// the steps that were sent of a plan, with what each says that was before, and
// what the destination holds now into those that undo them.
//
// # Words, each in terms of those before it
//
//   - [Entry]: one directory entry as read, with a stable ID.
//   - [Proof]: how a read went, search by search, and whether it was complete.
//   - [Resource]: one person or group as the destination holds it.
//   - [Fields]: attribute values by SCIM path.
//   - [Finding]: something a person must know, with what to do about it.
//   - [Step]: one request that will be sent, with its reason and hazards.
//   - [Decision]: the one class that a source object falls into.
//   - [Summary]: the counts of all that, which add up.
//
// # What it promises
//
// The same input gives the same steps in the same order, byte for byte, in
// whatever order the input's maps were built. Applying the steps to the
// inventory gives what the rules want; every call of [Decide] replays its own
// steps and refuses to hand out a plan that does not.
//
// # What it refuses
//
// A plan from a snapshot deletes nothing and clears nothing; [Undo] does both,
// for what a plan has made or filled in, where that is still as it was left. It
// undoes nothing that somebody else has changed since.
//
// It performs no I/O, reads no clock and no environment, and uses no
// randomness. From an incomplete read it makes no step that removes,
// deactivates or relies on absence.
package plan
