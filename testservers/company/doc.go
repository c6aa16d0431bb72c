// Package company makes up the directory of a company of any size, for tests
// and benchmarks: people in the units of their departments, and groups, some
// of which hold groups, in the shape of OpenLDAP (inetOrgPerson with the
// auxiliary class corpPerson, groupOfNames, direct memberOf).
//
// # What it promises
//
// The same [Company] gives the same bytes on every machine. Every entry has an
// entryUUID that follows from its number, so that a test knows the ID of
// person 17 without asking a server. [Company.WriteLDIF] writes as it makes
// and keeps only the numbers of the groups' members, 8 to 16 bytes for each
// person. It returns the counts that a correct reading of the directory finds.
//
// # What it refuses
//
// It makes no directory that slapadd would not take, and no people without
// whom a migration could not be whole: what is wrong with the data is asked
// for by [Company.FlawEvery].
package company
