package company

import (
	"cmp"
	"encoding/binary"
	"encoding/hex"
	"io"
	"math/rand/v2"
)

// Company says what to make up. Two equal ones are the same directory.
type Company struct {
	People int
	Groups int
	Seed   uint64
	// Suffix is dc=example,dc=com when empty.
	Suffix string
	// FlawEvery gives every nth person a flaw: in turn no mail address, and
	// the mail address of another flawed person. 0 makes none.
	FlawEvery int
}

// Counts is what there is in a directory. All but Units, Groups and the
// counts that begin with Group are of people.
type Counts struct {
	People   int
	Inactive int
	NoGroup  int
	NoMail   int
	// SharedMail counts the people whose mail address somebody else has too.
	SharedMail int
	// Units counts the organizational units, that of the groups too.
	Units  int
	Groups int
	// GroupsOfGroups counts the groups that have a group as a member.
	GroupsOfGroups int
	// GroupPeople and GroupGroups count the member values that name a person
	// or a group.
	GroupPeople, GroupGroups int
}

const sharedMail = "shared.mailbox@example.com"

// WriteLDIF writes the directory: units, people, groups, each entry after
// those that it lies under.
func (c Company) WriteLDIF(w io.Writer) (Counts, error) {
	out := newLDIF(w)
	tree := c.tree()
	counts := Counts{Groups: len(tree)}
	counts.Units = c.writeUnits(out)
	c.writePeople(out, tree, &counts)
	for i, g := range tree {
		c.writeGroup(out, i, g)
		counts.GroupPeople += len(g.people)
		counts.GroupGroups += len(g.groups)
		if len(g.groups) > 0 {
			counts.GroupsOfGroups++
		}
	}
	return counts, out.flush()
}

func (c Company) suffix() string { return cmp.Or(c.Suffix, "dc=example,dc=com") }

// Each kind of thing has random numbers of its own, so that more people do not
// change the groups.
const (
	randomPerson = iota + 1
	randomGroup
	randomMembership
)

func (c Company) random(kind, number int) *rand.Rand {
	return rand.New(rand.NewPCG(c.Seed, uint64(kind)<<56|uint64(number)))
}

// uuid returns the next random UUID (RFC 9562 section 5.4).
func uuid(r *rand.Rand) string {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], r.Uint64())
	binary.BigEndian.PutUint64(b[8:], r.Uint64())
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	s := hex.EncodeToString(b[:])
	return s[:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:20] + "-" + s[20:]
}
