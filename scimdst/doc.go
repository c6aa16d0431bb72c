// Package scimdst is a SCIM 2.0 client (RFC 7643, RFC 7644) that reads what a
// service holds and carries out the steps of a plan on it.
//
// # Words
//
//   - [Reader]: lists, looks up and checks. It cannot write: its transport
//     refuses every method but GET.
//   - [Writer]: a Reader that also carries out one [plan.Step] as one request.
//   - [Request]: what a step sends. [RequestOf] is pure, so a dry run prints
//     the very bytes that Do sends.
//   - [Error]: what went wrong, whether it may pass, whether the request may
//     have had its effect, and what to do.
//
// # What it promises
//
// A step is one request, sent once. Whoever calls decides about trying again,
// by asking the error: Temporary, RetryAfter, Unknown. After an unknown
// outcome Look says whether the step is already so.
//
// A 2xx is not taken as proof. The answer must be SCIM by content type,
// schemas and id; an answer to a PATCH that carries the resource must show
// what was asked for; a hit of a search must have the key that was searched.
//
// A listing that contradicts itself is never called complete: the search's
// Missing says in words what did not fit.
//
// The bearer token is asked for at each request and is never part of an
// error, even if the service repeats it.
//
// # What it refuses
//
// It does not retry, follow redirects, log, delete, replace (PUT), or send
// "remove" with a list of values, which some services take as "remove all".
// Plain HTTP goes to loopback addresses only.
//
// # What is sent
//
// A person is created with the core schema in "schemas", and the enterprise
// extension when one of its attributes is set. Other extensions are in the
// body but not in "schemas", as Entra ID sends them; SCIMMY 1.3.5 and
// elimity-com/scim take them so. A group is created without members.
//
// A change is one PATCH with one operation for each field, in the order of
// the paths: "add" where the plan saw no value, "replace" where it saw one. A
// multi-valued attribute that had no value of its type gets the whole value
// added, because a filter that selects nothing is an error (RFC 7644
// §3.5.2.3). externalId is set by an operation without a path: elimity answers
// 500 to the path, both take the value object.
//
// An extension attribute is changed by its full URN path, the form that Entra
// ID sends by default. SCIMMY takes it. elimity takes no form at all: it
// refuses the value object with 400 and answers 200 to the path without
// doing it, which Do sees in the answer and reports as an error.
package scimdst
