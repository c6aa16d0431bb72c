// Package entra is the road through Entra ID: Microsoft Graph as a destination
// of plans. Entra ID provisions the service over SCIM by itself; this package
// prepares it, starts it, and reads back what it did.
//
// [Config.Rules] says as data what the tenant must have (package plan decides),
// a [Reader] lists what it has, with people matched to those of the directory,
// and a [Writer] carries steps out. All of them speak over [Graph], which sends
// one request; package graph below has it with the Microsoft SDK, so that
// nobody compiles that who does not send.
//
// # What it promises
//
//   - Nobody is created, deleted, disabled or unassigned in Entra ID, but that
//     a rollback which is told to removes groups and the application that a
//     plan has made, if they are still as they were when that was decided.
//   - A person of the tenant is matched to one of the directory at most, and
//     the key that matched is kept ([plan.FactMatched]).
//   - What cannot be sent twice without harm (the application, the job, groups,
//     extensions, assignments) is looked for by [Writer.Look], by a name or a
//     mark that it was given when it was made.
//   - The schema of the job is changed where it must be, and every other byte
//     of it stays. It is read again just before it is put; if it is not the one
//     that was planned against, nothing is put.
//   - Of the service's token the tenant keeps a digest in the notes of the
//     application; nothing else of it is stored by this package.
//   - An answer of 429 to one request of a batch is taken up alone: what the
//     others did stays done.
//
// # What it refuses
//
// To retry a request that writes: that is for package migrate. Reading retries
// page by page. Beta endpoints, and requests that Microsoft does not document.
package entra
