package ldapsrc

import (
	"strings"

	"github.com/go-ldap/ldap/v3"
)

// root is what the root DSE (RFC 4512 §5.1) says, by lower-cased attribute.
// It is empty when the server does not show it.
type root map[string][]string

func (s *Source) readRoot() (root, error) {
	q := query{
		base: "", scope: ldap.ScopeBaseObject, filter: anything,
		attributes: []string{
			"objectClass", "vendorName", "vendorVersion", "namingContexts", "supportedControl",
			"defaultNamingContext", "rootDomainNamingContext", "configurationNamingContext", "dnsHostName", "currentTime",
		},
	}
	var one record
	result, err := s.search(q, nil, func(m message) error {
		var err error
		one, err = newDecoder().record(m.content)
		return err
	}, ignore)
	if err != nil || result.err() != nil {
		return nil, err
	}
	return one.attrs, nil
}

func (r root) first(name string) string { return first(r[name], "") }

// vendor names the server as well as its root DSE allows.
func (r root) vendor() string {
	named := strings.TrimSpace(r.first("vendorname") + " " + r.first("vendorversion"))
	switch {
	case named != "":
		return named
	case r.first("rootdomainnamingcontext") != "":
		return strings.TrimSpace("Active Directory " + r.first("dnshostname"))
	case strings.Contains(strings.Join(r["objectclass"], " "), "OpenLDAP"):
		return "OpenLDAP"
	}
	return ""
}

// withoutAccounts returns the folded DNs of a domain controller's partitions
// that can hold no account and no group.
func (r root) withoutAccounts() []string {
	var partitions []string
	for _, p := range []struct{ prefix, attribute string }{
		{"", "configurationnamingcontext"},
		{"DC=DomainDnsZones,", "defaultnamingcontext"},
		{"DC=ForestDnsZones,", "rootdomainnamingcontext"},
	} {
		context := r.first(p.attribute)
		if context == "" || r.first("rootdomainnamingcontext") == "" {
			continue
		}
		if dn, err := FoldDN(p.prefix + context); err == nil {
			partitions = append(partitions, dn)
		}
	}
	return partitions
}
