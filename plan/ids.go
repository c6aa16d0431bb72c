package plan

import (
	"encoding/hex"
	"sort"
	"strings"
)

// ids are the IDs of people by their numbers, in their order. As long as each
// is the first with other hexadecimal digits, as GUIDs are, two digits are kept
// in a byte: a million GUIDs take 16 MB, and 64 as strings.
type ids struct {
	form   string // the first, with 0 for each digit
	size   int    // of one, in bytes
	n      int
	packed [][]byte     // in pieces, so that they grow without being moved
	plain  []ExternalID // all of them, when one has another form
}

// idsInPiece is how many IDs are in each piece but the last.
const idsInPiece = 1 << 12

func (l *ids) add(id ExternalID) {
	if l.n == 0 {
		l.form = formOf(string(id))
		l.size = (strings.Count(l.form, "0") + 1) / 2
	}
	if l.plain == nil && !l.fits(string(id)) {
		l.plain = make([]ExternalID, 0, l.n+1)
		for i := range l.n {
			l.plain = append(l.plain, l.unpack(i))
		}
		l.packed = nil
	}
	if l.plain != nil {
		l.plain = append(l.plain, id)
	} else {
		l.pack(string(id))
	}
	l.n++
}

// at returns the ID with a number.
func (l *ids) at(n uint32) ExternalID {
	if l.plain != nil {
		return l.plain[n]
	}
	return l.unpack(int(n))
}

// is tells whether an ID is the one with a number.
func (l *ids) is(n uint32, id ExternalID) bool {
	if l.plain != nil {
		return l.plain[n] == id
	}
	var few [64]byte
	return string(l.appendTo(few[:0], int(n))) == string(id)
}

// number returns the number of an ID.
func (l *ids) number(id ExternalID) (uint32, bool) {
	n := sort.Search(l.n, func(i int) bool { return l.at(uint32(i)) >= id })
	return uint32(n), n < l.n && l.at(uint32(n)) == id
}

func (l *ids) fits(id string) bool {
	if len(id) != len(l.form) {
		return false
	}
	for i := range len(id) {
		c := id[i]
		if isHexDigit(c) {
			c = '0'
		}
		if c != l.form[i] {
			return false
		}
	}
	return true
}

// pack keeps the digits of one ID.
func (l *ids) pack(id string) {
	if l.n%idsInPiece == 0 {
		l.packed = append(l.packed, make([]byte, 0, idsInPiece*l.size))
	}
	last := &l.packed[len(l.packed)-1]
	half, odd := byte(0), false
	for i := range len(id) {
		switch {
		case l.form[i] != '0':
		case odd:
			*last, odd = append(*last, half<<4|digitOf(id[i])), false
		default:
			half, odd = digitOf(id[i]), true
		}
	}
	if odd {
		*last = append(*last, half<<4)
	}
}

// unpack puts one ID together.
func (l *ids) unpack(n int) ExternalID {
	var few [64]byte
	return ExternalID(l.appendTo(few[:0], n))
}

func (l *ids) appendTo(b []byte, n int) []byte {
	from := n % idsInPiece * l.size
	var few [64]byte
	digits := hex.AppendEncode(few[:0], l.packed[n/idsInPiece][from:from+l.size])
	at := 0
	for i := range len(l.form) {
		c := l.form[i]
		if c == '0' {
			c = digits[at]
			at++
		}
		b = append(b, c)
	}
	return b
}

// formOf writes 0 for each hexadecimal digit.
func formOf(id string) string {
	var few [64]byte
	b := append(few[:0], id...)
	for i, c := range b {
		if isHexDigit(c) {
			b[i] = '0'
		}
	}
	return string(b)
}

func isHexDigit(c byte) bool { return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' }

func digitOf(c byte) byte {
	if c >= 'a' {
		return c - 'a' + 10
	}
	return c - '0'
}
