package entra

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
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

// matcher knows the people of the directory by their keys.
type matcher struct {
	ids []plan.ExternalID
	by  [5]map[key]person
	// won has, for each person, the surest key by which somebody in the tenant
	// is that person, as its place in keyNames.
	won map[int32]int
	// held are resources whose claim may yet be beaten.
	held []held
}

// person is the number of one; ambiguous where two have the same key.
type person int32

const ambiguous person = -1

// key stands for a text, in less memory.
type key [12]byte

func keyFor(s string) key {
	h := sha256.Sum256([]byte(s))
	return key(h[:12])
}

// held is somebody of the tenant, as JSON: many may have to wait.
type held struct {
	resource []byte
	person   int32
	by       int
}

func newMatcher() *matcher {
	m := &matcher{won: map[int32]int{}}
	for i := range m.by {
		m.by[i] = map[key]person{}
	}
	return m
}

// add makes a person of the directory known.
func (m *matcher) add(id plan.ExternalID, k keys) {
	n := person(len(m.ids))
	m.ids = append(m.ids, id)
	for i, v := range k {
		if v == "" {
			continue
		}
		at := keyFor(v)
		if _, twice := m.by[i][at]; twice {
			m.by[i][at] = ambiguous
		} else {
			m.by[i][at] = n
		}
	}
}

// meet takes somebody of the tenant. Whoever nobody can take the person from
// any more, and who is nobody's, is yielded at once; the others by finish.
func (m *matcher) meet(r plan.Resource, k keys, yield func(plan.Resource) error) error {
	n, by := m.find(k)
	if n < 0 {
		return yield(r)
	}
	best, claimed := m.won[n]
	if !claimed || by < best {
		m.won[n] = by
	}
	if by == 0 && !claimed { // an immutable ID is unique in a tenant
		return yield(m.owned(r, n, by))
	}
	doc, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("keep %s: %w", r.RemoteID, err)
	}
	m.held = append(m.held, held{doc, n, by})
	return nil
}

// left takes somebody who was deleted. Only a person whom nobody else is can be
// that one; all others are not worth listing.
func (m *matcher) left(r plan.Resource, k keys, yield func(plan.Resource) error) error {
	n, by := m.find(k)
	if _, won := m.won[n]; n < 0 || won {
		return nil
	}
	return yield(m.owned(r, n, by))
}

// find is the person by the surest key that anybody has.
func (m *matcher) find(k keys) (n int32, by int) {
	for i, v := range k {
		if v == "" {
			continue
		}
		if n, known := m.by[i][keyFor(v)]; known && n != ambiguous {
			return int32(n), i
		}
	}
	return -1, 0
}

func (m *matcher) owned(r plan.Resource, n int32, by int) plan.Resource {
	r.ExternalID = m.ids[n]
	if r.Fields == nil {
		r.Fields = plan.Fields{}
	}
	r.Fields[plan.FactMatched] = keyNames()[by]
	return r
}

// finish yields those whose claims could have been beaten. Several with the
// same claim are all yielded as the person, who is then ambiguous (P02).
func (m *matcher) finish(yield func(plan.Resource) error) error {
	for _, h := range m.held {
		var r plan.Resource
		if err := json.Unmarshal(h.resource, &r); err != nil {
			return fmt.Errorf("take up what was kept: %w", err)
		}
		if h.by == m.won[h.person] {
			r = m.owned(r, h.person, h.by)
		}
		if err := yield(r); err != nil {
			return err
		}
	}
	m.held = nil
	return nil
}
