package checkpoints

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"
)

// base64Prefix marks an attribute one of whose values is not text, and which
// JSON could not hold as it is. No attribute description has a colon
// (RFC 4512 §2.5), so the mark is never part of a name.
const base64Prefix = "base64:"

func encodeAttrs(attrs map[string][]string) (string, error) {
	for name, values := range attrs {
		for _, v := range values {
			if !utf8.ValidString(v) {
				return encodeBinary(attrs)
			}
		}
		if strings.HasPrefix(name, base64Prefix) {
			return "", fmt.Errorf("attribute name %q is not one of LDAP", name)
		}
	}
	if attrs == nil {
		return "{}", nil
	}
	return asJSON(attrs)
}

func encodeBinary(attrs map[string][]string) (string, error) {
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
	return asJSON(safe)
}

func decodeAttrs(s string) (map[string][]string, error) {
	var attrs map[string][]string
	if err := json.Unmarshal([]byte(s), &attrs); err != nil {
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
