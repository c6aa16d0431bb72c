package ldapsrc

import (
	"encoding/binary"
	"errors"
	"strconv"
	"strings"
)

var errSID = errors.New("it is not a security identifier")

// sid returns the text form of an objectSid ([MS-DTYP] §2.4.2): S-1-5-21-….
// One that is text already is returned in capitals.
func sid(value string) (string, error) {
	if isSIDText(value) {
		return strings.ToUpper(value), nil
	}
	b := []byte(value)
	if len(b) < 8 || b[0] != 1 || b[1] > 15 || len(b) != 8+4*int(b[1]) {
		return "", errSID
	}
	// The authority has 48 bits, most significant first; the others have 32,
	// least significant first.
	authority := uint64(binary.BigEndian.Uint16(b[2:]))<<32 | uint64(binary.BigEndian.Uint32(b[4:]))
	text := "S-1-" + strconv.FormatUint(authority, 10)
	for rest := b[8:]; len(rest) > 0; rest = rest[4:] {
		text += "-" + strconv.FormatUint(uint64(binary.LittleEndian.Uint32(rest)), 10)
	}
	return text, nil
}

func isSIDText(s string) bool {
	rest, ok := strings.CutPrefix(strings.ToUpper(s), "S-1-")
	if !ok || len(s) > 200 {
		return false
	}
	for _, part := range strings.Split(rest, "-") {
		if !isDigits(part) {
			return false
		}
	}
	return true
}

// sibling returns the SID of the same domain with another relative identifier.
func sibling(sid, rid string) string {
	return sid[:strings.LastIndexByte(sid, '-')+1] + rid
}

// spellIDs gives the binary identifiers of Active Directory their text form,
// where a rule reads them.
func spellIDs(attrs map[string][]string) {
	for i, v := range attrs["objectguid"] {
		if len(v) == 16 {
			attrs["objectguid"][i] = guid([16]byte([]byte(v)))
		}
	}
	for i, v := range attrs["objectsid"] {
		if text, err := sid(v); err == nil {
			attrs["objectsid"][i] = text
		}
	}
}
