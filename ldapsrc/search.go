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
	// Filter is in the string form of RFC 4515.
	Filter string `yaml:"filter"`
	// Scope is sub (the default), one or base.
	Scope string `yaml:"scope"`
	// ID names the attribute that holds the entry's stable ID: entryUUID,
	// objectGUID, nsUniqueId, ipaUniqueID.
	ID string `yaml:"id"`
	// Members names the attribute with the DNs of a group's members. It is
	// for groups only.
	Members string `yaml:"members"`
	// Attributes are those that the rules read. The caller fills it.
	Attributes []string `yaml:"-"`
}

// empty reports that the search is left out of the configuration.
func (s Search) empty() bool {
	return s.Base == "" && s.Filter == "" && s.Scope == "" && s.ID == "" && s.Members == ""
}

func (s Search) mistakes(key string) []error {
	var found []error
	add := func(format string, args ...any) { found = append(found, fmt.Errorf(key+"."+format, args...)) }

	if s.Base == "" {
		add("base: missing; write the DN below which to read")
	} else if _, err := FoldDN(s.Base); err != nil {
		add("base: %w", err)
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
	if s.Members != "" && key != "groups" {
		add("members: is for groups only")
	}
	if s.Members != "" && !isDescription(s.Members) {
		add("members: %q is not the name of an attribute", s.Members)
	}
	if strings.EqualFold(s.Members, "memberUid") {
		add("members: memberUid holds names, and DNs are needed; use an attribute such as member")
	}
	return found
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

// attributes returns what the server is asked for, each once.
func (s Search) attributes() []string {
	ask := []string{s.ID}
	if s.Members != "" {
		ask = append(ask, s.Members)
	}
	for _, name := range s.Attributes {
		if !slices.ContainsFunc(ask, func(have string) bool { return strings.EqualFold(have, name) }) {
			ask = append(ask, name)
		}
	}
	return ask
}

// named is a search with its name in the configuration and in the proof.
type named struct {
	Search
	name string
	kind plan.Kind
}

// searches returns those that are to be read, in their order.
func (c Config) searches() []named {
	all := []named{
		{c.Users, "users", plan.Person},
		{c.Groups, "groups", plan.Group},
	}
	if !c.Units.empty() {
		all = append(all, named{c.Units, "units", plan.Unit})
	}
	return all
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
