package checkpoints

import (
	"slices"
	"unicode/utf8"
)

// What follows writes JSON as encoding/json does, to the byte, since the digests
// of snapshots and inventories are made of it, and takes a quarter of the time:
// an object costs more to encode than to store.

// appendObject appends a map with its keys in order.
func appendObject[V any](b []byte, m map[string]V, appendValue func([]byte, V) []byte) []byte {
	var few [16]string
	names := few[:0]
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	b = append(b, '{')
	for i, name := range names {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendString(b, name), ':')
		b = appendValue(b, m[name])
	}
	return append(b, '}')
}

// appendList appends a list; one that is nil is empty.
func appendList[S ~string](b []byte, list []S) []byte {
	b = append(b, '[')
	for i, v := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendString(b, string(v))
	}
	return append(b, ']')
}

// appendString appends a string.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	if isPlain(s) {
		b = append(b, s...)
	} else {
		b = appendEscaped(b, s)
	}
	return append(b, '"')
}

// isPlain reports that s is ASCII and stands in JSON as it is, also within HTML
// and JavaScript, which encoding/json has regard to.
func isPlain(s string) bool {
	for len(s) >= 8 {
		if !isPlainWord(s[:8]) {
			return false
		}
		s = s[8:]
	}
	for i := range len(s) {
		if !isPlainByte(s[i]) {
			return false
		}
	}
	return true
}

func isPlainByte(c byte) bool {
	return ' ' <= c && c < utf8.RuneSelf && c != '"' && c != '\\' && c != '<' && c != '>' && c != '&'
}

// isPlainWord is isPlainByte for eight bytes at once. Subtracting the same from
// each of them sets the highest bit of those that were less, and of none that
// was ASCII and not less but behind one that was.
func isPlainWord(s string) bool {
	const each, high = 0x0101010101010101, 0x8080808080808080
	w := uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
	found := w | // not ASCII
		(w - each*' ') | // a control
		(((w | each*('"'^'&')) ^ each*'&') - each) | // which differ in one bit
		(((w | each*('<'^'>')) ^ each*'>') - each) |
		((w ^ each*'\\') - each)
	return found&high == 0
}

// appendEscaped appends a string with the escapes that encoding/json makes.
func appendEscaped(b []byte, s string) []byte {
	const digits = "0123456789abcdef"
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case isPlainByte(c):
			b = append(b, c)
		case c >= utf8.RuneSelf:
			r, size := utf8.DecodeRuneInString(s[i:])
			switch {
			case r == utf8.RuneError && size == 1:
				b = append(b, `\ufffd`...)
			case r == '\u2028', r == '\u2029':
				b = append(b, '\\', 'u', '2', '0', '2', digits[r&0xf])
			default:
				b = append(b, s[i:i+size]...)
			}
			i += size
			continue
		case c == '"', c == '\\':
			b = append(b, '\\', c)
		case '\b' <= c && c <= '\r' && c != '\v':
			b = append(b, '\\', "btn\x00fr"[c-'\b'])
		default:
			b = append(b, '\\', 'u', '0', '0', digits[c>>4], digits[c&0xf])
		}
		i++
	}
	return b
}
