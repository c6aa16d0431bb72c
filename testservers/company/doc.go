// Package company makes up the directory of a company of any size, for tests
// and benchmarks: people in the units of their departments, and groups, some
// of which hold groups, in the shape of OpenLDAP (inetOrgPerson with the
// auxiliary class corpPerson, groupOfNames, direct memberOf).
//
// # What it promises
//
// The same [Company] gives the same bytes on every machine. Every person and
// every group has an entryUUID that follows from its number, so that a test
// knows the ID of person 17 without asking a server. [Company.WriteLDIF]
// writes as it makes and keeps only the numbers of who is in which group, some
// tens of bytes for each person: a million people go through an io.Pipe into
// slapadd. It returns the counts that a correct reading of the directory
// finds.
//
// # What it refuses
//
// It makes nothing that slapadd would refuse, no circle of groups and no
// member that does not exist. Nothing is wrong with the people but what
// [Company.FlawEvery] asks for.
package company
