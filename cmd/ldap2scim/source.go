package main

import (
	"context"
	"strings"
	"time"

	"ldap2scim/ldapsrc"
	"ldap2scim/migrate"
)

// directory is where people and groups come from: a server, or files. The
// caller closes it.
type directory interface {
	migrate.Source
	Check(ctx context.Context) (ldapsrc.Facts, error)
	Close() error
}

func openDirectory(ctx context.Context, c ldapsrc.Config) (directory, error) {
	c.Now = time.Now
	if len(c.LDIF) > 0 {
		return ldapsrc.OpenLDIF(c)
	}
	return ldapsrc.Open(ctx, c)
}

// directoryName is what the state file calls it.
func directoryName(c ldapsrc.Config) string {
	if len(c.LDIF) > 0 {
		return strings.Join(c.LDIF, ", ")
	}
	return c.URL
}
