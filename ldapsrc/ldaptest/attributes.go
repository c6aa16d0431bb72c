package ldaptest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// selected returns the attributes of an entry that a search asks for (RFC 4511
// §4.5.1.8).
func (s *session) selected(q query, r *record) []attribute {
	return pick(q, r.attrs, s.server.directory.RangeLimit)
}

func pick(q query, attrs []attribute, rangeLimit int) []attribute {
	var chosen []attribute
	for _, a := range attrs {
		low, high, asked := wants(q.attributes, a)
		if !asked || a.base == "userpassword" {
			continue
		}
		switch {
		case q.typesOnly:
			a.values = nil
			chosen = append(chosen, a)
		case low < 0 && (rangeLimit == 0 || len(a.values) <= rangeLimit):
			chosen = append(chosen, a)
		default:
			chosen = append(chosen, ranged(a, max(low, 0), high, rangeLimit)...)
		}
	}
	return chosen
}

// ranged returns a range of an attribute's values, and the attribute without
// any beside it, as Active Directory does. high is -1 for the last value.
func ranged(a attribute, low, high, limit int) []attribute {
	if low >= len(a.values) {
		return nil
	}
	last := len(a.values) - 1
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
	part.name = a.name + ";" + option
	part.values = a.values[low : high+1]
	if low > 0 {
		return []attribute{part}
	}
	empty := a
	empty.values = nil
	return []attribute{empty, part}
}

// wants reports whether the descriptions ask for the attribute, and for which
// range of its values; low is -1 when for none in particular.
func wants(descriptions []string, a attribute) (low, high int, asked bool) {
	if len(descriptions) == 0 {
		return -1, -1, !operational(a.base)
	}
	for _, d := range descriptions {
		switch d {
		case "*":
			asked = asked || !operational(a.base)
			continue
		case "+":
			asked = asked || operational(a.base)
			continue
		}
		base, options := splitDescription(d)
		i := slices.IndexFunc(options, func(o string) bool { return strings.HasPrefix(o, "range=") })
		if i < 0 {
			asked = asked || a.covers(base, options)
			continue
		}
		from, to, _ := strings.Cut(strings.TrimPrefix(options[i], "range="), "-")
		if !a.covers(base, slices.Delete(options, i, i+1)) {
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
