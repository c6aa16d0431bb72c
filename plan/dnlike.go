package plan

import "strings"

// looksLikeDN tells whether s is a distinguished name (RFC 4514 §3) of two or
// more parts. One part alone (a=b) may be anything.
func looksLikeDN(s string) bool {
	parts := 0
	for {
		rest, ok := cutAttribute(s)
		if !ok {
			return false
		}
		rest, end, ok := cutValue(rest)
		if !ok {
			return false
		}
		switch end {
		case '+': // another value of the same part
		case ',':
			parts++
		default:
			return parts > 0
		}
		s = strings.TrimLeft(rest, " ")
	}
}

// cutAttribute cuts "type=" off: a descriptor or a dotted number.
func cutAttribute(s string) (string, bool) {
	name, rest, found := strings.Cut(s, "=")
	name = strings.TrimRight(name, " ")
	if !found || name == "" {
		return "", false
	}
	if '0' <= name[0] && name[0] <= '9' {
		return rest, strings.Trim(name, "0123456789.") == "" && !strings.HasSuffix(name, ".") && !strings.Contains(name, "..")
	}
	return rest, LegalName(name) && !strings.Contains(name, "_")
}

// cutValue cuts a value off, up to the separator that ends it; end is 0 at the
// end of s.
func cutValue(s string) (rest string, end byte, ok bool) {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; c {
		case '\\':
			if i++; i == len(s) {
				return "", 0, false
			}
		case ',', '+':
			return s[i+1:], c, true
		case '"', ';', '<', '>', 0: // RFC 4514 §2.4: escaped where they stand for themselves
			return "", 0, false
		}
	}
	return "", 0, true
}
