package scimdst

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/bits"
	"strings"
	"unicode/utf8"
)

// deepest is how deep values may lie in each other, as in encoding/json.
const deepest = 10000

// scan goes once over JSON text (RFC 8259) and takes what encoding/json takes.
// It is for those who want little of it: all is checked, and nothing is made of
// what is passed over.
type scan struct {
	text []byte
	at   int
}

// whole consumes the text, which must be one value.
func (s *scan) whole(value func() error) error {
	if err := value(); err != nil {
		return err
	}
	if s.next(); s.at < len(s.text) {
		return s.wrong("the end")
	}
	return nil
}

// value consumes any value and returns it as it stands.
func (s *scan) value(depth int) ([]byte, error) {
	first := s.next()
	start := s.at
	err := s.pass(first, depth)
	return s.text[start:s.at], err
}

func (s *scan) pass(first byte, depth int) error {
	switch {
	case first == '{':
		return s.object(depth, func([]byte) error { return s.pass(s.next(), depth+1) })
	case first == '[':
		return s.sequence('[', ']', depth, func() error { return s.pass(s.next(), depth+1) })
	case first == '"':
		_, err := s.string()
		return err
	case first == '-' || isDigit(first):
		return s.number()
	}
	for _, word := range [...]string{"true", "false", "null"} {
		if len(s.text)-s.at >= len(word) && string(s.text[s.at:s.at+len(word)]) == word {
			s.at += len(word)
			return nil
		}
	}
	return s.wrong("a value")
}

// object consumes an object. Member is given each name, in its quotes, and
// consumes the value.
func (s *scan) object(depth int, member func(name []byte) error) error {
	return s.sequence('{', '}', depth, func() error {
		name, err := s.string()
		if err != nil {
			return err
		}
		if s.next() != ':' {
			return s.wrong("a colon")
		}
		s.at++
		return member(name)
	})
}

// sequence consumes what stands between two brackets, with commas.
func (s *scan) sequence(begin, end byte, depth int, one func() error) error {
	if s.next() != begin {
		return s.wrong(string(rune(begin)))
	}
	if depth >= deepest {
		return errors.New("the JSON is nested too deep")
	}
	s.at++
	if s.next() == end {
		s.at++
		return nil
	}
	for {
		if err := one(); err != nil {
			return err
		}
		switch s.next() {
		case ',':
			s.at++
		case end:
			s.at++
			return nil
		default:
			return s.wrong("a comma")
		}
	}
}

// string consumes a string and returns it as it stands, in its quotes.
func (s *scan) string() ([]byte, error) {
	if s.next() != '"' {
		return nil, s.wrong("a string")
	}
	start := s.at
	for s.at++; ; s.at++ {
		s.at += plainOf(s.text[s.at:])
		switch {
		case s.is('"'):
			s.at++
			return s.text[start:s.at], nil
		case !s.is('\\'):
			return nil, s.wrong("a character of a string")
		}
		if err := s.escape(); err != nil {
			return nil, err
		}
	}
}

// plainOf is how many bytes stand for themselves in a string.
func plainOf(text []byte) int {
	i := 0
	for ; i+8 <= len(text); i += 8 {
		if found := unusual(binary.LittleEndian.Uint64(text[i:])); found != 0 {
			return i + bits.TrailingZeros64(found)/8
		}
	}
	for ; i < len(text); i++ {
		if c := text[i]; c < ' ' || c == '"' || c == '\\' {
			return i
		}
	}
	return i
}

// unusual looks at eight bytes at a time. The lowest bit that it sets is the
// highest of the first byte that does not stand for itself; of those above it
// nothing is said.
func unusual(eight uint64) uint64 {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	quotes, escapes := eight^('"'*ones), eight^('\\'*ones)
	return ((quotes-ones)&^quotes | (escapes-ones)&^escapes | (eight-' '*ones)&^eight) & highs
}

// escape goes to the last byte of an escape.
func (s *scan) escape() error {
	s.at++
	if !s.is('u') {
		if s.at >= len(s.text) || bytes.IndexByte([]byte(`"\/bfnrt`), s.text[s.at]) < 0 {
			return s.wrong("an escape")
		}
		return nil
	}
	for range 4 {
		s.at++
		if s.at >= len(s.text) || !isHex(s.text[s.at]) {
			return s.wrong("a hexadecimal digit")
		}
	}
	return nil
}

// number consumes -0.1e+1 and the like.
func (s *scan) number() error {
	if s.is('-') {
		s.at++
	}
	if s.is('0') {
		s.at++
	} else if err := s.digits(); err != nil {
		return err
	}
	if s.is('.') {
		s.at++
		if err := s.digits(); err != nil {
			return err
		}
	}
	if !s.is('e') && !s.is('E') {
		return nil
	}
	s.at++
	if s.is('+') || s.is('-') {
		s.at++
	}
	return s.digits()
}

func (s *scan) digits() error {
	start := s.at
	for s.at < len(s.text) && isDigit(s.text[s.at]) {
		s.at++
	}
	if s.at == start {
		return s.wrong("a digit")
	}
	return nil
}

// next goes past blanks and returns the byte there, or 0 at the end.
func (s *scan) next() byte {
	for ; s.at < len(s.text); s.at++ {
		switch c := s.text[s.at]; c {
		case ' ', '\t', '\r', '\n':
		default:
			return c
		}
	}
	return 0
}

func (s *scan) is(c byte) bool { return s.at < len(s.text) && s.text[s.at] == c }

func (s *scan) wrong(want string) error {
	switch {
	case len(bytes.TrimSpace(s.text)) == 0:
		return errors.New("there is no JSON")
	case s.at >= len(s.text):
		return fmt.Errorf("the JSON breaks off: %w", io.ErrUnexpectedEOF)
	}
	return fmt.Errorf("the JSON has %q at byte %d where %s should be", s.text[s.at], s.at, want)
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isHex(c byte) bool { return isDigit(c) || c|0x20 >= 'a' && c|0x20 <= 'f' }

// saysFold reports whether a value that was scanned is a string that says the
// same, case aside.
func saysFold(value []byte, text string) bool {
	if len(value) == len(text)+2 && value[0] == '"' && bytes.IndexByte(value, '\\') < 0 {
		return bytes.EqualFold(value[1:len(value)-1], []byte(text))
	}
	return strings.EqualFold(textOf(value), text)
}

// textOf returns what a string that was scanned says, or "" for another value
// or none. Other escapes than those of an ETag's quotes, and what is not UTF-8,
// are left to encoding/json.
func textOf(value []byte) string {
	if len(value) < 2 || value[0] != '"' {
		return ""
	}
	inner := value[1 : len(value)-1]
	if utf8.Valid(inner) {
		escapes := bytes.Count(inner, []byte{'\\'})
		if escapes == 0 {
			return string(inner)
		}
		if escapes == bytes.Count(inner, []byte(`\"`)) {
			return strings.ReplaceAll(string(inner), `\"`, `"`)
		}
	}
	var text string
	if json.Unmarshal(value, &text) != nil {
		return "" // unreachable: it was scanned
	}
	return text
}
