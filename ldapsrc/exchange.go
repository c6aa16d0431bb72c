package ldapsrc

import (
	"crypto/tls"
	"net"

	ber "github.com/go-asn1-ber/asn1-ber"
	"github.com/go-ldap/ldap/v3"
)

// ask sends a request that has one answer, and returns it.
func (s *Source) ask(op *ber.Packet, answer int) (result, error) {
	if err := s.conn.send(op, nil); err != nil {
		return result{}, err
	}
	m, err := s.conn.receive()
	if err != nil {
		return result{}, err
	}
	if m.op != answer {
		return result{}, errMalformed
	}
	return parseResult(m)
}

// search sends one search and hands its entries and references on, in the
// order of the server, until its SearchResultDone, which it returns. Without
// one there is an error: that is the only way to the end of a search.
func (s *Source) search(q query, paging *ber.Packet, entry, reference func(message) error) (result, error) {
	op, err := searchRequest(q)
	if err != nil {
		return result{}, err
	}
	if err := s.conn.send(op, paging); err != nil {
		return result{}, err
	}
	for {
		m, err := s.conn.receive()
		if err != nil {
			return result{}, err
		}
		switch m.op {
		case ldap.ApplicationSearchResultEntry:
			err = entry(m)
		case ldap.ApplicationSearchResultReference:
			err = reference(m)
		case ldap.ApplicationIntermediateResponse:
			// RFC 4511 §4.13: one that was not asked for is ignored.
		case ldap.ApplicationSearchResultDone:
			return parseResult(m)
		default:
			err = errMalformed
		}
		if err != nil {
			return result{}, err
		}
	}
}

// tlsVersion returns the protocol's name, or "" for an unencrypted connection.
func tlsVersion(c net.Conn) string {
	encrypted, ok := c.(*tls.Conn)
	if !ok {
		return ""
	}
	return tls.VersionName(encrypted.ConnectionState().Version)
}
