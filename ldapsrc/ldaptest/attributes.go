package ldaptest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"ldap2scim/ldapsrc/internal/filter"
)

// selected returns the attributes of an entry that a search asks for (RFC 4511
// §4.5.1.8).
func (s *session) selected(q query, r *record) []filter.Attribute {
	return pick(q, r.attrs, s.server.directory.RangeLimit)
}

func pick(q query, attrs []filter.Attribute, rangeLimit int) []filter.Attribute {
	var chosen []filter.Attribute
	for _, a := range attrs {
		low, high, asked := wants(q.attributes, a)
		if !asked || a.Base == "userpassword" {
			continue
		}
		switch {
		case q.typesOnly:
			a.Values = nil
			chosen = append(chosen, a)
		case low < 0 && (rangeLimit == 0 || len(a.Values) <= rangeLimit):
			chosen = append(chosen, a)
		default:
			chosen = append(chosen, ranged(a, max(low, 0), high, rangeLimit)...)
		}
	}
	return chosen
}

// ranged returns a range of an attribute's values, and the attribute without
// any beside it, as Active Directory does. high is -1 for the last value.
func ranged(a filter.Attribute, low, high, limit int) []filter.Attribute {
	if low >= len(a.Values) {
		return nil
	}
	last := len(a.Values) - 1
	if high < 0 || high > last {
		high = last
	}
	if limit > 0 {
		high = min(high, low+limit-1)
	}
	if high < low {
		return nil
	}
	option := fmt.Sprintf("range=%d-%d", low, high)
	if high == last {
		option = fmt.Sprintf("range=%d-*", low)
	}
	part := a
	part.Name = a.Name + ";" + option
	part.Values = a.Values[low : high+1]
	if low > 0 {
		return []filter.Attribute{part}
	}
	empty := a
	empty.Values = nil
	return []filter.Attribute{empty, part}
}

// wants reports whether the descriptions ask for the attribute, and for which
// range of its values; low is -1 when for none in particular.
func wants(descriptions []string, a filter.Attribute) (low, high int, asked bool) {
	if len(descriptions) == 0 {
		return -1, -1, !operational(a.Base)
	}
	for _, d := range descriptions {
		switch d {
		case "*":
			asked = asked || !operational(a.Base)
			continue
		case "+":
			asked = asked || operational(a.Base)
			continue
		}
		base, options := filter.SplitDescription(d)
		i := slices.IndexFunc(options, func(o string) bool { return strings.HasPrefix(o, "range=") })
		if i < 0 {
			asked = asked || a.Covers(base, options)
			continue
		}
		from, to, _ := strings.Cut(strings.TrimPrefix(options[i], "range="), "-")
		if !a.Covers(base, slices.Delete(options, i, i+1)) {
			continue
		}
		low, err := strconv.Atoi(from)
		if err != nil || low < 0 {
			continue
		}
		high, err := strconv.Atoi(to)
		if err != nil {
			high = -1
		}
		return low, high, true
	}
	return -1, -1, asked
}

// operational reports that an attribute is sent only when asked for.
func operational(base string) bool {
	switch base {
	case "entryuuid", "entrydn", "createtimestamp", "modifytimestamp", "creatorsname", "modifiersname",
		"structuralobjectclass", "hassubordinates", "subschemasubentry", "nsuniqueid":
		return true
	}
	return false
}
