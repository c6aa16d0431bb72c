package entra

import (
	"encoding/binary"
	"encoding/hex"
	"strings"

	"ldap2scim/plan"
)

// identities keeps IDs by number: in sixteen bytes what is the text form of a
// GUID, as nearly all are, and another as it is.
type identities struct {
	n int
	// blocks hold the bytes of GUIDs, or the place in texts of what is none.
	blocks []*[blockOfIDs][16]byte
	texts  []string
	// plain has a bit for each that is in texts.
	plain []uint64
}

const blockOfIDs = 1024

func (s *identities) len() int { return s.n }

func (s *identities) add(id plan.ExternalID) {
	if s.n%blockOfIDs == 0 {
		s.blocks = append(s.blocks, new([blockOfIDs][16]byte))
	}
	if s.n%64 == 0 {
		s.plain = append(s.plain, 0)
	}
	at := &s.blocks[s.n/blockOfIDs][s.n%blockOfIDs]
	if packed, is := guid(string(id)); is {
		*at = packed
	} else {
		s.plain[s.n/64] |= 1 << (s.n % 64)
		binary.BigEndian.PutUint64(at[:], uint64(len(s.texts)))
		s.texts = append(s.texts, string(id))
	}
	s.n++
}

func (s *identities) at(n int) plan.ExternalID {
	b := s.blocks[n/blockOfIDs][n%blockOfIDs]
	if s.plain[n/64]&(1<<(n%64)) != 0 {
		return plan.ExternalID(s.texts[binary.BigEndian.Uint64(b[:])])
	}
	return plan.ExternalID(guidText(b))
}

// guid is the bytes of a GUID that is written as 8-4-4-4-12 lower-case digits.
func guid(text string) (b [16]byte, is bool) {
	digits := strings.ReplaceAll(text, "-", "")
	if len(digits) != 2*len(b) {
		return b, false
	}
	if _, err := hex.Decode(b[:], []byte(digits)); err != nil {
		return b, false
	}
	return b, guidText(b) == text
}

func guidText(b [16]byte) string {
	digits := hex.EncodeToString(b[:])
	return digits[:8] + "-" + digits[8:12] + "-" + digits[12:16] + "-" + digits[16:20] + "-" + digits[20:]
}
