// Package testservers starts real servers for the tests of other packages:
// OpenLDAP's slapd ([Slapd]), a domain controller of Active Directory
// ([Samba]), a SCIM 2.0 service made of SCIMMY ([SCIMMY]), and a browser
// ([Browser]).
//
// # What it promises
//
// Each server runs in a temporary folder of its own, on loopback ports that
// the kernel chose, so that any number of them run side by side; a domain
// controller has a loopback address of its own instead. A call returns when
// its server answers. The server is ended through its process handle when the
// test is over, never by name, and on Linux the kernel ends it when the test
// binary dies without cleaning up. What it printed is in the
// test's artifact folder, and in the test's log when the test fails.
//
// A server that is not installed fails the test with one line that says what
// to install. No test is skipped.
//
// Functions and methods that take or hold a testing.TB end the test when
// something goes wrong; call them from the goroutine that runs the test.
//
// # What it refuses
//
// It installs nothing (install.sh does, before the tests), starts nothing
// that the machine's services know of, and listens on no address but those of
// the loopback interface. It waits for a server by asking it again and again
// on a timer: a process that starts has no event that the test could wait for
// instead.
package testservers
