package checkpoints

import (
	"encoding/base64"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// base64Prefix marks an attribute one of whose values is not text, and which
// JSON could not hold as it is. No attribute description has a colon
// (RFC 4512 §2.5), so the mark is never part of a name.
const base64Prefix = "base64:"

// attrName is the name of an attribute, and how it stands in JSON.
type attrName struct{ name, quoted string }

// attrNames are those of attributes that were written before, in order: entries
// have few names, and mostly the same. The zero value is ready.
type attrNames []attrName

// rememberedAttrs is how many names are kept.
const rememberedAttrs = 64

// appendAttrs appends attributes as JSON.
func (known *attrNames) appendAttrs(b []byte, attrs map[string][]string) ([]byte, error) {
	if b, ok := known.appendKnown(b, attrs); ok {
		return b, nil
	}
	text := true
	for name, values := range attrs {
		if strings.HasPrefix(name, base64Prefix) {
			return b, fmt.Errorf("attribute name %q is not one of LDAP", name)
		}
		text = text && !slices.ContainsFunc(values, isBinary)
	}
	known.learn(attrs)
	if !text {
		attrs = withBase64(attrs)
	}
	return appendObject(b, attrs, appendList), nil
}

// appendKnown does so when all names are known and all values are text, and
// returns b as it was otherwise.
func (known *attrNames) appendKnown(b []byte, attrs map[string][]string) ([]byte, bool) {
	begin, written := len(b), 0
	for _, k := range *known {
		values, there := attrs[k.name]
		if !there {
			continue
		}
		if slices.ContainsFunc(values, isBinary) {
			return b[:begin], false
		}
		b = append(append(b, separator('{', written)), k.quoted...)
		b = appendList(append(b, ':'), values)
		written++
	}
	if written < len(attrs) || written == 0 {
		return b[:begin], false
	}
	return append(b, '}'), true
}

// learn adds names.
func (known *attrNames) learn(attrs map[string][]string) {
	for _, name := range slices.Sorted(maps.Keys(attrs)) {
		at, there := slices.BinarySearchFunc(*known, name, func(k attrName, name string) int { return strings.Compare(k.name, name) })
		if !there && len(*known) < rememberedAttrs {
			name = strings.Clone(name) // which may share the memory of a whole message
			*known = slices.Insert(*known, at, attrName{name, string(appendString(nil, name))})
		}
	}
}

// isBinary reports that a value is not text.
func isBinary(value string) bool { return !isPlain(value) && !utf8.ValidString(value) }

func withBase64(attrs map[string][]string) map[string][]string {
	safe := make(map[string][]string, len(attrs))
	for name, values := range attrs {
		encoded := make([]string, len(values))
		text := true
		for i, v := range values {
			encoded[i] = base64.StdEncoding.EncodeToString([]byte(v))
			text = text && utf8.ValidString(v)
		}
		if text {
			safe[name] = values
		} else {
			safe[base64Prefix+name] = encoded
		}
	}
	return safe
}

// plainValues reads a list as plainList does. Lists of one value, which most
// attributes have, share the memory of single.
func plainValues(single *[]string, s string) (values []string, after string, ok bool) {
	if strings.HasPrefix(s, `["`) {
		if text, after, ok := plainString(s[1:]); ok && strings.HasPrefix(after, "]") {
			*single = append(*single, text)
			n := len(*single)
			return (*single)[n-1 : n : n], after[1:], true
		}
	}
	return plainList[string](s)
}

func decodeAttrs(s string) (map[string][]string, error) {
	single := make([]string, 0, 8)
	attrs, err := readObject(s, func(rest string) ([]string, string, bool) { return plainValues(&single, rest) })
	if err != nil {
		return nil, fmt.Errorf("attributes of an entry: %w", err)
	}
	if !strings.Contains(s, base64Prefix) {
		return attrs, nil
	}
	for name, values := range attrs {
		bare, marked := strings.CutPrefix(name, base64Prefix)
		if !marked {
			continue
		}
		for i, v := range values {
			raw, err := base64.StdEncoding.DecodeString(v)
			if err != nil {
				return nil, fmt.Errorf("attribute %s of an entry: %w", bare, err)
			}
			values[i] = string(raw)
		}
		delete(attrs, name)
		attrs[bare] = values
	}
	return attrs, nil
}
