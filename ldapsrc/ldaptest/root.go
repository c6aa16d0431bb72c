package ldaptest

import (
	"maps"

	"github.com/go-ldap/ldap/v3"

	"ldap2scim/ldapsrc/internal/filter"
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
	if q.filter.Eval(root.attrs, func(string) bool { return true }) == filter.Yes {
		if err := s.entry(r, "", pick(q, root.attrs, 0)); err != nil {
			return err
		}
	}
	return s.reply(r, ldap.ApplicationSearchResultDone, reply{})
}
