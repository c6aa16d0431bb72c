package ldapsrc

import (
	"slices"
	"strconv"
	"strings"

	"ldap2scim/plan"
)

// decoder makes entries of the messages of one search. It keeps what it learnt
// about attribute names and parents.
type decoder struct {
	kind        plan.Kind
	id, members string
	// rules holds the lower-cased names that the rules read.
	rules map[string]bool
	names map[string]description
	dns   folder
}

// rest is what a server kept back of an attribute: the values from one on.
type rest struct {
	attribute string
	from      int
}

func newDecoder(s named) *decoder {
	d := &decoder{
		kind:    s.kind,
		id:      strings.ToLower(s.ID),
		members: strings.ToLower(s.Members),
		rules:   make(map[string]bool),
		names:   make(map[string]description),
	}
	for _, name := range s.Attributes {
		d.rules[strings.ToLower(name)] = true
	}
	return d
}

// entry decodes a SearchResultEntry (RFC 4511 §4.5.2). The entry's strings
// share the memory of content.
func (d *decoder) entry(content string) (plan.Entry, []rest, error) {
	dn, after, err := take(content, tagOctets)
	if err != nil {
		return plan.Entry{}, nil, err
	}
	e := plan.Entry{Kind: d.kind, DN: dn, Key: d.key(dn), Attrs: make(map[string][]string, 8)}
	left, err := d.attributes(&e, after)
	if err != nil {
		return plan.Entry{}, nil, err
	}
	if e.ID == "" {
		e.ID = plan.ExternalID("dn:" + e.Key)
	}
	return e, left, nil
}

// attributes adds the attributes of a PartialAttributeList to e.
func (d *decoder) attributes(e *plan.Entry, content string) ([]rest, error) {
	list, _, err := take(content, tagSequence)
	if err != nil {
		return nil, err
	}
	var left []rest
	for list != "" {
		var attribute string
		if attribute, list, err = take(list, tagSequence); err != nil {
			return nil, err
		}
		name, set, err := take(attribute, tagOctets)
		if err != nil {
			return nil, err
		}
		if set, _, err = take(set, tagSet); err != nil {
			return nil, err
		}
		values, err := octetStrings(set)
		if err != nil {
			return nil, err
		}
		known := d.describe(name)
		d.add(e, known.name, values)
		if known.next > 0 {
			left = append(left, rest{known.asked, known.next})
		}
	}
	return left, nil
}

func (d *decoder) add(e *plan.Entry, name string, values []string) {
	switch name {
	case d.id:
		e.ID = stableID(name, values)
	case d.members:
		e.Members = slices.Grow(e.Members, len(values))
		for _, v := range values {
			e.Members = append(e.Members, d.key(withoutUID(name, v)))
		}
	}
	if name != d.id && name != d.members || d.rules[name] {
		if have := e.Attrs[name]; have != nil {
			values = append(have, values...)
		}
		if len(values) > 0 {
			e.Attrs[name] = values
		}
	}
}

// key is the folded DN, or "?" and the text of one that does not parse.
func (d *decoder) key(dn string) string {
	key, err := d.dns.fold(dn)
	if err != nil {
		return "?" + dn
	}
	return key
}

// withoutUID cuts the bit string off that a uniqueMember may end with (RFC
// 4517 §3.3.21: cn=a#'01'B).
func withoutUID(attribute, value string) string {
	if attribute == "uniquemember" && strings.HasSuffix(value, "'B") {
		if i := strings.LastIndex(value, "#'"); i >= 0 && strings.Trim(value[i+2:len(value)-2], "01") == "" {
			return value[:i]
		}
	}
	return value
}

// description is a server's attribute description, taken apart.
type description struct {
	// name is lower-cased, with its options but for a range.
	name string
	// asked is the description without the range, as the server wrote it.
	asked string
	// ranged reports that the values are those of a range; low is the first
	// of them and next the first one after them, or 0 when there is none.
	ranged    bool
	low, next int
}

const rememberedNames = 1024

func (d *decoder) describe(written string) description {
	known, ok := d.names[written]
	if !ok {
		written = strings.Clone(written)
		known = parseDescription(written)
		if len(d.names) < rememberedNames {
			d.names[written] = known
		}
	}
	return known
}

// parseDescription reads a range option ([MS-ADTS] §3.1.1.3.1.3.3):
// member;range=0-1499, and member;range=1500-* for the last one.
func parseDescription(written string) description {
	var d description
	parts := strings.Split(written, ";")
	kept := parts[:1]
	for _, option := range parts[1:] {
		bounds, isRange := strings.CutPrefix(strings.ToLower(option), "range=")
		if !isRange {
			kept = append(kept, option)
			continue
		}
		low, high, _ := strings.Cut(bounds, "-")
		d.ranged = true
		d.low, _ = strconv.Atoi(low) // 0 when it is no number
		if n, err := strconv.Atoi(high); err == nil && n >= 0 {
			d.next = n + 1
		}
	}
	d.asked = strings.Join(kept, ";")
	d.name = strings.ToLower(d.asked)
	return d
}
