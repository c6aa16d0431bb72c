// Package scimtest is a SCIM 2.0 service in this process, for tests and for
// demonstrations. It holds people and groups in memory, with the core, the
// enterprise and Ivanti's extension schema.
//
// # What it promises
//
// It keeps to RFC 7643 and RFC 7644 for what it has: POST, GET, PUT, PATCH,
// DELETE, filters, paging by index, attributes and excludedAttributes, versions
// with If-Match, /Bulk where [Options] say so, and the three discovery endpoints. A userName is unique
// without regard to case, and so is the displayName of a group unless
// [Options] say otherwise. Members must exist. A PATCH is done wholly or not
// at all.
//
// Its ids and times come from counters, so the same requests give the same
// answers.
//
// The rules of a real service are added by [Options.Rule] and [Options.Stored].
//
// A [Quirk] is a way in which some real service differs for good. A [Fault]
// makes it misbehave on purpose: [Server.Inject]. What it was asked and what it
// holds can be seen: [Server.Requests], [Server.Users], [Server.Groups].
//
// # What it refuses
//
// It listens on 127.0.0.1 only. It has no sorting, no /Me and no search by
// POST. Ivanti's extension takes any simple attribute, as a tenant
// may define its own; unknown core attributes are ignored in a
// resource and refused in a path. "remove" with a value is refused: it has no
// meaning in RFC 7644 §3.5.2.2, and services that accept it disagree on it.
// With the quirk [EntraForms] it takes the members named away.
package scimtest
