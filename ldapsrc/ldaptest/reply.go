package ldaptest

import (
	ber "github.com/go-asn1-ber/asn1-ber"
	"github.com/go-ldap/ldap/v3"

	"ldap2scim/ldapsrc/internal/filter"
)

// reply is an LDAPResult (RFC 4511 §4.1.9) with its controls.
type reply struct {
	code      int
	matchedDN string
	text      string
	urls      []string
	controls  []ldap.Control
}

func (s *session) reply(r request, op ber.Tag, result reply) error {
	p := ber.Encode(ber.ClassApplication, ber.TypeConstructed, op, nil, "")
	p.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagEnumerated, result.code, ""))
	p.AppendChild(octets(result.matchedDN))
	p.AppendChild(octets(result.text))
	if len(result.urls) > 0 {
		referral := ber.Encode(ber.ClassContext, ber.TypeConstructed, 3, nil, "")
		for _, url := range result.urls {
			referral.AppendChild(octets(url))
		}
		p.AppendChild(referral)
	}
	if op == ldap.ApplicationExtendedResponse && r.id == 0 {
		p.AppendChild(ber.NewString(ber.ClassContext, ber.TypePrimitive, 10, "1.3.6.1.4.1.1466.20036", ""))
	}
	return s.write(r.id, p, result.controls)
}

// reference sends a SearchResultReference (RFC 4511 §4.5.3).
func (s *session) reference(r request, urls []string) error {
	p := ber.Encode(ber.ClassApplication, ber.TypeConstructed, ldap.ApplicationSearchResultReference, nil, "")
	for _, url := range urls {
		p.AppendChild(octets(url))
	}
	return s.write(r.id, p, nil)
}

// entry sends a SearchResultEntry (RFC 4511 §4.5.2).
func (s *session) entry(r request, dn string, attrs []filter.Attribute) error {
	return s.write(r.id, encodeEntry(dn, attrs), nil)
}

func encodeEntry(dn string, attrs []filter.Attribute) *ber.Packet {
	list := ber.NewSequence("")
	for _, a := range attrs {
		values := ber.Encode(ber.ClassUniversal, ber.TypeConstructed, ber.TagSet, nil, "")
		for _, v := range a.Values {
			values.AppendChild(octets(v))
		}
		one := ber.NewSequence("")
		one.AppendChild(octets(a.Name))
		one.AppendChild(values)
		list.AppendChild(one)
	}
	p := ber.Encode(ber.ClassApplication, ber.TypeConstructed, ldap.ApplicationSearchResultEntry, nil, "")
	p.AppendChild(octets(dn))
	p.AppendChild(list)
	return p
}

// half sends the first half of an entry and ends the connection.
func (s *session) half(r request, dn string) error {
	whole := envelope(r.id, encodeEntry(dn, nil), nil).Bytes()
	if _, err := s.out.Write(whole[:len(whole)/2]); err != nil {
		return err
	}
	if err := s.out.Flush(); err != nil {
		return err
	}
	return errEnd
}

func (s *session) write(id int64, op *ber.Packet, controls []ldap.Control) error {
	_, err := s.out.Write(envelope(id, op, controls).Bytes())
	return err
}

func envelope(id int64, op *ber.Packet, controls []ldap.Control) *ber.Packet {
	p := ber.NewSequence("")
	p.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagInteger, id, ""))
	p.AppendChild(op)
	if len(controls) > 0 {
		list := ber.Encode(ber.ClassContext, ber.TypeConstructed, 0, nil, "")
		for _, c := range controls {
			list.AppendChild(c.Encode())
		}
		p.AppendChild(list)
	}
	return p
}

func octets(s string) *ber.Packet {
	return ber.NewString(ber.ClassUniversal, ber.TypePrimitive, ber.TagOctetString, s, "")
}
