package ldapsrc

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"ldap2scim/plan"
)

// shape makes entries of the records of one search, wherever they come from.
// It keeps what it learnt about parents.
type shape struct {
	kind        plan.Kind
	id, dn, uid string // lower-cased names, or ""
	account     []accountAttribute
	members     []string
	byUID       map[string]bool
	// rules holds the lower-cased names that the rules read.
	rules map[string]bool
	now   func() time.Time
	links *links
	dns   folder
}

func newShape(c Config, s named, l *links) *shape {
	p := &shape{
		kind: s.kind, id: strings.ToLower(s.ID), dn: strings.ToLower(s.DN), uid: strings.ToLower(s.UID),
		byUID: make(map[string]bool), rules: make(map[string]bool), now: c.Now, links: l,
	}
	for _, name := range s.Account {
		p.account = append(p.account, accountAttribute{name, strings.ToLower(name)})
	}
	for _, name := range s.memberAttributes() {
		p.members = append(p.members, strings.ToLower(name))
		p.byUID[strings.ToLower(name)] = s.byUID(name)
	}
	if s.kind != plan.Person {
		p.uid = ""
	}
	for _, name := range s.Attributes {
		p.rules[strings.ToLower(name)] = true
	}
	return p
}

// entry makes an entry of a whole record, whose memory it takes.
func (p *shape) entry(r record) plan.Entry {
	e := plan.Entry{Kind: p.kind, DN: r.dn, Attrs: r.attrs}
	p.name(&e)
	p.identify(&e)
	p.list(&e)
	if e.Kind == plan.Person {
		p.state(&e)
	}
	p.links.shape(p, &e)
	slices.Sort(e.Members)
	e.Members = slices.Compact(e.Members)
	for name := range e.Attrs {
		if !p.isRead(name) {
			delete(e.Attrs, name)
		}
	}
	spellIDs(e.Attrs)
	return e
}

// isRead reports that the rules read an attribute, or one that has options
// beside its name.
func (p *shape) isRead(name string) bool {
	if p.rules[name] {
		return true
	}
	base, _, optioned := strings.Cut(name, ";")
	return optioned && p.rules[base]
}

// name finds the key.
func (p *shape) name(e *plan.Entry) {
	if values := e.Attrs[p.dn]; p.dn != "" && len(values) > 0 {
		e.DN = values[0]
		p.onlyOne(e, p.dn)
	}
	if e.Key = p.key(e.DN); strings.HasPrefix(e.Key, "?") {
		flaw(e, "its DN does not parse")
	}
}

func (p *shape) identify(e *plan.Entry) {
	values := e.Attrs[p.id]
	if e.ID = stableID(p.id, values); e.ID == "" {
		e.ID = plan.ExternalID("dn:" + e.Key)
	}
	p.onlyOne(e, p.id)
	if p.uid == "" || len(e.Attrs[p.uid]) == 0 {
		return
	}
	p.onlyOne(e, p.uid)
	if uid := e.Attrs[p.uid][0]; utf8.ValidString(uid) {
		e.UID = plan.Fold(uid)
	} else {
		flaw(e, p.uid+" holds bytes that are not text")
	}
}

// onlyOne finds a flaw where an attribute has more than one value.
func (p *shape) onlyOne(e *plan.Entry, name string) {
	if n := len(e.Attrs[name]); n > 1 {
		flaw(e, fmt.Sprintf("%s has %d values where one is meant", name, n))
	}
}

// list finds the members that the entry itself lists.
func (p *shape) list(e *plan.Entry) {
	for _, name := range p.members {
		values := e.Attrs[name]
		if p.byUID[name] {
			p.listUIDs(e, name, values)
			continue
		}
		e.Members = slices.Grow(e.Members, len(values))
		for _, v := range values {
			e.Members = append(e.Members, p.key(withoutUID(name, v)))
		}
	}
	slices.Sort(e.MemberUIDs)
	e.MemberUIDs = slices.Compact(e.MemberUIDs)
	about(e, e.Members, "that does not parse", "that do not parse", func(key string) bool { return strings.HasPrefix(key, "?") })
	about(e, e.Members, "of another domain (a foreign security principal)", "of other domains (foreign security principals)", isForeign)
}

func (p *shape) listUIDs(e *plan.Entry, name string, values []string) {
	bad := 0
	for _, v := range values {
		if folded := plan.Fold(v); folded != "" && utf8.ValidString(v) {
			e.MemberUIDs = append(e.MemberUIDs, strings.Clone(folded))
		} else {
			bad++
		}
	}
	if bad > 0 {
		flaw(e, fmt.Sprintf("%s has %s that cannot be a uid", name, count(bad, "value")))
	}
}

// about finds a flaw where some members are of a sort.
func about(e *plan.Entry, members []string, one, many string, is func(string) bool) {
	n, example := 0, ""
	for _, key := range members {
		if is(key) {
			if n++; example == "" || key < example {
				example = key
			}
		}
	}
	switch {
	case n == 1:
		flaw(e, fmt.Sprintf("it has a member %s: %s", one, strings.TrimPrefix(example, "?")))
	case n > 1:
		flaw(e, fmt.Sprintf("it has %d members %s, such as %s", n, many, strings.TrimPrefix(example, "?")))
	}
}

// isForeign tells the stand-in that Active Directory keeps for an account of
// another domain, or for a well-known one ([MS-ADTS] §6.1.1.4.10).
func isForeign(key string) bool {
	return strings.HasPrefix(key, "cn=s-1-") && strings.Contains(key, ",cn=foreignsecurityprincipals,")
}

// key is the folded DN, or "?" and the text of one that does not parse.
func (p *shape) key(dn string) string {
	key, err := p.dns.fold(dn)
	if err != nil {
		return "?" + dn
	}
	return key
}

// withoutUID cuts the bit string off that a uniqueMember may end with (RFC
// 4517 §3.3.21: cn=a#'01'B).
func withoutUID(attribute, value string) string {
	if attribute == "uniquemember" && strings.HasSuffix(value, "'B") {
		if i := strings.LastIndex(value, "#'"); i >= 0 && strings.Trim(value[i+2:len(value)-2], "01") == "" {
			return value[:i]
		}
	}
	return value
}

func flaw(e *plan.Entry, words string) { e.Flaws = append(e.Flaws, words) }

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
