package checkpoints

import (
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"
)

// base64Prefix marks an attribute one of whose values is not text, and which
// JSON could not hold as it is. No attribute description has a colon
// (RFC 4512 §2.5), so the mark is never part of a name.
const base64Prefix = "base64:"

// appendAttrs appends attributes as JSON.
func appendAttrs(b []byte, attrs map[string][]string) ([]byte, error) {
	for name, values := range attrs {
		for _, v := range values {
			if !utf8.ValidString(v) {
				return appendObject(b, withBase64(attrs), appendList), nil
			}
		}
		if strings.HasPrefix(name, base64Prefix) {
			return b, fmt.Errorf("attribute name %q is not one of LDAP", name)
		}
	}
	return appendObject(b, attrs, appendList), nil
}

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

func decodeAttrs(s string) (map[string][]string, error) {
	attrs, err := readObject(s, plainList[string])
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
