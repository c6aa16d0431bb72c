package ldapsrc

import (
	"encoding/hex"
	"strings"
	"unicode"
	"unicode/utf8"

	"ldap2scim/plan"
)

// stableID returns the text form of an ID attribute's value, or "" when there
// is not exactly one. Hexadecimal text, such as a UUID, is made lower-case.
// An objectGUID gets the text form of Active Directory; other bytes that are
// not text become hexadecimal digits.
func stableID(attribute string, values []string) plan.ExternalID {
	if len(values) != 1 {
		return ""
	}
	value := values[0]
	if strings.EqualFold(attribute, "objectGUID") && len(value) == 16 {
		return plan.ExternalID(guid([16]byte([]byte(value))))
	}
	if isSpelled(value) {
		return plan.ExternalID(value)
	}
	text := strings.TrimSpace(value)
	switch {
	case !isText(text):
		return plan.ExternalID(hex.EncodeToString([]byte(value)))
	case isHexadecimal(text):
		return plan.ExternalID(strings.ToLower(strings.Trim(text, "{}")))
	}
	return plan.ExternalID(text)
}

// isSpelled reports that a value is hexadecimal digits and hyphens as they are
// meant to be, as nearly all are.
func isSpelled(value string) bool {
	for i := range len(value) {
		if c := value[i]; !('0' <= c && c <= '9' || 'a' <= c && c <= 'f' || c == '-') {
			return false
		}
	}
	return true
}

// guid returns the text form of a GUID. Its first three parts are stored
// least significant byte first ([MS-DTYP] §2.3.4.2).
func guid(b [16]byte) string {
	b[0], b[1], b[2], b[3] = b[3], b[2], b[1], b[0]
	b[4], b[5] = b[5], b[4]
	b[6], b[7] = b[7], b[6]
	digits := hex.EncodeToString(b[:])
	return digits[:8] + "-" + digits[8:12] + "-" + digits[12:16] + "-" + digits[16:20] + "-" + digits[20:]
}

func isText(s string) bool {
	return utf8.ValidString(s) && strings.IndexFunc(s, unicode.IsControl) < 0
}

func isHexadecimal(s string) bool {
	return strings.TrimFunc(s, func(r rune) bool {
		return strings.ContainsRune("0123456789abcdefABCDEF-{}", r)
	}) == ""
}
