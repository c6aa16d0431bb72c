package plan

import "strings"

// parentKey returns the DN above one, or "" at the top. Commas within a value
// are escaped (RFC 4514 §2.4).
func parentKey(dn string) string {
	for i := 0; i < len(dn); i++ {
		switch dn[i] {
		case '\\':
			i++
		case ',':
			return dn[i+1:]
		}
	}
	return ""
}

// unitOf returns the name of the nearest organizational unit above an entry,
// as its DN is written, or "".
func unitOf(dn string) string {
	for above := parentKey(dn); above != ""; above = parentKey(above) {
		rdn := strings.TrimSuffix(above[:len(above)-len(parentKey(above))], ",")
		if name, value, found := strings.Cut(rdn, "="); found && strings.EqualFold(strings.TrimSpace(name), "ou") {
			return strings.ReplaceAll(strings.TrimSpace(value), `\`, "")
		}
	}
	return ""
}
