package scimdst

import (
	"fmt"
	"strings"
)

// equals is the one kind of filter that is sent: attribute eq "value". It is
// understood by every service that filters at all.
type equals struct {
	attribute string
	value     string
}

// String returns the filter by RFC 7644 §3.4.2.2, not yet URL-encoded.
func (e equals) String() string { return e.attribute + " eq " + quote(e.value) }

// quote returns s as a JSON string. Only what must be escaped is escaped, and
// in capital hexadecimal: filter parsers exist that read no \u00e9 and no \u001f,
// elimity's among them. A byte that is not UTF-8 becomes U+FFFD.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < ' ':
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// member is the PATCH path of one member of a group.
func member(id string) string {
	return "members[" + equals{attribute: "value", value: id}.String() + "]"
}
