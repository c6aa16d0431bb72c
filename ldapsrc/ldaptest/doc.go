// Package ldaptest is an LDAP v3 directory inside the process, for tests and
// for demonstrations.
//
// # What it promises
//
// It answers simple, anonymous and refused binds, StartTLS and ldaps with a
// certificate authority of its own made at the start, searches of all three
// scopes with filters in the three-valued logic of RFC 4511 §4.5.1.7, the
// requested attributes (*, +, 1.1, options, ranges of Active Directory), paged
// results (RFC 2696) and the root DSE. The store is live: a change between
// two pages is seen on the second.
//
// It has faults to order, see [Fault], down to a connection that ends in the
// middle of a message.
//
// # What it refuses
//
// It has no schema: an attribute is known when an entry has it or when it is
// one of the usual ones, and an assertion on any other is Undefined. It cannot
// be written to over the network and knows no SASL. It is not hardened
// against hostile clients; it listens on the loopback address only.
//
// # Why it has its own message loop
//
// The library that was tried first, github.com/jimlambrt/gldap v0.1.14, has no
// continuation references, cannot be given a listener, does not tell on which
// port it listens, and cannot end a connection within a search.
package ldaptest
