package ivanti

import (
	"encoding/hex"
	"slices"
	"strings"

	"ldap2scim/plan"
)

// stableIDs returns the stable IDs that the vendor's form of a GUID can stand
// for. As text it is one; as bytes, which CPS escapes as \3f\21 and so on (its
// known limitation AW-23186), it is an objectGUID of Active Directory, whose
// first three parts are stored least significant byte first ([MS-DTYP]
// §2.3.4.2), or an ID that another directory keeps as it is written.
func stableIDs(text string) []plan.ExternalID {
	text = strings.ToLower(strings.Trim(strings.TrimSpace(text), "{}"))
	if text == "" {
		return nil
	}
	b := unescaped(text)
	if b == nil {
		return []plan.ExternalID{plan.ExternalID(text)}
	}
	straight := uuidText(b)
	swapped := slices.Clone(b)
	slices.Reverse(swapped[0:4])
	slices.Reverse(swapped[4:6])
	slices.Reverse(swapped[6:8])
	return []plan.ExternalID{plan.ExternalID(uuidText(swapped)), plan.ExternalID(straight), plan.ExternalID(hex.EncodeToString(b))}
}

// unescaped returns the sixteen bytes of a GUID that is not in its text form,
// or nil.
func unescaped(text string) []byte {
	digits := text
	if strings.Contains(text, `\`) {
		digits = strings.ReplaceAll(text, `\`, "")
	} else if len(text) != 32 {
		return nil
	}
	b, err := hex.DecodeString(digits)
	if err != nil || len(b) != 16 {
		return nil
	}
	return b
}

func uuidText(b []byte) string {
	digits := hex.EncodeToString(b)
	return digits[:8] + "-" + digits[8:12] + "-" + digits[12:16] + "-" + digits[16:20] + "-" + digits[20:]
}
