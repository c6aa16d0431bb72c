package ldapsrc

import "strings"

// decoder makes records of the messages of one search. It keeps what it learnt
// about attribute names.
type decoder struct {
	names map[string]int // of attributes as they are written, in known
	known []learnt
	next  int // in known, where the next name is looked for first
	// room is where the next single values go: most attributes have one, and
	// a slice for each costs more than its value.
	room []string
}

// learnt is an attribute as it is written, and what that means.
type learnt struct {
	written string
	description
}

func newDecoder() *decoder { return &decoder{names: make(map[string]int)} }

// record decodes a SearchResultEntry (RFC 4511 §4.5.2). The record's strings
// share the memory of content.
func (d *decoder) record(content string) (record, error) {
	dn, after, err := take(content, tagOctets)
	if err != nil {
		return record{}, err
	}
	r := record{dn: dn, attrs: make(map[string][]string, 8)}
	return r, d.attributes(&r, after)
}

// attributes adds those of a PartialAttributeList to r. What the server kept
// back takes the place of what was kept back before.
func (d *decoder) attributes(r *record, content string) error {
	list, _, err := take(content, tagSequence)
	if err != nil {
		return err
	}
	r.left = nil
	d.next = 0
	for list != "" {
		var attribute string
		if attribute, list, err = take(list, tagSequence); err != nil {
			return err
		}
		name, set, err := take(attribute, tagOctets)
		if err != nil {
			return err
		}
		if set, _, err = take(set, tagSet); err != nil {
			return err
		}
		values, err := d.values(set)
		if err != nil {
			return err
		}
		known := d.describe(name)
		r.add(known.name, values)
		if known.next > 0 {
			r.left = append(r.left, rest{known.asked, known.next})
		}
	}
	return nil
}

// values decodes the content of a set of values.
func (d *decoder) values(set string) ([]string, error) {
	value, more, err := take(set, tagOctets)
	if err != nil || more != "" {
		return octetStrings(set)
	}
	if len(d.room) == 0 {
		d.room = make([]string, 64)
	}
	one := d.room[:1:1]
	one[0], d.room = value, d.room[1:]
	return one, nil
}

const rememberedNames = 1024

// describe takes a name apart. A server names the attributes of all entries in
// one order, so the next one is mostly the one that came next before.
func (d *decoder) describe(written string) *description {
	if d.next >= len(d.known) || d.known[d.next].written != written {
		at, ok := d.names[written]
		if !ok {
			at = d.learn(strings.Clone(written))
		}
		d.next = at
	}
	d.next++
	return &d.known[d.next-1].description
}

// learn takes a new name apart. When there are too many, which only ranges can
// make, all are forgotten.
func (d *decoder) learn(written string) int {
	if len(d.known) >= rememberedNames {
		clear(d.names)
		d.known = d.known[:0]
	}
	d.known = append(d.known, learnt{written, parseDescription(written)})
	d.names[written] = len(d.known) - 1
	return len(d.known) - 1
}
