package ldapsrc

import (
	"fmt"

	ber "github.com/go-asn1-ber/asn1-ber"
	"github.com/go-ldap/ldap/v3"
)

const startTLSRequest = "1.3.6.1.4.1.1466.20037"

func octets(s string) *ber.Packet {
	return ber.NewString(ber.ClassUniversal, ber.TypePrimitive, ber.TagOctetString, s, "")
}

func operation(tag ber.Tag) *ber.Packet {
	return ber.Encode(ber.ClassApplication, ber.TypeConstructed, tag, nil, "")
}

// extendedRequest has no value (RFC 4511 §4.12).
func extendedRequest(name string) *ber.Packet {
	op := operation(ldap.ApplicationExtendedRequest)
	op.AppendChild(ber.NewString(ber.ClassContext, ber.TypePrimitive, 0, name, ""))
	return op
}

// query is the part of a search that is the same on every page.
type query struct {
	base       string
	scope      int
	filter     string
	attributes []string
}

// searchRequest asks for q without limits and without following aliases
// (RFC 4511 §4.5.1).
func searchRequest(q query) (*ber.Packet, error) {
	filter, err := ldap.CompileFilter(q.filter)
	if err != nil {
		return nil, fmt.Errorf("filter %s: %w", q.filter, err)
	}
	op := operation(ldap.ApplicationSearchRequest)
	op.AppendChild(octets(q.base))
	op.AppendChild(enumerated(q.scope))
	op.AppendChild(enumerated(ldap.NeverDerefAliases))
	for range 2 { // no size limit, no time limit
		op.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagInteger, 0, ""))
	}
	op.AppendChild(ber.NewLDAPBoolean(ber.ClassUniversal, ber.TypePrimitive, ber.TagBoolean, false, ""))
	op.AppendChild(filter)
	attributes := ber.NewSequence("")
	for _, name := range q.attributes {
		attributes.AppendChild(octets(name))
	}
	op.AppendChild(attributes)
	return op, nil
}

func enumerated(n int) *ber.Packet {
	return ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagEnumerated, n, "")
}

// pagingControl asks for one page (RFC 2696). It is critical, so that a server
// without paging refuses instead of cutting the result.
func pagingControl(size int, cookie string) *ber.Packet {
	value := ber.NewSequence("")
	value.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagInteger, size, ""))
	value.AppendChild(octets(cookie))

	controls := ber.Encode(ber.ClassContext, ber.TypeConstructed, 0, nil, "")
	controls.AppendChild(ldap.NewControlString(ldap.ControlTypePaging, true, string(value.Bytes())).Encode())
	return controls
}
