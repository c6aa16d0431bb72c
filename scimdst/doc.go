// Package scimdst is a SCIM 2.0 client: RFC 7643 (schema), RFC 7644 (protocol)
// and RFC 9865 (paging by cursor). It reads what a service holds, carries out
// steps on it, and expects services to be as they are: see
// docs/scim-services.md. Of this module it needs the vocabulary of plan only.
//
// # Words
//
//   - [Config]: where the service is, who asks, and which [Profile] it has.
//   - [Profile]: what is assumed of a service, as data. [ProfileNames] has
//     those that come along; a configuration can override single lines.
//   - [Reader]: lists, looks up and checks. It cannot write: its transport
//     refuses every method but GET.
//   - [Writer]: a Reader that also carries out [plan.Step]s, one by one (Do) or
//     together (DoAll).
//   - [Careful]: a Writer that reads an object before it changes it, where no
//     version tells whether somebody else has changed it.
//   - [Request]: what a step sends. [Profile.RequestsOf] is pure, so a dry run
//     prints the very bytes that Do sends.
//   - [Error]: what went wrong, whether it may pass, whether the request may
//     have had its effect, and what to do.
//   - [Probe]: asks a service, with consent, whether the profile is right.
//
// # What it promises
//
// A request is sent once. Whoever calls decides about trying again, by asking
// the error: Temporary, RetryAfter, Unknown. After an unknown outcome Look
// says whether the step is already so.
//
// A step is one request, but for members beyond the profile's limits. Those go
// in chunks; a chunk that may be too large is halved; after a failure only who
// is left is sent, and after a Look only who is missing.
//
// A 2xx is not taken as proof. The answer must be SCIM by content type,
// schemas and id; an answer to a PATCH that carries the resource must show
// what was asked for, and without one the first change of each kind is read
// back; a hit of a search must have the key that was searched. A group that
// members are taken from is read before and after, and counted.
//
// A listing that contradicts itself is never called complete: the search's
// Missing says in words what did not fit. Of a long listing by index four pages
// of people, or two of groups, are asked for before their turn, where the
// profile's concurrency has room; one that cannot be read then is asked for again
// in its turn.
//
// A change is bound to the version that was planned against, or to that of the
// Writer's own last change of the object (If-Match). An object that somebody
// else changed is not changed: [Error.Drifted]. What adds members is bound to
// no version, as additions do not undo each other.
//
// Who asks is asked for at each request, and no secret is part of an error or
// of a trace, even if the service repeats it.
//
// # What it refuses
//
// It does not retry, follow redirects, log, delete (but for a step that says
// [plan.Remove], and what a probe made), replace (PUT) but where it is told to,
// or send "remove" with a list of values unless a profile says so, which some
// services take as "remove all". Plain HTTP goes to
// loopback addresses only. What the profile does not take is refused, not
// left out.
//
// # Pacing
//
// All requests of a Reader or Writer share the profile's rate, quota windows
// and seats, and a Retry-After to one of them holds back all. Two Writers know
// nothing of each other.
//
// # What is sent
//
// A person is created with the core schema in "schemas", and the enterprise
// extension when one of its attributes is set. Other extensions are in the
// body but not in "schemas", as Entra ID sends them; SCIMMY 1.3.5 and
// elimity-com/scim take them so. A group is created without members.
//
// By [DialectPaths] a change is one PATCH with one operation for each field, in
// the order of the paths: "add" where the plan saw no value, "replace" where it
// saw one. A multi-valued attribute that had no value of its type gets the
// whole value added, because a filter that selects nothing is an error (RFC
// 7644 §3.5.2.3). What a step clears goes by "remove" with its path, and of a
// multi-valued attribute the whole value of the type. externalId is set by an operation without a path: elimity
// answers 500 to the path, both take the value object. An extension attribute
// is changed by its full URN path. SCIMMY takes it. elimity takes no form at
// all: it refuses the value object with 400 and answers 200 to the path without
// doing it, which Do sees in the answer and reports as an error. The other
// dialects are in testdata/vendors, byte for byte.
package scimdst
