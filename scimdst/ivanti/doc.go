// Package ivanti reads the MDM side of a tenant of Ivanti Neurons for MDM:
// what the vendor's own records say of accounts, devices and configurations,
// and whether the LDAP server is still syncing.
//
// # What it promises
//
// It only reads: its client lets nothing but GET through. Lists are read page
// by page with start and rows, and a list that moved while it was read, or
// ended early, is read again and never used. A refusal because there were too
// many requests (429, 503) is sent again after the time that it asks for.
//
// Without any interface the same facts come from files that the portal
// exports: accounts as CSV ([ReadExport]), the audit trail as JSON or CEF
// ([ReadTrail]), configurations in any form of text ([Scan]). A file is read
// whole, or refused by line and column.
//
// Whether the LDAP server is disabled is told by no documented interface.
// [JudgeTrail] and the other judges return [plan.Evidence], which says what was
// seen and when; only the audit trail proves.
//
// # What it refuses
//
// Answers in which an API user's GDPR profile has masked user IDs are refused
// ([MaskedError]): nothing can be joined to them. Beside the calls that the
// vendor's guides document it makes two more that only read: for the default
// device space, which was observed, and for the list of groups, whose path is
// inferred. The one that the operator may configure ([Probe]) proves nothing by
// itself.
//
// # Sources
//
// APIG is the vendor's Customer Integration API Guide, CPS its Common Platform
// Services API guide, IVD its administrator's guide. What is marked as observed
// was seen in recorded answers and is promised by nobody.
package ivanti
