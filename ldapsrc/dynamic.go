package ldapsrc

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/go-ldap/ldap/v3"

	"ldap2scim/ldapsrc/internal/filter"
	"ldap2scim/plan"
)

// dynamicGroup is one rule of a group whose members are who a search finds:
// memberURL: ldap:///ou=people,dc=example,dc=com??sub?(title=Engineer).
type dynamicGroup struct {
	// key is the group's, base that of the rule.
	key, base string
	scope     int
	filter    *filter.Filter
}

// parseMemberURL reads an LDAP URL (RFC 4516). One that names a server or a
// critical extension asks for more than the entries that were read.
func parseMemberURL(value string) (dynamicGroup, error) {
	var g dynamicGroup
	u, err := url.Parse(value)
	switch {
	case err != nil || u.Scheme != "ldap" && u.Scheme != "ldaps":
		return g, errors.New("it is not an LDAP URL")
	case u.Host != "":
		return g, fmt.Errorf("it asks the server %s", u.Host)
	}
	if g.base, err = FoldDN(strings.TrimPrefix(u.Path, "/")); err != nil {
		return g, err
	}
	parts := append(strings.SplitN(u.RawQuery, "?", 4), "", "", "", "")
	for i, part := range parts {
		if parts[i], err = url.PathUnescape(part); err != nil {
			return g, errors.New("it is not an LDAP URL")
		}
	}
	if slices.ContainsFunc(strings.Split(parts[3], ","), func(e string) bool { return strings.HasPrefix(e, "!") }) {
		return g, fmt.Errorf("it asks for the extension %s", parts[3])
	}
	switch strings.ToLower(parts[1]) {
	case "", "base":
		g.scope = ldap.ScopeBaseObject
	case "one":
		g.scope = ldap.ScopeSingleLevel
	case "sub":
		g.scope = ldap.ScopeWholeSubtree
	default:
		return g, fmt.Errorf("its scope is %q", parts[1])
	}
	if parts[2] == "" {
		parts[2] = anything
	}
	g.filter, err = filter.Parse(parts[2])
	return g, err
}

// holds reports whether a person is a member. attrs are those of the person.
func (g dynamicGroup) holds(key string, attrs []filter.Attribute) bool {
	return within(key, g.base, g.scope) && g.filter.Eval(attrs, every) == filter.Yes
}

// every attribute that a filter names was asked for.
func every(string) bool { return true }

// describe makes the attributes that a filter reads of an entry.
func describe(attrs map[string][]string) []filter.Attribute {
	described := make([]filter.Attribute, 0, len(attrs))
	for name, values := range attrs { // in any order: a filter asks for any
		described = append(described, filter.Describe(name, values))
	}
	return described
}

// within reports whether a key lies in the scope of a base (RFC 4511
// §4.5.1.2).
func within(key, base string, scope int) bool {
	switch scope {
	case ldap.ScopeBaseObject:
		return key == base
	case ldap.ScopeSingleLevel:
		end := separator(key)
		return key != "" && end < len(key) && key[end+1:] == base || base == "" && key != "" && end == len(key)
	}
	return base == "" || key == base || strings.HasSuffix(key, ","+base) && isBelow(key, base)
}

// isBelow reports whether the comma before base separates RDNs of key: one
// behind a backslash does not.
func isBelow(key, base string) bool {
	comma := len(key) - len(base) - 1
	backslashes := 0
	for i := comma - 1; i >= 0 && key[i] == '\\'; i-- {
		backslashes++
	}
	return backslashes%2 == 0
}

// learn takes what a group says before the people are read: the groups that
// it is in, and its rules.
func (l *links) learn(p *shape, c Config, r record) {
	key := p.key(r.dn)
	if l.memberOf != "" {
		for _, group := range r.attrs[strings.ToLower(c.Groups.MemberOf)] {
			l.add(p.key(group), key)
		}
	}
	for _, value := range r.attrs[strings.ToLower(c.Groups.Dynamic)] {
		g, err := parseMemberURL(value)
		if err != nil {
			l.flaws[key] = append(l.flaws[key], fmt.Sprintf("the members of %s %q are not known: %v", c.Groups.Dynamic, value, err))
			continue
		}
		g.key = key
		l.dynamic = append(l.dynamic, g)
	}
}

// reads returns the attributes of people that the rules of dynamic groups
// read.
func (l *links) reads() []string {
	var names []string
	for _, g := range l.dynamic {
		names = append(names, g.filter.Attributes()...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// lead is the search for what groups say before the people are read, for each
// base of the groups. There is none when nobody needs it.
func (c Config) lead() []named {
	ask, present := []string{}, ""
	for _, name := range []string{c.Groups.Dynamic, c.leadMemberOf()} {
		if name != "" {
			ask = append(ask, name)
			present += "(" + name + "=*)"
		}
	}
	if len(ask) == 0 {
		return nil
	}
	s := named{name: "groups before people", kind: plan.Group, extra: ask}
	s.Filter, s.Scope = "(&"+c.Groups.Filter+"(|"+present+"))", c.Groups.Scope
	var all []named
	for _, base := range c.Groups.bases() {
		s.Base = base
		all = append(all, s)
	}
	return all
}

func (c Config) leadMemberOf() string {
	if !c.backLinks() {
		return ""
	}
	return c.Groups.MemberOf
}
