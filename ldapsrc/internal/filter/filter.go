package filter

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	ber "github.com/go-asn1-ber/asn1-ber"
	"github.com/go-ldap/ldap/v3"
)

// Truth is the three-valued logic of RFC 4511 §4.5.1.7. Its order makes "and"
// the least and "or" the greatest of its parts.
type Truth int

// The values of Truth.
const (
	No Truth = iota
	Undefined
	Yes
)

func (t Truth) not() Truth { return Yes - t }

// Filter is a decoded search filter. It is never changed.
type Filter struct {
	op    ber.Tag
	parts []*Filter
	// base and options are the attribute's; base is empty for an extensible
	// match without one.
	base    string
	options []string
	rule    string
	value   string
	// initial, anywhere and final are those of a substrings filter.
	initial, final string
	anywhere       []string
}

var errFilter = errors.New("malformed filter")

// deepestFilter bounds the recursion.
const deepestFilter = 100

// Parse reads a filter in the string form of RFC 4515.
func Parse(text string) (*Filter, error) {
	packet, err := ldap.CompileFilter(text)
	if err != nil {
		return nil, fmt.Errorf("filter %s: %w", text, err)
	}
	return Decode(packet)
}

// Decode decodes the filter of a search request, which is also what
// ldap.CompileFilter makes.
func Decode(p *ber.Packet) (*Filter, error) { return decode(p, 0) }

// Attributes returns the lower-cased names that the filter reads, each once.
func (f *Filter) Attributes() []string {
	var names []string
	for _, part := range f.parts {
		names = append(names, part.Attributes()...)
	}
	if f.base != "" {
		names = append(names, f.base)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func decode(p *ber.Packet, depth int) (*Filter, error) {
	if p.ClassType != ber.ClassContext || depth > deepestFilter {
		return nil, errFilter
	}
	f := &Filter{op: p.Tag}
	switch p.Tag {
	case ldap.FilterAnd, ldap.FilterOr, ldap.FilterNot:
		for _, child := range p.Children {
			part, err := decode(child, depth+1)
			if err != nil {
				return nil, err
			}
			f.parts = append(f.parts, part)
		}
		if p.Tag == ldap.FilterNot && len(f.parts) != 1 {
			return nil, errFilter
		}
		return f, nil
	case ldap.FilterPresent:
		f.base, f.options = SplitDescription(p.Data.String())
		return f, nil
	case ldap.FilterExtensibleMatch:
		f.decodeExtensible(p)
		return f, nil
	}
	if len(p.Children) != 2 {
		return nil, errFilter
	}
	f.base, f.options = SplitDescription(p.Children[0].Data.String())
	switch p.Tag {
	case ldap.FilterSubstrings:
		return f, f.decodeSubstrings(p.Children[1])
	case ldap.FilterEqualityMatch, ldap.FilterGreaterOrEqual, ldap.FilterLessOrEqual, ldap.FilterApproxMatch:
		f.value = p.Children[1].Data.String()
		return f, nil
	}
	return nil, errFilter
}

func (f *Filter) decodeExtensible(p *ber.Packet) {
	for _, child := range p.Children {
		switch child.Tag {
		case ldap.MatchingRuleAssertionMatchingRule:
			f.rule = strings.ToLower(child.Data.String())
		case ldap.MatchingRuleAssertionType:
			f.base, f.options = SplitDescription(child.Data.String())
		case ldap.MatchingRuleAssertionMatchValue:
			f.value = child.Data.String()
		case ldap.MatchingRuleAssertionDNAttributes:
			if strings.Trim(child.Data.String(), "\x00") != "" {
				f.rule = "dnAttributes" // not supported: Undefined
			}
		}
	}
}

func (f *Filter) decodeSubstrings(p *ber.Packet) error {
	for i, child := range p.Children {
		s := child.Data.String()
		switch {
		case child.Tag == ldap.FilterSubstringsInitial && i == 0:
			f.initial = s
		case child.Tag == ldap.FilterSubstringsFinal && i == len(p.Children)-1:
			f.final = s
		case child.Tag == ldap.FilterSubstringsAny:
			f.anywhere = append(f.anywhere, s)
		default:
			return errFilter
		}
	}
	if len(p.Children) == 0 {
		return errFilter
	}
	return nil
}

// Eval evaluates f for an entry. knows reports whether there is an attribute
// type, by its lower-cased name. An empty "and" is true, an empty "or" false
// (RFC 4526).
func (f *Filter) Eval(attrs []Attribute, knows func(base string) bool) Truth {
	switch f.op {
	case ldap.FilterAnd:
		least := Yes
		for _, part := range f.parts {
			least = min(least, part.Eval(attrs, knows))
		}
		return least
	case ldap.FilterOr:
		greatest := No
		for _, part := range f.parts {
			greatest = max(greatest, part.Eval(attrs, knows))
		}
		return greatest
	case ldap.FilterNot:
		return f.parts[0].Eval(attrs, knows).not()
	}
	if f.base == "" || f.base == "userpassword" || !knows(f.base) {
		return Undefined
	}
	return f.assert(attrs)
}

// assert evaluates a filter item for each value of the attributes that the
// description covers.
func (f *Filter) assert(attrs []Attribute) Truth {
	match := f.matcher()
	if match == nil {
		return Undefined
	}
	for _, a := range attrs {
		if a.Covers(f.base, f.options) && slices.ContainsFunc(a.Values, match) {
			return Yes
		}
	}
	return No
}

// matcher returns the test of one value, or nil when the assertion cannot be
// evaluated: its value is not of the syntax, or the rule is not known.
func (f *Filter) matcher() func(value string) bool {
	s := syntaxOf(f.base)
	switch f.op {
	case ldap.FilterPresent:
		return func(string) bool { return true }
	case ldap.FilterEqualityMatch, ldap.FilterApproxMatch:
		return s.equal(f.value)
	case ldap.FilterGreaterOrEqual:
		return s.order(f.value, func(c int) bool { return c >= 0 })
	case ldap.FilterLessOrEqual:
		return s.order(f.value, func(c int) bool { return c <= 0 })
	case ldap.FilterSubstrings:
		return s.substrings(f)
	case ldap.FilterExtensibleMatch:
		return s.extensible(f.rule, f.value)
	}
	return nil
}
