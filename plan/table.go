package plan

import (
	"encoding/binary"
	"math/bits"
)

// table finds values by keys. All are added first, and looked up then. A million
// numbers take 25 MB, and 40 in a map.
type table[V any] struct {
	pieces [][]keyed[V] // so that they grow without being moved
	n      int
	// index has, at a place that follows from the key or after it, the place of
	// each in pieces, counted from 1. It is made when all are added.
	index []uint32
}

type keyed[V any] struct {
	key   key
	value V
}

// inPiece is how many there are in each piece but the last.
const inPiece = 1 << 12

func (t *table[V]) add(k key, v V) {
	if t.n%inPiece == 0 {
		t.pieces = append(t.pieces, make([]keyed[V], 0, inPiece))
	}
	last := &t.pieces[len(t.pieces)-1]
	*last = append(*last, keyed[V]{k, v})
	t.n++
	t.index = nil
}

// of returns the value of a key; of several, that which was added last.
func (t *table[V]) of(k key) (v V, found bool) {
	if t.n == 0 {
		return v, false
	}
	if t.index == nil {
		t.close(func(key) {})
	}
	if place := t.index[t.find(k)]; place > 0 {
		return t.at(place).value, true
	}
	return v, false
}

// close makes the index, and gives to again each key that was added more than
// once, as often as it came again.
func (t *table[V]) close(again func(key)) {
	t.index = make([]uint32, t.n+t.n/4+1)
	for place := range uint32(t.n) {
		k := t.at(place + 1).key
		at := t.find(k)
		if t.index[at] > 0 {
			again(k)
		}
		t.index[at] = place + 1
	}
}

// find returns where in the index a key is, or would be.
func (t *table[V]) find(k key) int {
	// A key is as good as random.
	first, _ := bits.Mul64(binary.LittleEndian.Uint64(k[:8]), uint64(len(t.index)))
	at := int(first)
	for t.index[at] != 0 && t.at(t.index[at]).key != k {
		if at++; at == len(t.index) {
			at = 0
		}
	}
	return at
}

func (t *table[V]) at(place uint32) *keyed[V] {
	return &t.pieces[(place-1)/inPiece][(place-1)%inPiece]
}
