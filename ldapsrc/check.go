package ldapsrc

import (
	"cmp"
	"context"
	"slices"

	"github.com/go-ldap/ldap/v3"
)

// Facts are what [Source.Check] found out about a directory that was reached
// and bound to.
type Facts struct {
	// Vendor is the server's own name for itself, or "".
	Vendor string
	// TLS is the protocol of the connection, or "" when it is unencrypted.
	TLS string
	// NamingContexts are the suffixes that the server holds.
	NamingContexts []string
	// Paging reports that the server says it supports paged results.
	Paging bool
	// Bases are the search bases in the order of reading.
	Bases []Base
}

// Base is a search base, and whether it is there.
type Base struct {
	// Name is the search's name in the configuration.
	Name, DN string
	// Err is nil when the base exists and may be seen.
	Err error
}

// Check asks the directory about itself and looks at each search base. It
// reads no entry below them. The error is of the connection; that a base is
// missing stands in the facts.
func (s *Source) Check(ctx context.Context) (Facts, error) {
	facts := Facts{TLS: s.tls}
	err := s.during(ctx, func() error {
		root, err := s.readRoot()
		if err != nil {
			return err
		}
		facts.Vendor = root.vendor()
		facts.NamingContexts = root["namingcontexts"]
		facts.Paging = slices.Contains(root["supportedcontrol"], ldap.ControlTypePaging)
		for _, search := range s.config.searches() {
			r, entries, err := s.lookAt(search.Base)
			if err != nil {
				return err
			}
			base := Base{Name: search.name, DN: search.Base}
			if err := cmp.Or(r.err(), oneEntry(entries)); err != nil {
				base.Err = s.fail(ctx, "find the base of "+search.name, search.Base, err)
			}
			facts.Bases = append(facts.Bases, base)
		}
		return nil
	})
	if err != nil {
		return facts, s.fail(ctx, "check", s.url, err)
	}
	return facts, nil
}

func oneEntry(entries int) error {
	if entries != 1 {
		return errNoBase
	}
	return nil
}
