package checkpoints

import (
	"encoding/json"
	"slices"
	"strings"
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

// appendString appends a string. What needs an escape is left to encoding/json.
func appendString(b []byte, s string) []byte {
	if !isPlain(s) {
		escaped, _ := json.Marshal(s) // of a string there is no error
		return append(b, escaped...)
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}

// isPlain reports that s stands in JSON as it is, also within HTML and
// JavaScript, which encoding/json has regard to.
func isPlain(s string) bool {
	ascii := true
	for i := range len(s) {
		switch c := s[i]; {
		case c < ' ', c == '"', c == '\\', c == '<', c == '>', c == '&':
			return false
		case c >= utf8.RuneSelf:
			ascii = false
		}
	}
	return ascii || utf8.ValidString(s) && !strings.ContainsAny(s, "\u2028\u2029")
}
