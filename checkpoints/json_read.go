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
	rest, ok := strings.CutPrefix(s, "{")
	if !ok || hasControls(s) {
		return nil, false
	}
	m := make(map[string]V, 8)
	if rest == "}" {
		return m, true
	}
	for {
		name, after, ok := plainString(rest)
		if !ok || !strings.HasPrefix(after, ":") {
			return nil, false
		}
		if m[name], rest, ok = value(after[1:]); !ok {
			return nil, false
		}
		if rest == "}" {
			return m, true
		}
		if rest, ok = strings.CutPrefix(rest, ","); !ok {
			return nil, false
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
func plainList(s string) (list []string, after string, ok bool) {
	rest, ok := strings.CutPrefix(s, "[")
	if !ok {
		return nil, s, false
	}
	if after, empty := strings.CutPrefix(rest, "]"); empty {
		return []string{}, after, true
	}
	for {
		text, after, ok := plainString(rest)
		if !ok || after == "" || after[0] != ',' && after[0] != ']' {
			return nil, s, false
		}
		list, rest = append(list, text), after[1:]
		if after[0] == ']' {
			return list, rest, true
		}
	}
}
