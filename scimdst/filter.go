package scimdst

import (
	"bytes"
	"encoding/json"
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

// quote returns s as a JSON string. Only what must be escaped is escaped:
// some servers do not read \u00e9 in a filter.
func quote(s string) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(s) // a string always encodes, and a buffer always takes it
	return strings.TrimSuffix(b.String(), "\n")
}

// member is the PATCH path of one member of a group.
func member(id string) string {
	return "members[" + equals{attribute: "value", value: id}.String() + "]"
}
