package plan

// Kind says what an object is. Its values are stored: never change them.
type Kind string

const (
	Person Kind = "person"
	Group  Kind = "group"
	// Unit is an organizational unit of the directory. SCIM has none, so no
	// destination object is ever of this kind.
	Unit Kind = "unit"
)

// ExternalID is the stable ID that the source gives to an object (entryUUID,
// objectGUID), in its usual text form. It is written to the destination as
// externalId and is the identity that the whole program uses.
type ExternalID string

// RemoteID is the id that the destination gave to an object.
type RemoteID string

// Entry is one directory entry as read. Only the attributes that the rules
// name are in it.
type Entry struct {
	Kind Kind       `json:"kind"`
	ID   ExternalID `json:"id"`
	// DN is the distinguished name as the server wrote it, for display only.
	DN string `json:"dn"`
	// Key is the DN parsed and folded (RFC 4514, RFC 4518), for comparison.
	Key string `json:"key"`
	// Attrs maps a lower-cased attribute name to its values, in the order of
	// the server. A value may hold any bytes.
	Attrs map[string][]string `json:"attrs,omitempty"`
	// Members are the folded DNs of a group's direct members, sorted, each
	// once. It is empty for other kinds.
	Members []string `json:"members,omitempty"`
}

// First returns the first value of an attribute, or "" when there is none.
// The name must be lower-case.
func (e Entry) First(name string) string {
	if v := e.Attrs[name]; len(v) > 0 {
		return v[0]
	}
	return ""
}
