package ldapsrc

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/go-ldap/ldap/v3"

	"ldap2scim/plan"
)

// FoldDN returns the form of a DN (RFC 4514) under which two spellings of one
// name are the same: attribute types by one short lower-case name, values case
// folded and inner spaces made one (RFC 4518 §2.6.1), the parts of a
// multi-valued RDN sorted, escapes made the same. All values are compared
// without regard to case, as cn, ou, dc and uid are; a schema is not asked.
// The result is a DN too, and folding it again changes nothing.
func FoldDN(dn string) (string, error) {
	return new(folder).fold(dn)
}

// folder folds DNs and remembers the parents, since entries share them.
type folder struct {
	parents map[string]parent
	last    parent // that was asked for
	room    []byte // for one key
}

// parent is the DN of one, and how it is folded.
type parent struct{ dn, folded string }

const (
	rememberedParents = 4096
	// longestDN bounds the work that one DN can cause.
	longestDN = 16 << 10
)

func (f *folder) fold(dn string) (string, error) {
	if len(dn) > longestDN {
		return "", fmt.Errorf("DN of %d bytes is too long", len(dn))
	}
	if !utf8.ValidString(dn) {
		return "", fmt.Errorf("DN %q is not UTF-8", dn)
	}
	if strings.TrimSpace(dn) == "" {
		return "", nil
	}
	key, err := f.foldValid(dn)
	if err != nil {
		return "", fmt.Errorf("DN %q does not parse: %w", dn, err)
	}
	return key, nil
}

func (f *folder) foldValid(dn string) (string, error) {
	end := separator(dn)
	if end == len(dn) {
		return foldRDN(dn)
	}
	parent, err := f.parent(dn[end+1:])
	if err != nil {
		return "", err
	}
	first, plain := appendPlain(f.room[:0], dn[:end])
	if !plain {
		folded, err := foldParsed(dn[:end])
		if err != nil {
			return "", err
		}
		first = append(first, folded...)
	}
	f.room = append(append(first, ','), parent...)
	return string(f.room), nil
}

func (f *folder) parent(dn string) (string, error) {
	if dn == f.last.dn && f.parents != nil {
		return f.last.folded, nil
	}
	known, ok := f.parents[dn]
	if !ok {
		folded, err := f.foldValid(dn)
		if err != nil {
			return "", err
		}
		if f.parents == nil || len(f.parents) >= rememberedParents {
			f.parents = make(map[string]parent)
		}
		// A clone, so that the map does not keep a whole message alive.
		known = parent{strings.Clone(dn), folded}
		f.parents[known.dn] = known
	}
	f.last = known
	return known.folded, nil
}

// separator returns where the first RDN of dn ends.
func separator(dn string) int {
	for i := 0; i < len(dn); i++ {
		switch dn[i] {
		case '\\':
			i++
		case ',', ';':
			return i
		}
	}
	return len(dn)
}

func foldRDN(rdn string) (string, error) {
	if folded, plain := appendPlain(nil, rdn); plain {
		return string(folded), nil
	}
	return foldParsed(rdn)
}

// foldParsed folds any RDN.
func foldParsed(rdn string) (string, error) {
	parsed, err := ldap.ParseDN(rdn)
	if err != nil {
		return "", err
	}
	if len(parsed.RDNs) != 1 {
		return "", errors.New("an RDN is empty")
	}
	parts := make([]string, 0, 1)
	for _, a := range parsed.RDNs[0].Attributes {
		if !isDescription(a.Type) {
			return "", fmt.Errorf("%q is not an attribute type", a.Type)
		}
		parts = append(parts, shortType(strings.ToLower(a.Type))+"="+escapeValue(foldValue(a.Value)))
	}
	slices.Sort(parts)
	return strings.Join(parts, "+"), nil
}

// appendPlain appends the usual RDN, in which nothing is escaped, no space needs
// care and everything is ASCII, folded as foldParsed does. For any other it
// appends nothing and returns false.
func appendPlain(b []byte, rdn string) ([]byte, bool) {
	equals := strings.IndexByte(rdn, '=')
	if equals < 1 || equals == len(rdn)-1 || !isDescription(rdn[:equals]) {
		return b, false
	}
	begin := len(b)
	b = appendLower(b, rdn[:equals])
	if short := shortType(string(b[begin:])); len(short) != equals {
		b = append(b[:begin], short...)
	}
	b = append(b, '=')
	value := rdn[equals+1:]
	if value[0] == ' ' || value[0] == '#' || value[len(value)-1] == ' ' {
		return b[:begin], false
	}
	for i := range len(value) {
		switch c := value[i]; {
		case c < ' ', c > '~', isSpecial(c), c == ' ' && value[i-1] == ' ':
			return b[:begin], false
		}
	}
	return appendLower(b, value), true
}

// appendLower appends ASCII in lower case.
func appendLower(b []byte, s string) []byte {
	begin := len(b)
	b = append(b, s...)
	for i, c := range b[begin:] {
		if 'A' <= c && c <= 'Z' {
			b[begin+i] = c + 'a' - 'A'
		}
	}
	return b
}

// isSpecial reports that an ASCII character must be escaped in a value (RFC 4514
// §2.4).
func isSpecial(c byte) bool {
	const below64 = 1<<'"' | 1<<'+' | 1<<',' | 1<<';' | 1<<'<' | 1<<'>'
	return c < 64 && below64>>c&1 != 0 || c == '\\'
}

// foldValue returns a value as plan.Fold does, with inner spaces made one.
// Bytes that are not text are left as they are.
func foldValue(value string) string {
	if !utf8.ValidString(value) {
		return value
	}
	for {
		// Composing can give a letter that folds again.
		folded := plan.Fold(strings.Join(strings.Fields(value), " "))
		if folded == value {
			return value
		}
		value = folded
	}
}

func escapeValue(value string) string {
	text := utf8.ValidString(value)
	var b strings.Builder
	for i := range len(value) {
		switch c := value[i]; {
		case isSpecial(c), c == '#' && i == 0,
			c == ' ' && (i == 0 || i == len(value)-1):
			b.WriteByte('\\')
			b.WriteByte(c)
		case c < ' ', c == 0x7f, c >= 0x80 && !text:
			fmt.Fprintf(&b, `\%02x`, c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// shortType returns the short name of the attribute types that naming uses
// (RFC 4514 §3, RFC 4519). The name must be lower-case.
func shortType(name string) string {
	switch strings.TrimPrefix(name, "oid.") {
	case "2.5.4.3", "commonname":
		return "cn"
	case "2.5.4.4", "surname":
		return "sn"
	case "2.5.4.6", "countryname":
		return "c"
	case "2.5.4.7", "localityname":
		return "l"
	case "2.5.4.8", "stateorprovincename":
		return "st"
	case "2.5.4.9", "streetaddress":
		return "street"
	case "2.5.4.10", "organizationname":
		return "o"
	case "2.5.4.11", "organizationalunitname":
		return "ou"
	case "2.5.4.42", "gn":
		return "givenname"
	case "0.9.2342.19200300.100.1.1", "userid":
		return "uid"
	case "0.9.2342.19200300.100.1.25", "domaincomponent":
		return "dc"
	}
	return name
}
