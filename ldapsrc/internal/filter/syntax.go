package filter

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// syntax says how the values of an attribute are compared (RFC 4517).
type syntax int

const (
	text     syntax = iota // caseIgnoreMatch
	exact                  // caseExactMatch
	bytes                  // octetStringMatch
	integer                // integerMatch
	name                   // distinguishedNameMatch
	instant                // generalizedTimeMatch, of times in UTC
	category               // the DN of a class of Active Directory, or its name
)

// syntaxOf knows the attributes that are not plain text. The name must be
// lower-case.
func syntaxOf(base string) syntax {
	switch base {
	case "objectguid", "objectsid", "guid", "jpegphoto", "thumbnailphoto", "usercertificate":
		return bytes
	case "uidnumber", "gidnumber", "useraccountcontrol", "primarygroupid", "grouptype", "usnchanged", "pwdlastset", "accountexpires", "samaccounttype":
		return integer
	case "member", "uniquemember", "memberof", "manager", "owner", "seealso", "secretary", "entrydn", "distinguishedname":
		return name
	case "objectcategory":
		return category
	case "createtimestamp", "modifytimestamp", "whencreated", "whenchanged", "corphiredate":
		return instant
	case "homedirectory", "loginshell", "memberuid":
		return exact
	}
	return text
}

// Usual reports that an attribute type is recognized though no entry has it.
func Usual(base string) bool {
	switch base {
	case "objectclass", "cn", "sn", "givenname", "displayname", "uid", "mail", "ou", "o", "dc", "c", "l", "st", "title",
		"description", "employeenumber", "employeetype", "departmentnumber", "telephonenumber", "samaccountname", "userprincipalname", "nsuniqueid":
		return true
	}
	return syntaxOf(base) != text
}

// prepare returns the form of a value that equality compares, and false when
// the value is not of the syntax.
func (s syntax) prepare(value string) (string, bool) {
	switch s {
	case text:
		return foldText(value), utf8.ValidString(value)
	case exact:
		return strings.Join(strings.Fields(value), " "), utf8.ValidString(value)
	case integer:
		n, err := strconv.ParseInt(value, 10, 64)
		return strconv.FormatInt(n, 10), err == nil
	case name:
		path, err := Path(value)
		return strings.Join(path, ","), err == nil
	case category:
		// A domain controller takes (objectCategory=person) for the DN of the
		// class ([MS-ADTS] §3.1.1.3.1.3.5).
		first, _, _ := strings.Cut(foldText(value), ",")
		return strings.TrimPrefix(first, "cn="), true
	case instant:
		return value, len(value) >= 11 && value[len(value)-1] == 'Z' && strings.Trim(value[:len(value)-1], "0123456789.") == ""
	case bytes:
	}
	return value, true
}

func (s syntax) equal(assertion string) func(string) bool {
	want, ok := s.prepare(assertion)
	if !ok {
		return nil
	}
	return func(value string) bool {
		got, ok := s.prepare(value)
		return ok && got == want
	}
}

func (s syntax) order(assertion string, holds func(int) bool) func(string) bool {
	want, ok := s.prepare(assertion)
	if !ok || s == name {
		return nil
	}
	return func(value string) bool {
		got, ok := s.prepare(value)
		return ok && holds(s.compare(got, want))
	}
}

func (s syntax) compare(a, b string) int {
	if s == integer {
		m, _ := strconv.ParseInt(a, 10, 64) // both were prepared
		n, _ := strconv.ParseInt(b, 10, 64)
		return cmp.Compare(m, n)
	}
	return strings.Compare(a, b)
}

func (s syntax) substrings(f *Filter) func(string) bool {
	if s != text && s != exact {
		return nil
	}
	// Spaces within a part count; only case and runs of spaces are folded.
	fold := func(part string) string {
		if part == "" {
			return ""
		}
		folded, _ := s.prepare("x" + part + "x")
		return folded[1 : len(folded)-1]
	}
	initial, final := fold(f.initial), fold(f.final)
	anywhere := make([]string, 0, len(f.anywhere))
	for _, part := range f.anywhere {
		anywhere = append(anywhere, fold(part))
	}
	if slices.Contains(anywhere, "") {
		return nil
	}
	return func(value string) bool {
		got, ok := s.prepare(value)
		if !ok || !strings.HasPrefix(got, initial) {
			return false
		}
		got = got[len(initial):]
		for _, part := range anywhere {
			i := strings.Index(got, part)
			if i < 0 {
				return false
			}
			got = got[i+len(part):]
		}
		return strings.HasSuffix(got, final)
	}
}

// extensible knows the rules that need no DN, and the two for bits of Active
// Directory.
func (s syntax) extensible(rule, assertion string) func(string) bool {
	switch rule {
	case "":
		return s.equal(assertion)
	case "caseexactmatch", "2.5.13.5", "caseexactia5match", "1.3.6.1.4.1.1466.109.114.1":
		return exact.equal(assertion)
	case "caseignorematch", "2.5.13.2", "caseignoreia5match", "1.3.6.1.4.1.1466.109.114.2":
		return text.equal(assertion)
	case "integermatch", "2.5.13.14":
		return integer.equal(assertion)
	case "octetstringmatch", "2.5.13.17":
		return bytes.equal(assertion)
	case "1.2.840.113556.1.4.803":
		return bits(assertion, func(have, want int64) bool { return have&want == want })
	case "1.2.840.113556.1.4.804":
		return bits(assertion, func(have, want int64) bool { return have&want != 0 })
	}
	return nil
}

func bits(assertion string, holds func(have, want int64) bool) func(string) bool {
	want, err := strconv.ParseInt(assertion, 10, 64)
	if err != nil {
		return nil
	}
	return func(value string) bool {
		have, err := strconv.ParseInt(value, 10, 64)
		return err == nil && holds(have, want)
	}
}
