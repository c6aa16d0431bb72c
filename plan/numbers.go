package plan

import (
	"encoding/binary"
	"math/bits"
)

// numbers finds numbers by keys. All are added first, and looked up then. A
// million take 25 MB, and 40 in a map.
type numbers struct {
	pieces [][]numbered // so that they grow without being moved
	n      int
	// index has, at a place that follows from the key or after it, the place of
	// each in pieces, counted from 1. It is made when the first is looked up.
	index []uint32
}

type numbered struct {
	key    key
	number uint32
}

// numbersInPiece is how many there are in each piece but the last.
const numbersInPiece = 1 << 12

// add gives a number to a key. Of several for one key the last counts.
func (t *numbers) add(k key, number uint32) {
	if t.n%numbersInPiece == 0 {
		t.pieces = append(t.pieces, make([]numbered, 0, numbersInPiece))
	}
	last := &t.pieces[len(t.pieces)-1]
	*last = append(*last, numbered{k, number})
	t.n++
	t.index = nil
}

// of returns the number of a key.
func (t *numbers) of(k key) (uint32, bool) {
	if t.n == 0 {
		return 0, false
	}
	if t.index == nil {
		t.makeIndex()
	}
	at := t.find(k)
	if t.index[at] == 0 {
		return 0, false
	}
	return t.at(t.index[at]).number, true
}

func (t *numbers) makeIndex() {
	t.index = make([]uint32, t.n+t.n/4+1)
	for place := range uint32(t.n) {
		t.index[t.find(t.at(place+1).key)] = place + 1
	}
}

// find returns where in the index a key is, or would be.
func (t *numbers) find(k key) int {
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

func (t *numbers) at(place uint32) *numbered {
	return &t.pieces[(place-1)/numbersInPiece][(place-1)%numbersInPiece]
}
