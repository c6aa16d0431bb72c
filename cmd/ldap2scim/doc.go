// Command ldap2scim migrates people and groups from an LDAP directory to a
// SCIM service.
//
// Each command is one file. Results go to standard output, everything else to
// standard error. A command asks, calls one operation of package migrate, and
// shows what came of it; it decides nothing.
package main
