package ldapsrc

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// references are the continuation references of a search (RFC 4511 §4.5.3).
type references struct {
	// uris holds the first of each of the first references.
	uris  []string
	count int
}

// rememberedReferences bounds what is kept of a search that answers with
// nothing but references.
const rememberedReferences = 100

func (r *references) add(m message) error {
	uris, err := octetStrings(m.content)
	if err != nil {
		return err
	}
	r.remember(uris)
	return nil
}

func (r *references) remember(uris []string) {
	if r.count++; len(r.uris) < rememberedReferences {
		r.uris = append(r.uris, strings.Clone(first(uris, "nowhere")))
	}
}

// elsewhere returns the references that stand for entries that were not read,
// and how many more there are. A domain controller refers to the partitions
// for DNS and for the configuration in every search below the domain. These
// hold no account and no group, so nothing is missing: an application
// partition takes no security principals (Microsoft, "Application directory
// partitions"), and the configuration has a SID to make them of in AD LDS only
// ([MS-ADTS] §6.1.1.1.2), whose root DSE names no root domain.
func (r *references) elsewhere(s *Source) (others []string, unknown int, err error) {
	if r.count == 0 {
		return nil, 0, nil
	}
	root, err := s.readRoot()
	if err != nil {
		return nil, 0, err
	}
	others = slices.DeleteFunc(r.uris, func(uri string) bool {
		return slices.Contains(root.withoutAccounts(), referredDN(uri))
	})
	return others, max(r.count-rememberedReferences, 0), nil
}

// notFollowed says, in words, which references were left alone.
func notFollowed(others []string, unknown int) string {
	switch {
	case len(others) == 0 && unknown == 0:
		return ""
	case len(others) == 1 && unknown == 0:
		return "a reference to " + others[0] + " was not followed"
	}
	return fmt.Sprintf("%d references were not followed, the first to %s", len(others)+unknown, first(others, "another server"))
}

// referredDN returns the folded DN of an LDAP URL (RFC 4516), or "".
func referredDN(uri string) string {
	u, err := url.Parse(uri)
	if err != nil {
		return ""
	}
	dn, err := FoldDN(strings.TrimPrefix(u.Path, "/"))
	if err != nil {
		return ""
	}
	return dn
}
