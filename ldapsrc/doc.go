// Package ldapsrc reads an LDAP v3 directory (RFC 4511), or LDIF files (RFC
// 2849), into a stream of [plan.Entry] with a proof of completeness.
//
// # Words
//
//   - [Config]: where the directory is, who reads it, and what is read.
//   - [Search]: one of the three searches: users, groups, units.
//   - [Source]: a bound connection, made by [Open], closed by the caller.
//   - [LDIF]: a directory in files, made by [OpenLDIF]. From the record on, its
//     code is that of a Source.
//   - [Error]: a failure with advice on how to mend it.
//   - Kind: a kind of directory, which is nothing but a set of defaults that
//     the configuration can override one by one, see [Kinds].
//   - Flaw: what was wrong with an entry as it was read; it stands in the
//     entry, and the planner makes a finding of it.
//   - Key: a DN under which two spellings of one name are the same, see
//     [FoldDN].
//
// # What it promises
//
// [Source.Read] returns a proof that says complete only when each search base
// was there, each page ended with a success and a paging control (RFC 2696),
// the last of them with an empty cookie, and each attribute that came in
// ranges was read to its end. A limit of the server or a reference that was
// not followed makes the proof incomplete and says why in words. A lost
// connection, an answer that breaks the protocol and a cancelled context are
// errors. An empty directory and a closed connection never look the same.
//
// Of LDIF files the proof says complete when each was read to its end and none
// says of itself that something is missing. A change other than an addition, a
// value that stands in another file and what is no LDIF are errors with the
// file and the line.
//
// Every entry that the server sent reaches the caller. One without a stable ID
// has the ID "dn:" and its key. One whose DN does not parse has the key "?"
// and the DN as it came; a member value that does not parse stands in Members
// in the same way. The planner makes findings of them.
//
// Who is in a group is taken from the group's list, by DN or by uid, and from
// what people say of themselves: their primary group, their back-links, and
// whether the rule of a dynamic group holds for them. Rules are evaluated for
// the people that were read, with the engine of internal/filter, not by the
// server. Whether an account is disabled is judged by the directory's own
// rules, see [AccountAttributes]; the clock is the caller's.
//
// An entry that the server sends twice is handed on twice; the caller keeps
// one for each ID. Memory does not grow with the number of entries: at most a
// mebibyte of messages, or one that is larger, waits to be decoded while the
// next is read, and the entries of one page that came with ranges are held.
// Only where groups get members from what people say of themselves, these
// members' DNs are held until the groups have been read.
//
// # What it refuses
//
// It never writes, never follows a reference unless told to, never changes to
// an unencrypted connection by itself, sends no password over one and no
// credentials to another server unless told to by name, and never binds with a
// name and no password (RFC 4513 §5.1.2). It never joins parts of two
// searches: one that is lost after its first entry is an error, and is read
// again from its beginning.
//
// It does not bind with GSSAPI or NTLM. A domain controller that demands
// signing or channel binding, as Microsoft advises, refuses them without: the
// client of github.com/go-ldap/ldap/v3 v3.4.15 for GSSAPI signs nothing and
// binds to the TLS connection on Windows alone, and its NTLM does neither. A
// simple bind over TLS, or EXTERNAL with a certificate, is not refused.
//
// # Why the messages are read by hand
//
// Filters, DNs and result codes are those of github.com/go-ldap/ldap/v3. Its
// connection is not used: v3.4.15 ends an asynchronous search without an error
// when the context is cancelled or the connection is closed, drops an entry
// when the reader is slower than the request timeout, and needs three times as
// long as ldapsearch for the same search.
package ldapsrc
