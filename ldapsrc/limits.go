package ldapsrc

import (
	"slices"
	"strings"

	"github.com/go-ldap/ldap/v3"
)

// place is where a kind of server keeps its limits.
type place struct {
	dn         string
	attributes []string
}

// limits returns where the server that the root DSE is of keeps its limits. A
// domain controller has them in a policy ([MS-ADTS] §3.1.1.3.4.6), which
// everybody may read; another policy may stand in for the default one. Those of
// 389 Directory Server are in its configuration, which few may read, those of
// OpenLDAP where nobody but its administrator reads.
func (r root) limits() place {
	configuration := r.first("configurationnamingcontext")
	switch {
	case configuration != "" && r.first("rootdomainnamingcontext") != "":
		return place{"CN=Default Query Policy,CN=Query-Policies,CN=Directory Service,CN=Windows NT,CN=Services," + configuration, []string{"lDAPAdminLimits"}}
	case strings.Contains(r.vendor(), "389"):
		return place{"cn=config", []string{"nsslapd-sizelimit", "nsslapd-timelimit"}}
	}
	return place{}
}

// readLimits returns the limits that the server reports and that a reading can
// meet, as NAME=VALUE in their order. There are none where the reader may not
// see them.
func (s *Source) readLimits(r root) ([]string, error) {
	at := r.limits()
	if at.dn == "" {
		return nil, nil
	}
	var limits []string
	q := query{base: at.dn, scope: ldap.ScopeBaseObject, filter: anything, attributes: at.attributes}
	_, err := s.search(q, nil, func(m message) error {
		one, err := newDecoder().record(m.content)
		if err != nil {
			return err
		}
		for _, name := range at.attributes {
			for _, value := range one.attrs[strings.ToLower(name)] {
				if !strings.Contains(value, "=") {
					value = name + "=" + value
				}
				limits = append(limits, strings.Clone(value))
			}
		}
		return nil
	}, ignore)
	limits = slices.DeleteFunc(limits, func(limit string) bool { return !isMet(limit) })
	slices.Sort(limits)
	return limits, err
}

// isMet tells a limit that a reading can meet. Others of the policy are about
// threads, connections and notifications.
func isMet(limit string) bool {
	name, _, _ := strings.Cut(strings.ToLower(limit), "=")
	switch name {
	case "maxpagesize", "maxvalrange", "maxresultsetsize", "maxqueryduration", "nsslapd-sizelimit", "nsslapd-timelimit":
		return true
	}
	return false
}
