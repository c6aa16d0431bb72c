package checkpoints

import (
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// readObject reads what appendObject has written. Where no string has an escape
// but those of quotes, which are in the names of fields, it does so in a quarter
// of encoding/json's time, and the strings share the memory of s; everything
// else is left to encoding/json.
func readObject[V any](s string, value func(rest string) (v V, after string, ok bool)) (map[string]V, error) {
	if m, ok := plainObject(s, value); ok {
		return m, nil
	}
	var m map[string]V
	err := json.Unmarshal([]byte(s), &m)
	return m, err
}

func plainObject[V any](s string, value func(rest string) (v V, after string, ok bool)) (map[string]V, bool) {
	if hasControls(s) {
		return nil, false
	}
	m, after, ok := plainMap(s, value)
	return m, ok && after == ""
}

// plainMap reads an object off the front of what has no controls.
func plainMap[V any](s string, value func(rest string) (v V, after string, ok bool)) (m map[string]V, after string, ok bool) {
	m = make(map[string]V, 8)
	after, ok = plainMembers(s, func(name, rest string) (string, bool) {
		v, after, ok := value(rest)
		m[name] = v
		return after, ok
	})
	return m, after, ok
}

// plainMembers reads an object off the front of what has no controls. Member is
// given each name with what follows the colon, and returns what follows the
// value.
func plainMembers(s string, member func(name, rest string) (after string, ok bool)) (after string, ok bool) {
	rest, ok := strings.CutPrefix(s, "{")
	if !ok {
		return s, false
	}
	if after, empty := strings.CutPrefix(rest, "}"); empty {
		return after, true
	}
	for {
		name, after, ok := plainString(rest)
		if !ok || !strings.HasPrefix(after, ":") {
			return s, false
		}
		if rest, ok = member(name, after[1:]); !ok || rest == "" {
			return s, false
		}
		switch rest[0] {
		case '}':
			return rest[1:], true
		case ',':
			rest = rest[1:]
		default:
			return s, false
		}
	}
}

// hasControls reports that s has what should have been an escape.
func hasControls(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' {
			return true
		}
	}
	return !utf8.ValidString(s)
}

// plainString reads a string off the front that has no escapes but those of
// quotes.
func plainString(s string) (text, after string, ok bool) {
	if !strings.HasPrefix(s, `"`) {
		return "", s, false
	}
	text, after, ok = strings.Cut(s[1:], `"`)
	if strings.IndexByte(text, '\\') < 0 {
		return text, after, ok
	}
	var whole []byte
	for ok {
		before, escaped := strings.CutSuffix(text, `\`)
		if strings.IndexByte(before, '\\') >= 0 {
			return "", s, false // another escape
		}
		whole = append(whole, before...)
		if !escaped {
			return string(whole), after, true
		}
		whole = append(whole, '"')
		text, after, ok = strings.Cut(after, `"`)
	}
	return "", s, false
}

// plainList reads a list of them.
func plainList[S ~string](s string) (list []S, after string, ok bool) {
	rest, ok := strings.CutPrefix(s, "[")
	if !ok {
		return nil, s, false
	}
	if after, empty := strings.CutPrefix(rest, "]"); empty {
		return []S{}, after, true
	}
	for {
		text, after, ok := plainString(rest)
		if !ok || after == "" || after[0] != ',' && after[0] != ']' {
			return nil, s, false
		}
		list, rest = append(list, S(text)), after[1:]
		if after[0] == ']' {
			return list, rest, true
		}
	}
}
