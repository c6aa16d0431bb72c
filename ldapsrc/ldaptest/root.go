package ldaptest

import (
	"maps"

	"github.com/go-ldap/ldap/v3"
)

// sendRoot answers a read of the root DSE (RFC 4512 §5.1), which anybody may
// read.
func (s *session) sendRoot(r request, q query) error {
	attrs := map[string][]string{
		"objectClass":          {"top"},
		"vendorName":           {"ldaptest"},
		"namingContexts":       s.server.store.suffixes(),
		"supportedLDAPVersion": {"3"},
	}
	if !s.server.directory.NoPaging {
		attrs["supportedControl"] = []string{ldap.ControlTypePaging}
	}
	if !s.server.directory.NoStartTLS {
		attrs["supportedExtension"] = []string{startTLS}
	}
	maps.Copy(attrs, s.server.directory.Root)
	var root record
	root.set(attrs)
	if q.filter.eval(&root, func(string) bool { return true }) == yes {
		if err := s.entry(r, "", pick(q, root.attrs, 0)); err != nil {
			return err
		}
	}
	return s.reply(r, ldap.ApplicationSearchResultDone, reply{})
}
