package ldaptest

import (
	"crypto/sha1"
	"fmt"
	"maps"
	"slices"
	"strings"

	"ldap2scim/ldapsrc/internal/filter"
)

// Entry is one entry of the directory. Values may hold any bytes. An entry
// without an entryUUID gets one that is made of its DN.
type Entry struct {
	DN    string
	Attrs map[string][]string
}

// UUID is the entryUUID that an entry without one gets.
func (e Entry) UUID() (string, error) {
	r, err := newRecord(Entry{DN: e.DN})
	if err != nil {
		return "", err
	}
	return uuidOf(r.key()), nil
}

// record is an entry as stored.
type record struct {
	dn string
	// path is the folded RDNs, the entry's own first.
	path []string
	// attrs are sorted by name.
	attrs []filter.Attribute
}

func newRecord(e Entry) (*record, error) {
	path, err := filter.Path(e.DN)
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
	r.attrs = slices.DeleteFunc(r.attrs, func(a filter.Attribute) bool { return strings.EqualFold(a.Name, name) })
	if len(values) == 0 {
		return
	}
	r.attrs = append(r.attrs, filter.Describe(name, slices.Clone(values)))
	slices.SortFunc(r.attrs, func(a, b filter.Attribute) int {
		return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name))
	})
}

// values returns those of an attribute without options, by its lower-cased
// name.
func (r *record) values(base string) []string {
	for _, a := range r.attrs {
		if a.Base == base && len(a.Options) == 0 {
			return a.Values
		}
	}
	return nil
}

// uuidOf makes a name-based UUID (RFC 9562 §5.5).
func uuidOf(key string) string {
	sum := sha1.Sum([]byte("ldap2scim/ldaptest\x00" + key))
	sum[6] = sum[6]&0x0f | 0x50
	sum[8] = sum[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", sum[0:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
}
