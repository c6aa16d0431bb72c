package entra

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"slices"

	"ldap2scim/plan"
)

// index finds people of the directory by their keys: it is filled, then
// sealed, and asked after that. It holds twelve bytes for each key of a person
// (one that is two at once, as a mail that is the userPrincipalName too, once),
// and sixteen for the ID.
type index struct {
	// parts are the keys by the first byte of their digest, so that no large
	// array is copied as it grows.
	parts  [256][]keyed
	people identities
}

// keyed is a key: eight more bytes of its SHA-256, and behind them the number
// of who has it with the kinds of key that it is, a bit for each. Of a hundred
// thousand people, one in ten thousand million directories has two keys that
// look the same.
type keyed [12]byte

const (
	digestSize = 8
	kindBits   = len(keys{})
	peopleMost = 1 << (32 - kindBits)
)

// keyedOf returns the part that a key belongs to, and how it stands there.
func keyedOf(text string, person, kinds int) (part byte, e keyed) {
	sum := sha256.Sum256([]byte(text))
	copy(e[:digestSize], sum[1:])
	binary.BigEndian.PutUint32(e[digestSize:], uint32(person<<kindBits|kinds)) //nolint:gosec // a person is below peopleMost
	return sum[0], e
}

func (e keyed) who() uint32 { return binary.BigEndian.Uint32(e[digestSize:]) }

func (e keyed) kinds() int { return int(e.who()) % (1 << kindBits) }

func (e keyed) person() int { return int(e.who() >> kindBits) }

func (e keyed) same(o keyed) bool { return bytes.Equal(e[:digestSize], o[:digestSize]) }

func (e keyed) without(kinds int) keyed {
	e[len(e)-1] &^= byte(kinds)
	return e
}

func (e keyed) compare(o keyed) int { return bytes.Compare(e[:], o[:]) }

// add makes a person known, whose number is how many came before.
func (x *index) add(id plan.ExternalID, k keys) error {
	n := x.people.len()
	if n >= peopleMost {
		return errors.New("there are more people than can be matched")
	}
	x.people.add(id)
	for i, text := range k {
		if text == "" || slices.Contains(k[:i], text) {
			continue
		}
		kinds := 0
		for j := i; j < len(k); j++ {
			if k[j] == text {
				kinds |= 1 << j
			}
		}
		part, e := keyedOf(text, n, kinds)
		x.parts[part] = append(x.parts[part], e)
	}
	return nil
}

// seal makes the index ready to be asked. A key that several people have finds
// nobody: which of them is meant cannot be known.
func (x *index) seal() {
	for i, part := range x.parts {
		slices.SortFunc(part, keyed.compare)
		x.parts[i] = slices.Clone(single(part)) // without the room that growth has left
	}
}

// single drops of each key, in place, the kinds that it is of several people.
func single(part []keyed) []keyed {
	kept := part[:0]
	for at := 0; at < len(part); {
		end, once, twice := at, 0, 0
		for first := part[at]; end < len(part) && part[end].same(first); end++ {
			twice |= once & part[end].kinds()
			once |= part[end].kinds()
		}
		for ; at < end; at++ {
			if e := part[at].without(twice); e.kinds() != 0 {
				kept = append(kept, e)
			}
		}
	}
	return kept
}

// find returns the person by the surest key that exactly one has, and which of
// keyNames it is; -1 for nobody.
func (x *index) find(k keys) (person int, by int8) {
	for i, text := range k {
		if text == "" {
			continue
		}
		n, want := keyedOf(text, 0, 0)
		part := x.parts[n]
		at, _ := slices.BinarySearchFunc(part, want, keyed.compare)
		for ; at < len(part) && part[at].same(want); at++ {
			if part[at].kinds()&(1<<i) != 0 {
				return part[at].person(), int8(i)
			}
		}
	}
	return -1, nobody
}
