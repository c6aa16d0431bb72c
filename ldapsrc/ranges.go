package ldapsrc

import (
	"fmt"
	"strings"

	"github.com/go-ldap/ldap/v3"

	"ldap2scim/plan"
)

// held is an entry of which the server kept values back.
type held struct {
	entry plan.Entry
	left  []rest
}

// readRest reads the values that the server kept back, range by range. When
// one cannot be read, it returns why in words, and the entry has the values
// that came.
func (r *reader) readRest(h *held) (missing string, err error) {
	for _, left := range h.left {
		for left.from > 0 {
			next, why, err := r.readRange(&h.entry, left)
			if err != nil {
				return "", err
			}
			if why != "" {
				return fmt.Sprintf("of %s, %s from value %d on could not be read: %s", h.entry.DN, left.attribute, left.from, why), nil
			}
			left.from = next
		}
	}
	return "", nil
}

// readRange adds the next range to e and returns where the one after it
// begins, or 0 after the last.
func (r *reader) readRange(e *plan.Entry, left rest) (next int, missing string, err error) {
	q := query{
		base:       e.DN,
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
		into := &decoder{id: r.decoder.id, members: r.decoder.members, rules: r.decoder.rules, dns: r.decoder.dns, names: map[string]description{}}
		more, err := into.attributes(e, list)
		if len(more) > 0 {
			next = more[0].from
		}
		for _, d := range into.names {
			seen = seen || d.ranged && d.low == left.from && strings.EqualFold(d.asked, left.attribute)
		}
		return err
	}, ignore)
	switch {
	case err != nil:
		return 0, "", err
	case result.err() != nil:
		return 0, result.err().Error(), nil
	case !seen:
		return 0, "the server did not send them", nil
	case next > 0 && next <= left.from:
		return 0, "the server sends the same range again", nil
	}
	return next, "", nil
}

func ignore(message) error { return nil }
