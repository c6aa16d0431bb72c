// Package filter evaluates LDAP search filters (RFC 4515) for entries in
// memory: of LDIF files, of dynamic groups, and of package ldaptest.
//
// # What it promises
//
// The three-valued logic of RFC 4511 §4.5.1.7, attribute options, and the
// matching rules of the attributes that people and groups usually have.
//
// # What it refuses
//
// It has no schema. An attribute that it does not know is compared as text
// without regard to case; an assertion that it cannot evaluate is Undefined.
package filter
