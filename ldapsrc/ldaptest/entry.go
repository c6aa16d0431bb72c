package ldaptest

import (
	"crypto/sha1"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/go-ldap/ldap/v3"

	"ldap2scim/plan"
)

// Entry is one entry of the directory. Values may hold any bytes. An entry
// without an entryUUID gets one that is made of its DN.
type Entry struct {
	DN    string
	Attrs map[string][]string
}

// record is an entry as stored.
type record struct {
	dn string
	// path is the folded RDNs, the entry's own first.
	path []string
	// attrs are sorted by name.
	attrs []attribute
}

type attribute struct {
	// name is as written; base is its lower-cased name without options.
	name, base string
	options    []string
	values     []string
}

func newRecord(e Entry) (*record, error) {
	path, err := splitDN(e.DN)
	if err != nil {
		return nil, err
	}
	if len(path) == 0 {
		return nil, fmt.Errorf("DN %q is empty", e.DN)
	}
	r := &record{dn: e.DN, path: path}
	r.set(e.Attrs)
	r.replace("entryDN", []string{e.DN})
	if r.values("entryuuid") == nil {
		r.replace("entryUUID", []string{uuidOf(r.key())})
	}
	return r, nil
}

func (r *record) key() string { return strings.Join(r.path, ",") }

func (r *record) clone() *record {
	return &record{dn: r.dn, path: r.path, attrs: slices.Clone(r.attrs)}
}

// set replaces the named attributes; those without values are removed.
func (r *record) set(attrs map[string][]string) {
	for _, name := range slices.Sorted(maps.Keys(attrs)) {
		r.replace(name, attrs[name])
	}
}

func (r *record) replace(name string, values []string) {
	r.attrs = slices.DeleteFunc(r.attrs, func(a attribute) bool { return strings.EqualFold(a.name, name) })
	if len(values) == 0 {
		return
	}
	base, options := splitDescription(name)
	r.attrs = append(r.attrs, attribute{name, base, options, slices.Clone(values)})
	slices.SortFunc(r.attrs, func(a, b attribute) int {
		return strings.Compare(strings.ToLower(a.name), strings.ToLower(b.name))
	})
}

// values returns those of an attribute without options, by its lower-cased
// name.
func (r *record) values(base string) []string {
	for _, a := range r.attrs {
		if a.base == base && len(a.options) == 0 {
			return a.values
		}
	}
	return nil
}

// splitDescription lower-cases an attribute description (RFC 4512 §2.5).
func splitDescription(description string) (base string, options []string) {
	parts := strings.Split(strings.ToLower(description), ";")
	return parts[0], parts[1:]
}

// covers reports whether a description asks for the attribute: the same type,
// and no option that the attribute lacks (RFC 4512 §2.5.2).
func (a attribute) covers(base string, options []string) bool {
	if a.base != base {
		return false
	}
	return !slices.ContainsFunc(options, func(o string) bool { return !slices.Contains(a.options, o) })
}

// splitDN parses and folds a DN. It is not the code of package ldapsrc, which
// is tested against this package.
func splitDN(dn string) ([]string, error) {
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

// uuidOf makes a name-based UUID (RFC 9562 §5.5).
func uuidOf(key string) string {
	sum := sha1.Sum([]byte("ldap2scim/ldaptest\x00" + key))
	sum[6] = sum[6]&0x0f | 0x50
	sum[8] = sum[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", sum[0:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
}
