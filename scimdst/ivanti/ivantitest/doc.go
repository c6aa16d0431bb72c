// Package ivantitest is the MDM side of a tenant of Ivanti Neurons for MDM in
// this process, for tests and for the demo: its accounts with their sources,
// devices and configurations, its LDAP server, its audit trail, and its User
// Provisioning, which is a [scimtest] service with the vendor's rules.
//
// # What it promises
//
// The calls of the customer API and of the Common Platform Services that are
// documented, in their form and with their limits: at most 500 rows a page, 50
// for groups, 50 for CPS, facets by source. An LDAP server that is enabled
// syncs as the service's clock goes on ([Server.Pass]) and says so in the audit
// trail, which can be exported as JSON and CEF; the accounts can be exported as
// the portal's CSV.
//
// Who is provisioned through SCIM becomes an account of source SCIM_AAD: the
// one that has the user ID keeps its id, its devices and its history, and
// changes its source. The vendor's rules are kept: no email, a blank name or an
// inactive person is refused; a blank clears nothing; a group of the name of
// one from another source is refused, and so are groups within groups; a
// deletion disables; the Managed Apple ID follows the setting, and stays while
// a user-enrolled device is active or about to be retired.
//
// # What it refuses
//
// What the vendor does not document: an attribute that nobody created, a source
// that no page speaks of, provisioning people of an LDAP server that is
// enabled, renaming unless [Options] allow it. It listens on 127.0.0.1 only.
// Its times come from its own clock and its ids from counters, so the same
// requests give the same answers.
package ivantitest
