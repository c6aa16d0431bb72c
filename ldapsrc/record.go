package ldapsrc

import (
	"strconv"
	"strings"
)

// record is an entry as it came, from a server or from a file. Its strings may
// share the memory of a whole message and of others.
type record struct {
	dn string
	// attrs holds the values by lower-cased description, without the options
	// for ranges and for the transfer (binary).
	attrs map[string][]string
	// left is what the server kept back.
	left []rest
}

// rest is what a server kept back of an attribute: the values from one on.
type rest struct {
	attribute string
	from      int
}

func (r *record) add(name string, values []string) {
	if len(values) == 0 {
		return
	}
	if have := r.attrs[name]; have != nil {
		values = append(have, values...)
	}
	r.attrs[name] = values
}

// description is an attribute description, taken apart.
type description struct {
	// name is lower-cased, with its options but for a range and binary.
	name string
	// asked is the description without the range, as the server wrote it.
	asked string
	// ranged reports that the values are those of a range; low is the first
	// of them and next the first one after them, or 0 when there is none.
	ranged    bool
	low, next int
}

// parseDescription reads a range option ([MS-ADTS] §3.1.1.3.1.3.3):
// member;range=0-1499, and member;range=1500-* for the last one. The option
// binary (RFC 4522) says how the value travels and makes no other attribute.
func parseDescription(written string) description {
	var d description
	parts := strings.Split(written, ";")
	asked, name := parts[:1:1], parts[:1:1]
	for _, option := range parts[1:] {
		lower := strings.ToLower(option)
		bounds, isRange := strings.CutPrefix(lower, "range=")
		switch {
		case isRange:
			d.ranged = true
			d.low, d.next = parseRange(bounds)
			continue
		case lower != "binary":
			name = append(name, lower)
		}
		asked = append(asked, option)
	}
	d.asked = strings.Join(asked, ";")
	d.name = strings.ToLower(strings.Join(name, ";"))
	return d
}

// parseRange returns the first value of a range and the first one after it,
// each 0 where there is none or it is no number.
func parseRange(bounds string) (low, next int) {
	from, to, _ := strings.Cut(bounds, "-")
	if n, err := strconv.Atoi(from); err == nil && n >= 0 {
		low = n
	}
	if n, err := strconv.Atoi(to); err == nil && n >= 0 && n < 1<<31-1 {
		next = n + 1
	}
	return low, next
}
