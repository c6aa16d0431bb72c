package plan

// Kind says what an object is. Its values are stored: never change them.
type Kind string

const (
	Person Kind = "person"
	Group  Kind = "group"
	// Unit is an organizational unit of the directory. SCIM has none, so no
	// destination object is ever of this kind.
	Unit Kind = "unit"
	// Setting is something at the destination that is neither a person nor a
	// group; see [SettingRule]. The directory has none.
	Setting Kind = "setting"
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
	// MemberUIDs are the direct members that a group names by uid (memberUid
	// of RFC 2307), folded with [Fold], sorted, each once.
	MemberUIDs []string `json:"memberUids,omitempty"`
	// UID is the folded value by which MemberUIDs refer to a person. It is
	// empty when none is configured.
	UID string `json:"uid,omitempty"`
	// Inactive says, in words, why the directory counts the person as
	// disabled. It is empty for an active one.
	Inactive string `json:"inactive,omitempty"`
	// Flaws say, in words, what was wrong with the entry as it was read: two
	// values where one is meant, a member that is no DN. They are in the order
	// in which they were found, which is the same at every read.
	Flaws []string `json:"flaws,omitempty"`
}

// First returns the first value of an attribute, or "" when there is none.
// The name must be lower-case.
func (e Entry) First(name string) string {
	if v := e.Attrs[name]; len(v) > 0 {
		return v[0]
	}
	return ""
}

// membersPerWeight is how many members take about as much memory as a person
// without any.
const membersPerWeight = 16

// Weight is for [PipeWeighed].
func (e Entry) Weight() int { return 1 + (len(e.Members)+len(e.MemberUIDs))/membersPerWeight }
