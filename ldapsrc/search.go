package ldapsrc

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/go-ldap/ldap/v3"

	"ldap2scim/plan"
)

// Search says which entries are read, and what of them.
type Search struct {
	// Base is the DN below which entries are read.
	Base string `yaml:"base"`
	// Bases are further ones. They may overlap: an entry then comes twice.
	Bases []string `yaml:"bases"`
	// Filter is in the string form of RFC 4515.
	Filter string `yaml:"filter"`
	// Scope is sub (the default), one or base.
	Scope string `yaml:"scope"`
	// ID names the attribute that holds the entry's stable ID: entryUUID,
	// objectGUID, nsUniqueId, ipaUniqueID.
	ID string `yaml:"id"`
	// Members names the attribute with a group's members, or several with
	// commas between them. It is for groups only.
	Members string `yaml:"members"`
	// MemberFormat is dn or uid: what the members' values are. Where it is
	// empty, those of memberUid are uids and all others DNs.
	MemberFormat string `yaml:"member_format"`
	// Dynamic names the attribute with the LDAP URLs of a dynamic group, such
	// as memberURL, or is empty. It is for groups only.
	Dynamic string `yaml:"dynamic"`
	// Account names the attributes that say whether a person's account is
	// disabled; see [AccountAttributes]. It is for users only.
	Account []string `yaml:"account"`
	Names   `yaml:",inline"`
	// Attributes are those that the rules read. The caller fills it.
	Attributes []string `yaml:"-"`
}

// Names are the attributes by the names that the vendor's LDAP page has for
// them. UID, MemberOf and DN are read where they are needed. The others are
// read when a rule reads them, and are here so that one place says what a
// kind of directory calls them.
type Names struct {
	// DN names an attribute whose value takes the place of the entry's own
	// name, as distinguishedName does. It is empty for the name itself.
	DN          string `yaml:"dn"`
	Name        string `yaml:"name"`
	Description string `yaml:"description"`
	// UID names the attribute by which a group's memberUid refers to a person.
	UID           string `yaml:"uid"`
	FirstName     string `yaml:"first_name"`
	LastName      string `yaml:"last_name"`
	DisplayName   string `yaml:"display_name"`
	Email         string `yaml:"email"`
	PrincipalName string `yaml:"principal_name"`
	Locale        string `yaml:"locale"`
	// MemberOf names the attribute with the DNs of the groups that an entry
	// is in.
	MemberOf string `yaml:"member_of"`
}

// empty reports that the search is left out of the configuration.
func (s Search) empty() bool {
	return len(s.bases()) == 0 && s.Filter == "" && s.Scope == "" && s.ID == "" && s.Members == ""
}

// bases returns all of them.
func (s Search) bases() []string {
	if s.Base == "" {
		return s.Bases
	}
	return append([]string{s.Base}, s.Bases...)
}

func (s Search) mistakes(key string) []error {
	var found []error
	add := func(format string, args ...any) { found = append(found, fmt.Errorf(key+"."+format, args...)) }

	if len(s.bases()) == 0 {
		add("base: missing; write the DN below which to read")
	}
	for _, base := range s.bases() {
		if _, err := FoldDN(base); err != nil {
			add("base: %w", err)
		}
	}
	if s.Filter == "" {
		add("filter: missing; write one such as (objectClass=person)")
	} else if _, err := ldap.CompileFilter(s.Filter); err != nil {
		add("filter: %s does not parse: %w", s.Filter, errors.Unwrap(err))
	}
	if _, err := s.scope(); err != nil {
		add("scope: %w", err)
	}
	if s.ID == "" {
		add("id: missing; name the attribute that stays when an entry is renamed, such as entryUUID or objectGUID")
	} else if !isDescription(s.ID) {
		add("id: %q is not the name of an attribute", s.ID)
	}
	for _, other := range []struct{ key, name string }{
		{"dn", s.DN}, {"uid", s.UID}, {"member_of", s.MemberOf}, {"dynamic", s.Dynamic},
	} {
		if other.name != "" && !isDescription(other.name) {
			add("%s: %q is not the name of an attribute", other.key, other.name)
		}
	}
	return append(found, s.mistakesOfKind(key)...)
}

// mistakesOfKind finds what is for one of the searches only.
func (s Search) mistakesOfKind(key string) []error {
	var found []error
	add := func(format string, args ...any) { found = append(found, fmt.Errorf(key+"."+format, args...)) }

	if key != "groups" {
		if s.Members != "" || s.MemberFormat != "" {
			add("members: is for groups only")
		}
		if s.Dynamic != "" {
			add("dynamic: is for groups only")
		}
	}
	if key != "users" && len(s.Account) > 0 {
		add("account: is for users only")
	}
	for _, name := range s.memberAttributes() {
		if !isDescription(name) {
			add("members: %q is not the name of an attribute", name)
		}
	}
	if !slices.Contains([]string{"", "dn", "uid"}, s.MemberFormat) {
		add("member_format: %q is not one of dn, uid", s.MemberFormat)
	}
	for _, name := range s.Account {
		if !slices.ContainsFunc(AccountAttributes(), func(known string) bool { return strings.EqualFold(known, name) }) {
			add("account: what %s says of an account is not known; it can be one of %s", name, strings.Join(AccountAttributes(), ", "))
		}
	}
	return found
}

// memberAttributes returns the names in Members.
func (s Search) memberAttributes() []string {
	return strings.FieldsFunc(s.Members, func(r rune) bool { return r == ',' || r == ' ' })
}

// byUID reports whether the values of a members attribute are uids.
func (s Search) byUID(attribute string) bool {
	return s.MemberFormat == "uid" || s.MemberFormat == "" && strings.EqualFold(attribute, "memberUid")
}

func (s Search) scope() (int, error) {
	switch s.Scope {
	case "sub", "":
		return ldap.ScopeWholeSubtree, nil
	case "one":
		return ldap.ScopeSingleLevel, nil
	case "base":
		return ldap.ScopeBaseObject, nil
	}
	return 0, fmt.Errorf("%q is not one of sub, one, base", s.Scope)
}

// named is one search of one base, with its name in the configuration and in
// the proof.
type named struct {
	Search
	name string
	kind plan.Kind
	// extra are attributes that are read for others' sake.
	extra []string
}

// attributes returns what the server is asked for, each once.
func (s named) attributes() []string {
	ask := append([]string{s.ID}, s.memberAttributes()...)
	ask = append(ask, s.DN)
	ask = append(ask, s.Account...)
	ask = append(ask, s.extra...)
	ask = append(ask, s.Attributes...)
	var each []string
	for _, name := range ask {
		if name != "" && !slices.ContainsFunc(each, func(have string) bool { return strings.EqualFold(have, name) }) {
			each = append(each, name)
		}
	}
	return each
}

// searches returns those that are to be read, in their order.
func (c Config) searches() []named {
	all := []named{
		{Search: c.Users, name: "users", kind: plan.Person, extra: c.usersExtra()},
		{Search: c.Groups, name: "groups", kind: plan.Group, extra: c.groupsExtra()},
	}
	if !c.Units.empty() {
		all = append(all, named{Search: c.Units, name: "units", kind: plan.Unit})
	}
	if c.backLinks() {
		all[1].Members = ""
	}
	var each []named
	for _, s := range all {
		for _, base := range s.bases() {
			s.Base, s.Bases = base, nil
			each = append(each, s)
		}
	}
	return each
}

// isDescription reports whether s can be an attribute description (RFC 4512
// §2.5) without options.
func isDescription(s string) bool {
	for i := range len(s) {
		c := s[i]
		if !('a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9' || c == '-' || c == '.' || c == '_') {
			return false
		}
	}
	return s != ""
}
