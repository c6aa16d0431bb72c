// Package suite holds a SCIM service against what scimdst needs of it,
// through scimdst itself: whatever passes can be migrated to.
//
// It runs on scimtest, SCIMMY and elimity in every go test, which writes the
// table of docs/scim-services.md with -update, and on any other service with
//
//	LDAP2SCIM_SUITE_URL=https://host/scim/v2 LDAP2SCIM_SUITE_TOKEN=... go test ./scimdst/scimtest/suite
//
// It leaves behind what it makes, as scimdst does not delete: people whose
// userName begins with "suite-" and groups "Suite …". Never run it against a
// tenant that is in use.
//
// A service that is known to differ in a check is declared to: [Options]. The
// check must then really fail, so that no declaration outlives its reason. For
// the service of the environment, LDAP2SCIM_SUITE_DEVIATIONS declares them as
// a JSON object of names and reasons.
package suite
