package checkpoints

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"

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
}

// valueHeader is how long the value is before the object.
const valueHeader = sha256.Size + 8

// pack makes the record of an entry in key and value. They hold until the next
// call.
func (p *packer) pack(e plan.Entry) error {
	p.key = objectKey{kind: e.Kind, id: e.ID}.append(p.key[:0])
	b := append(p.value[:0], make([]byte, valueHeader)...)
	b = append(b, '[')
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
		b = append(b, '[')
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
	b = append(append(b, members...), 0)
	b = append(append(b, e.UID...), 0)
	b = append(append(b, uids...), 0)
	b = append(append(b, e.Inactive...), 0)
	p.element = append(b, flaws...)
	sum := sha256.Sum256(p.element)
	copy(p.value, sum[:])
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
