package ldapsrc

import (
	"context"
	"errors"
	"strings"

	"ldap2scim/plan"
)

// arrival is an entry as it came: a message that nobody has looked into, or,
// where the server kept values back, the record with all of them.
type arrival struct {
	message string
	whole   record
}

// weight is for [plan.PipeWeighed]. It counts a value that came in ranges as 64
// bytes.
func (a arrival) weight() int {
	size := len(a.message)
	for _, values := range a.whole.attrs {
		size += 64 * len(values)
	}
	return 1 + plan.TextWeight(size)
}

func (a arrival) record(d *decoder) (record, error) {
	if a.whole.attrs != nil {
		return a.whole, nil
	}
	return d.record(a.message)
}

// mayBePartial reports whether the server may have kept values of the entry
// back: an attribute or a value holds what a range option begins with.
func mayBePartial(message string) bool {
	const option = "range="
	for {
		_, after, found := strings.Cut(message, ";")
		if !found {
			return false
		}
		if len(after) >= len(option) && strings.EqualFold(after[:len(option)], option) {
			return true
		}
		message = after
	}
}

var errNoMore = errors.New("no more entries are wanted")

// readOnce reads one search, and gives its records beside the reading, so that
// the server is asked for the next page while the entries of the last one are
// decoded. The error of give is stopped.
func (s *Source) readOnce(ctx context.Context, search named, give func(record) error) (r *reader, stopped, err error) {
	r = &reader{source: s, search: search}
	within, cancel := context.WithCancel(ctx)
	defer cancel()
	decoder := newDecoder()
	var broken error
	err = s.during(within, func() error {
		return plan.PipeWeighed(arrival.weight, func(put func(arrival) error) error {
			r.put = put
			return r.read(within)
		}, func(a arrival) error {
			var one record
			if one, broken = a.record(decoder); broken == nil {
				stopped = give(one)
			}
			if stopped != nil || broken != nil {
				cancel() // nobody waits for what is still to come
				return errNoMore
			}
			return nil
		})
	})
	if broken != nil {
		err = broken
	}
	return r, stopped, err
}
