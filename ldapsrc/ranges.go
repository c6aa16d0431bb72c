package ldapsrc

import (
	"fmt"
	"strings"

	"github.com/go-ldap/ldap/v3"
)

// readRest reads the values that the server kept back, range by range. When
// one cannot be read, it returns why in words, and the entry has the values
// that came.
func (r *reader) readRest(h *record) (missing string, err error) {
	for _, left := range h.left {
		for left.from > 0 {
			next, why, err := r.readRange(h, left)
			if err != nil {
				return "", err
			}
			if why != "" {
				return fmt.Sprintf("of %s, %s from value %d on could not be read: %s", h.dn, left.attribute, left.from, why), nil
			}
			left.from = next
		}
	}
	return "", nil
}

// readRange adds the next range to h and returns where the one after it
// begins, or 0 after the last.
func (r *reader) readRange(h *record, left rest) (next int, missing string, err error) {
	q := query{
		base:       h.dn,
		scope:      ldap.ScopeBaseObject,
		filter:     anything,
		attributes: []string{fmt.Sprintf("%s;range=%d-*", left.attribute, left.from)},
	}
	seen := false
	result, err := r.source.search(q, nil, func(m message) error {
		_, list, err := take(m.content, tagOctets)
		if err != nil {
			return err
		}
		// The names are not remembered: each range has another.
		into := newDecoder()
		part := record{attrs: h.attrs}
		err = into.attributes(&part, list)
		if len(part.left) > 0 {
			next = part.left[0].from
		}
		for _, d := range into.known {
			seen = seen || d.ranged && d.low == left.from && strings.EqualFold(d.asked, left.attribute)
		}
		return err
	}, ignore)
	switch {
	case err != nil:
		return 0, "", err
	case result.code != ldap.LDAPResultSuccess:
		return 0, result.err().Error(), nil
	case !seen:
		return 0, "the server did not send them", nil
	case next > 0 && next <= left.from:
		return 0, "the server sends the same range again", nil
	}
	return next, "", nil
}

func ignore(message) error { return nil }
