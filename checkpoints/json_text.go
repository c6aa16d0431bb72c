package checkpoints

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// A DN may hold any bytes, and is kept as it came. A byte that is not part of
// UTF-8 is written as the escape of a lone surrogate, \udc80 to \udcff, which is
// no character and which nothing else is written as (PEP 383 of Python does the
// same).
const (
	firstByteEscape = 0xdc80
	lastByteEscape  = 0xdcff
)

// appendText appends any string, so that readText returns it as it was.
func appendText(b []byte, s string) []byte {
	if isPlain(s) || utf8.ValidString(s) {
		return appendString(b, s)
	}
	b = append(b, '"')
	for s != "" {
		valid := validPrefix(s)
		inQuotes := appendString(nil, s[:valid])
		b = append(b, inQuotes[1:len(inQuotes)-1]...)
		if s = s[valid:]; s != "" {
			b = fmt.Appendf(b, `\udc%02x`, s[0])
			s = s[1:]
		}
	}
	return append(b, '"')
}

// validPrefix returns how much of s, from its beginning, is UTF-8.
func validPrefix(s string) int {
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return len(s)
}

// appendTexts appends a list of any strings.
func appendTexts(b []byte, list []string) []byte {
	b = append(b, '[')
	for i, s := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendText(b, s)
	}
	return append(b, ']')
}

var errNotJSON = errors.New("what is stored is not JSON of the form that it should have")

// readText reads a string off the front. It shares the memory of s unless it has
// an escape.
func readText(s string) (text, after string, err error) {
	if s == "" || s[0] != '"' {
		return "", s, errNotJSON
	}
	text, after, ok := strings.Cut(s[1:], `"`)
	if ok && strings.IndexByte(text, '\\') < 0 {
		return text, after, nil
	}
	var b strings.Builder
	for s = s[1:]; ; {
		i := strings.IndexAny(s, `"\`)
		if i < 0 {
			return "", s, errNotJSON
		}
		b.WriteString(s[:i])
		if s[i] == '"' {
			return b.String(), s[i+1:], nil
		}
		if s, err = readEscape(&b, s[i+1:]); err != nil {
			return "", s, err
		}
	}
}

// readEscape writes what the escape is for that s begins with, behind its
// backslash.
func readEscape(b *strings.Builder, s string) (after string, err error) {
	if s == "" {
		return s, errNotJSON
	}
	const names, bytes = `"\/bfnrt`, "\"\\/\b\f\n\r\t"
	if i := strings.IndexByte(names, s[0]); i >= 0 {
		b.WriteByte(bytes[i])
		return s[1:], nil
	}
	r, after, err := readUnit(s)
	switch {
	case err != nil:
		return s, err
	case firstByteEscape <= r && r <= lastByteEscape:
		b.WriteByte(byte(r))
		return after, nil
	case utf16.IsSurrogate(r):
		if low, rest, err := readUnit(strings.TrimPrefix(after, `\`)); err == nil && utf16.DecodeRune(r, low) != utf8.RuneError {
			b.WriteRune(utf16.DecodeRune(r, low))
			return rest, nil
		}
	}
	b.WriteRune(r)
	return after, nil
}

// readUnit reads the rest of an escape \uXXXX.
func readUnit(s string) (r rune, after string, err error) {
	if len(s) < 5 || s[0] != 'u' {
		return 0, s, errNotJSON
	}
	n, err := strconv.ParseUint(s[1:5], 16, 16)
	if err != nil {
		return 0, s, errNotJSON
	}
	return rune(n), s[5:], nil
}
