package filter

import (
	"fmt"
	"slices"
	"strings"

	"github.com/go-ldap/ldap/v3"

	"ldap2scim/plan"
)

// Attribute is an attribute of an entry.
type Attribute struct {
	// Name is as written; Base is its lower-cased name without options.
	Name, Base string
	Options    []string
	Values     []string
}

// Describe makes an attribute of its description and values.
func Describe(name string, values []string) Attribute {
	base, options := SplitDescription(name)
	return Attribute{Name: name, Base: base, Options: options, Values: values}
}

// SplitDescription lower-cases an attribute description (RFC 4512 §2.5).
func SplitDescription(description string) (base string, options []string) {
	parts := strings.Split(strings.ToLower(description), ";")
	return parts[0], parts[1:]
}

// Covers reports whether a description asks for the attribute: the same type,
// and no option that the attribute lacks (RFC 4512 §2.5.2).
func (a Attribute) Covers(base string, options []string) bool {
	if a.Base != base {
		return false
	}
	return !slices.ContainsFunc(options, func(o string) bool { return !slices.Contains(a.Options, o) })
}

// Path parses a DN into its folded RDNs, the entry's own first. It is not the
// code of package ldapsrc, which is tested against it.
func Path(dn string) ([]string, error) {
	parsed, err := ldap.ParseDN(dn)
	if err != nil {
		return nil, fmt.Errorf("DN %q: %w", dn, err)
	}
	path := make([]string, len(parsed.RDNs))
	for i, rdn := range parsed.RDNs {
		parts := make([]string, len(rdn.Attributes))
		for j, a := range rdn.Attributes {
			parts[j] = strings.ToLower(a.Type) + "=" + ldap.EscapeDN(foldText(a.Value))
		}
		slices.Sort(parts)
		path[i] = strings.Join(parts, "+")
	}
	return path, nil
}

// foldText prepares a string as caseIgnoreMatch does (RFC 4518).
func foldText(s string) string { return plan.Fold(strings.Join(strings.Fields(s), " ")) }
