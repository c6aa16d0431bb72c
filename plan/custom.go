package plan

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// CustomURN is the vendor's extension of User. The attributes in it are those
// that an administrator has created: the vendor's IdP attributes.
const CustomURN = "urn:ietf:params:scim:schemas:extension:ivanti:2.0:User:"

// What the vendor allows.
const (
	mostCustom = 7
	// usualLength is the longest value where the rules say nothing. The
	// vendor publishes no limit.
	usualLength = 1024
)

func (m Mapping) custom() bool { return strings.HasPrefix(m.Target, CustomURN) }

// name is what a person calls the target.
func (m Mapping) name() string { return strings.TrimPrefix(m.Target, CustomURN) }

// was is the LDAP custom attribute that the target takes the place of, in
// lower case: the vendor's interface gives those names so.
func (m Mapping) was() string {
	if m.Was != "" {
		return strings.ToLower(m.Was)
	}
	return strings.ToLower(m.name())
}

// customMistakes holds the custom attributes against what the vendor allows.
func customMistakes(ms []Mapping) []error {
	var errs []error
	names := map[string]string{}
	n := 0
	for _, m := range ms {
		say := func(format string, args ...any) {
			errs = append(errs, &MappingError{Kind: Person, Target: m.Target, Err: fmt.Errorf(format, args...)})
		}
		if !m.custom() {
			if m.Was != "" {
				say("was is for custom attributes")
			}
			continue
		}
		if n++; n > mostCustom {
			say("at most %d custom attributes are possible, and this is number %d", mostCustom, n)
		}
		if !LegalName(m.name()) {
			say("%q is not a legal attribute name: letters, digits, - and _ after a letter (RFC 7643 §2.1)", m.name())
		}
		// Names of attributes are compared without regard to case (§2.1).
		if first, twice := names[strings.ToLower(m.name())]; twice && first != m.name() {
			say("it differs from %s only in case, which names do not tell apart (RFC 7643 §2.1)", first)
		}
		names[strings.ToLower(m.name())] = m.name()
	}
	return errs
}

// LegalName tells whether s can be the name of an attribute (RFC 7643 §2.1,
// without the $ of $ref).
func LegalName(s string) bool {
	for i, r := range s {
		letter := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
		if !letter && (i == 0 || !strings.ContainsRune("0123456789-_", r)) {
			return false
		}
	}
	return s != ""
}

// checkCustom tells whether a custom attribute can have the value, and says
// why not.
func (w *want) checkCustom(f fill, value string, longest int) bool {
	if n := utf8.RuneCountInString(value); n > longest {
		w.block(BadValue, fmt.Sprintf("the value of %s is %d characters long; the limit is %d", f.name(), n, longest),
			"shorten it in the directory or by an expression, or raise mapping.custom_length")
		return false
	}
	if looksLikeDN(value) {
		w.block(BadValue, fmt.Sprintf("the value of %s is a distinguished name, which says where an entry is and not what it is: %s", f.name(), quoted(value)),
			"map the attribute that holds the value itself")
		return false
	}
	return true
}

// compareValues says what the destination holds that the directory does not
// any more: a blank never clears it (D05).
func (d *decider) compareValues(o *outcome) {
	if o.want.entry.Kind != Person || len(o.have) != 1 || o.class == Blocked || o.class == Excluded || o.class == ToDeactivate {
		return
	}
	for _, f := range d.mapper.fills[Person] {
		held := o.have[0].Fields[f.Target]
		if held == "" || o.want.fields[f.Target] != "" {
			continue
		}
		o.want.warn(StaleValue, fmt.Sprintf("%s is %s at the destination and has no value in the directory; a blank clears nothing there", f.name(), quoted(held)),
			"clear it at the destination by hand, or give it a value in the directory")
	}
}
