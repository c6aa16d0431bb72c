// Package checkpoints keeps everything that a migration must remember in one
// SQLite file: snapshots, inventories, attestations, plans and the journal of
// what was sent.
//
// # What it promises
//
// A snapshot, an inventory or a plan is saved whole or not at all. What a
// method of [File] has returned without an error is on the disk
// (synchronous=FULL). Sequences come in the byte order of their key, whatever
// the order of writing. One process writes at a time: [Open] takes a lock that
// the operating system releases when the process ends, however it ends. Any
// number may read beside it ([OpenReader]).
//
// The journal's states, and the only ways between them:
//
//	pending ──Begin──▶ sending ──Record──▶ done
//	   ▲                  │  └────Record──▶ failed
//	   └─────Release──────┘
//
// A step that is found in state sending when a run starts was marked by a run
// that ended before it could record the answer: its outcome is unknown, and it
// must be looked up at the destination before it is sent again.
//
// # What it refuses
//
// A file that is not a state file of this program, or that a newer version
// wrote, is refused by name and left untouched. No secret is ever given to
// this package.
//
// A [File] is safe for concurrent use; one goroutine at a time may write.
package checkpoints
