package checkpoints

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash"
	"slices"

	"ldap2scim/plan"
)

// An entry stands in a block as a list in JSON: its ID, DN, key and attributes,
// and, where there is one of these, its uid, why it is inactive, and its flaws.
// Its members stand apart from it: the list of those by DN and, where there are
// any, that of those by uid.

// packer makes records of entries and resources: the key, and as the value the
// SHA-256 of the element of the digest, how many members there are, the length of
// the object in JSON, the object, and the members in JSON, or nothing where there
// are none. The zero value is ready.
type packer struct {
	names               attrNames
	key, value, element []byte
	hash                hash.Hash // nil before the first digest
}

// valueHeader is how long the value is before the object.
const valueHeader = sha256.Size + 8

// pack makes the record of an entry in key and value. They hold until the next
// call.
func (p *packer) pack(e plan.Entry) error {
	p.key = objectKey{kind: e.Kind, id: e.ID}.append(p.key[:0])
	b := p.begin()
	for _, text := range []string{string(e.ID), e.DN, e.Key} {
		b = append(appendText(b, text), ',')
	}
	attrs := len(b)
	b, err := p.names.appendAttrs(b, e.Attrs)
	if err != nil {
		return fmt.Errorf("entry %s: %w", e.DN, err)
	}
	attrsEnd := len(b)
	flaws := [2]int{}
	if e.UID != "" || e.Inactive != "" || len(e.Flaws) > 0 {
		b = appendText(append(b, ','), e.UID)
		b = appendText(append(b, ','), e.Inactive)
		b = append(b, ',')
		flaws[0] = len(b)
		b = appendTexts(b, e.Flaws)
		flaws[1] = len(b)
	}
	b = append(b, ']')
	putSizes(b, len(e.Members)+len(e.MemberUIDs))
	members, uids := [2]int{}, [2]int{}
	if len(e.Members) > 0 || len(e.MemberUIDs) > 0 {
		b = append(roomFor(b, e.Members), '[')
		members[0] = len(b)
		b = appendTexts(b, e.Members)
		members[1] = len(b)
		if len(e.MemberUIDs) > 0 {
			b = append(b, ',')
			uids[0] = len(b)
			b = appendTexts(b, e.MemberUIDs)
			uids[1] = len(b)
		}
		b = append(b, ']')
	}
	p.value = b
	p.digest(e, b[attrs:attrsEnd], list(b, members), list(b, uids), list(b, flaws))
	return nil
}

// keptBuffer is the largest buffer that is used again: one of a large group is
// not kept for the people who come after it.
const keptBuffer = 1 << 20

// begin returns the value with an empty header and the begin of the object.
func (p *packer) begin() []byte {
	if cap(p.value) > keptBuffer {
		p.value = nil
	}
	return append(append(p.value[:0], make([]byte, valueHeader)...), '[')
}

// roomFor grows b at once by what a list may need.
func roomFor[S ~string](b []byte, list []S) []byte {
	size := 4
	for _, s := range list {
		size += len(s) + 3
	}
	return slices.Grow(b, size)
}

// list is the part of b with a list in JSON, or an empty list.
func list(b []byte, part [2]int) []byte {
	if part[1] == 0 {
		return []byte("[]")
	}
	return b[part[0]:part[1]]
}

// digest puts the SHA-256 of the element into the value. The element has a zero
// byte between its parts.
func (p *packer) digest(e plan.Entry, attrs, members, uids, flaws []byte) {
	b := append(append(p.element[:0], e.Kind...), 0)
	b = append(append(b, e.ID...), 0)
	b = append(append(b, e.DN...), 0)
	b = append(append(b, attrs...), 0)
	before := len(b)
	b = append(append(append(b, 0), e.UID...), 0)
	b = append(append(b, uids...), 0)
	b = append(append(b, e.Inactive...), 0)
	b = append(b, flaws...)
	p.element = b
	p.sum(b[:before], members, b[before:])
}

// sum puts the SHA-256 of an element into the value. The members are not copied
// for it, as they may be many.
func (p *packer) sum(before, members, after []byte) {
	if p.hash == nil {
		p.hash = sha256.New()
	}
	p.hash.Reset()
	p.hash.Write(before)
	p.hash.Write(members)
	p.hash.Write(after)
	p.hash.Sum(p.value[:0])
}

// putSizes fills in the header but for the digest, when the value ends with the
// object.
func putSizes(value []byte, held int) {
	binary.LittleEndian.PutUint32(value[sha256.Size:], uint32(held))
	binary.LittleEndian.PutUint32(value[sha256.Size+4:], uint32(len(value)-valueHeader))
}

// packed is what the value of a record holds.
type packed struct {
	sum             [sha256.Size]byte
	held            int // members
	object, members []byte
}

func readPacked(value []byte) packed {
	held, size := binary.LittleEndian.Uint32(value[sha256.Size:]), binary.LittleEndian.Uint32(value[sha256.Size+4:])
	return packed{[sha256.Size]byte(value), int(held), value[valueHeader:][:size], value[valueHeader+size:]}
}
