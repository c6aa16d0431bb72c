package ldapsrc

import (
	"encoding/binary"
	"fmt"
	"strings"
	"sync"

	"ldap2scim/plan"
)

// links are the memberships that do not stand in a group's own list: people
// say them of themselves before the groups are read.
type links struct {
	// mu guards byGroup while people are read over several connections.
	mu sync.Mutex
	// memberOf is the lower-cased name of the back-links of people, or "".
	memberOf string
	primary  bool
	dynamic  []dynamicGroup
	// flaws are those of groups whose rules could not be read, by key.
	flaws map[string][]string
	// byGroup holds members by the group's key, or by "sid " and its SID.
	byGroup map[string]*keys
}

func newLinks(c Config) *links {
	l := &links{primary: c.primary(), flaws: make(map[string][]string), byGroup: make(map[string]*keys)}
	if c.backLinks() {
		l.memberOf = strings.ToLower(c.Users.MemberOf)
	}
	return l
}

// shape takes what a person says, and completes a group.
func (l *links) shape(p *shape, e *plan.Entry) {
	switch {
	case l == nil:
	case e.Kind == plan.Person:
		l.person(p, e)
	case e.Kind == plan.Group:
		l.group(e)
	}
}

func (l *links) person(p *shape, e *plan.Entry) {
	if l.memberOf != "" {
		for _, group := range e.Attrs[l.memberOf] {
			l.add(p.key(group), e.Key)
		}
	}
	if len(l.dynamic) > 0 {
		attrs := describe(e.Attrs)
		for _, g := range l.dynamic {
			if g.holds(e.Key, attrs) {
				l.add(g.key, e.Key)
			}
		}
	}
	rids := e.Attrs["primarygroupid"]
	if !l.primary || len(rids) == 0 {
		return
	}
	group, err := primaryGroup(e.Attrs["objectsid"], rids)
	if err != nil {
		flaw(e, "its primary group is not known: "+err.Error())
		return
	}
	l.add("sid "+group, e.Key)
}

// primaryGroup returns the SID of the group that a primaryGroupID means: it is
// of the same domain as the person ([MS-ADA3] §2.120).
func primaryGroup(sids, rids []string) (string, error) {
	if len(sids) != 1 || len(rids) != 1 || !isDigits(rids[0]) {
		return "", fmt.Errorf("it shows %s of objectSid and %s of primaryGroupID", count(len(sids), "value"), count(len(rids), "value"))
	}
	own, err := sid(sids[0])
	if err != nil {
		return "", fmt.Errorf("objectSid: %w", err)
	}
	return sibling(own, rids[0]), nil
}

func (l *links) group(e *plan.Entry) {
	e.Flaws = append(e.Flaws, l.flaws[e.Key]...)
	e.Members = l.byGroup[e.Key].appendTo(e.Members)
	if !l.primary {
		return
	}
	if sids := e.Attrs["objectsid"]; len(sids) != 1 {
		flaw(e, fmt.Sprintf("it shows %s of objectSid, so it is not known whose primary group it is", count(len(sids), "value")))
	} else if own, err := sid(sids[0]); err != nil {
		flaw(e, "objectSid: "+err.Error()+", so it is not known whose primary group it is")
	} else {
		e.Members = l.byGroup["sid "+own].appendTo(e.Members)
	}
}

// needed reports that the groups cannot be read before the people.
func (l *links) needed() bool { return l.memberOf != "" || l.primary || len(l.dynamic) > 0 }

func (l *links) add(group, member string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	list := l.byGroup[group]
	if list == nil {
		list = new(keys)
		l.byGroup[strings.Clone(group)] = list
	}
	list.add(member)
}

// keys is a list of keys in one block of memory, for lists as long as the
// directory. A nil one is empty.
type keys struct{ packed []byte }

func (k *keys) add(key string) {
	k.packed = binary.AppendUvarint(k.packed, uint64(len(key)))
	k.packed = append(k.packed, key...)
}

func (k *keys) appendTo(list []string) []string {
	if k == nil {
		return list
	}
	for whole, at := string(k.packed), 0; at < len(whole); {
		n, size := binary.Uvarint(k.packed[at:])
		at += size
		list = append(list, whole[at:at+int(n)])
		at += int(n)
	}
	return list
}
