package ldapsrc

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// references are the continuation references of a search (RFC 4511 §4.5.3).
// None is followed.
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
	if r.count++; len(r.uris) < rememberedReferences {
		r.uris = append(r.uris, first(uris, "nowhere"))
	}
	return nil
}

// missing returns, in words, which references stand for entries that were not
// read. A domain controller refers to the partitions for DNS and for the
// configuration in every search below the domain. These hold no account and
// no group, so nothing is missing: an application partition takes no security
// principals (Microsoft, "Application directory partitions"), and the
// configuration has a SID to make them of in AD LDS only ([MS-ADTS]
// §6.1.1.1.2), whose root DSE names no root domain.
func (r *references) missing(s *Source) (string, error) {
	if r.count == 0 {
		return "", nil
	}
	root, err := s.readRoot()
	if err != nil {
		return "", err
	}
	others := slices.DeleteFunc(r.uris, func(uri string) bool {
		return slices.Contains(root.withoutAccounts(), referredDN(uri))
	})
	unknown := r.count - rememberedReferences
	switch {
	case len(others) == 0 && unknown <= 0:
		return "", nil
	case len(others) == 1 && unknown <= 0:
		return "a reference to " + others[0] + " was not followed", nil
	}
	return fmt.Sprintf("%d references were not followed, the first to %s",
		len(others)+max(unknown, 0), first(others, "another server")), nil
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
