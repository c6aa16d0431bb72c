// Package views shows what was found to people, harmlessly: as text for a
// terminal, as CSV for a spreadsheet, and as one HTML page for a browser. The
// plan and the report are shown by it; what they say is theirs.
//
// # What it promises
//
//   - No value does anything where it is shown. Control characters and those
//     that turn a line around stand as escapes ([Printable]), values are cut
//     where nobody reads on ([Brief]), no cell is a formula ([Row]), and all of
//     a page is written by html/template.
//   - A page is one file that fetches nothing. Its policy (CSP) allows its own
//     style and script and nothing else.
//   - Everything is written as it comes, so that a view of any length takes
//     little memory ([Grouped] remembers only the first of each group).
//
// # What it refuses
//
// It imports nothing of ours, performs no I/O but on the writer that it is
// given, and reads no clock.
package views
