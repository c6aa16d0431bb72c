package entra

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"ldap2scim/plan"
)

// The keys by which a person is found, the surest first.
const (
	byImmutableID = "immutable ID"
	bySID         = "SID"
	byAccount     = "domain and account name"
	byPrincipal   = "userPrincipalName"
	byMail        = "mail"
)

func keyNames() []string { return []string{byImmutableID, bySID, byAccount, byPrincipal, byMail} }

// keys are the values of one person, in the order of keyNames; "" where there
// is none.
type keys [5]string

// known are the attributes of the directory that matching reads, beside those
// of the rules, in lower case.
func known() []string {
	return []string{"ms-ds-consistencyguid", "objectsid", "samaccountname", "userprincipalname"}
}

// MatchAttributes returns the attributes of the directory by which people and
// groups are matched, to be read beside those of the rules.
func MatchAttributes(directory string, k plan.Kind) []string {
	switch {
	case directory != "ad":
		return nil
	case k == plan.Person:
		return known()
	case k == plan.Group:
		return []string{"objectsid"}
	}
	return nil
}

// keysOf are the keys of a person of the directory; fields is what the rules
// make of the entry.
func keysOf(e plan.Entry, fields plan.Fields) keys {
	k := keys{immutableID(e), sid(e.First("objectsid")), "", e.First("userprincipalname"), fields[plan.WorkEmail]}
	if k[3] == "" {
		k[3] = fields[plan.UserName]
	}
	if name := e.First("samaccountname"); name != "" {
		k[2] = domainOf(e.DN) + "\\" + name
	}
	return k.folded()
}

// folded makes what is compared without regard to case the same. An immutable
// ID is base64, in which case counts.
func (k keys) folded() keys {
	for i := 1; i < len(k); i++ {
		k[i] = plan.Fold(k[i])
	}
	return k
}

// immutableID is the base64 of the raw bytes of ms-DS-ConsistencyGuid, or else
// of objectGUID, whose text form has the first three parts turned round
// ([MS-DTYP] §2.3.4.2).
func immutableID(e plan.Entry) string {
	if raw := e.First("ms-ds-consistencyguid"); len(raw) == 16 {
		return base64.StdEncoding.EncodeToString([]byte(raw))
	}
	b, err := hex.DecodeString(strings.ReplaceAll(string(e.ID), "-", ""))
	if err != nil || len(b) != 16 {
		return ""
	}
	slices.Reverse(b[0:4])
	slices.Reverse(b[4:6])
	slices.Reverse(b[6:8])
	return base64.StdEncoding.EncodeToString(b)
}

// sid is the text form of a security identifier ([MS-DTYP] §2.4.2), whose
// authority is big-endian and whose parts are little-endian.
func sid(raw string) string {
	if strings.HasPrefix(raw, "S-1-") {
		return raw
	}
	b := []byte(raw)
	if len(b) < 8 || len(b) != 8+4*int(b[1]) {
		return ""
	}
	authority := uint64(0)
	for _, x := range b[2:8] {
		authority = authority<<8 | uint64(x)
	}
	text := fmt.Sprintf("S-%d-%d", b[0], authority)
	for i := 8; i < len(b); i += 4 {
		text += fmt.Sprintf("-%d", uint32(b[i])|uint32(b[i+1])<<8|uint32(b[i+2])<<16|uint32(b[i+3])<<24)
	}
	return text
}

// domainOf is the DNS name of the domain that a DN is in.
func domainOf(dn string) string {
	var labels []string
	for _, part := range strings.Split(dn, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		if strings.EqualFold(name, "dc") {
			labels = append(labels, value)
		}
	}
	return strings.Join(labels, ".")
}
