package ldaptest

import (
	"errors"
	"fmt"

	ber "github.com/go-asn1-ber/asn1-ber"
	"github.com/go-ldap/ldap/v3"

	"ldap2scim/ldapsrc/internal/filter"
)

// query is a decoded SearchRequest (RFC 4511 §4.5.1).
type query struct {
	base      string
	path      []string
	scope     int
	sizeLimit int
	typesOnly bool
	filter    *filter.Filter
	// attributes are the descriptions asked for.
	attributes []string
	paging     *paging
}

// refusal is a result other than success.
type refusal struct{ reply }

func (r refusal) Error() string { return fmt.Sprintf("result %d: %s", r.code, r.text) }

func refuse(code int, text string) error { return refusal{reply{code: code, text: text}} }

func (s *session) search(r request) error {
	s.server.mu.Lock()
	s.server.searches++
	s.server.mu.Unlock()

	q, err := s.parseSearch(r)
	if err == nil {
		err = s.run(r, q)
	}
	if refused, ok := errors.AsType[refusal](err); ok {
		return s.reply(r, ldap.ApplicationSearchResultDone, refused.reply)
	}
	return err
}

func (s *session) parseSearch(r request) (q query, err error) {
	c := r.op.Children
	if len(c) < 8 {
		return q, refuse(ldap.LDAPResultProtocolError, "a search has eight parts")
	}
	scope, _ := c[1].Value.(int64) // 0 when it is none
	limit, _ := c[3].Value.(int64)
	q.base, q.scope, q.sizeLimit = c[0].Data.String(), int(scope), int(limit)
	q.typesOnly, _ = c[5].Value.(bool)
	if q.path, err = filter.Path(q.base); err != nil {
		return q, refuse(ldap.LDAPResultInvalidDNSyntax, err.Error())
	}
	if q.filter, err = filter.Decode(c[6]); err != nil {
		return q, refuse(ldap.LDAPResultProtocolError, err.Error())
	}
	for _, a := range c[7].Children {
		q.attributes = append(q.attributes, a.Data.String())
	}
	q.paging, err = s.parseControls(r.controls)
	return q, err
}

// parseControls accepts paged results, and refuses others that are critical
// (RFC 4511 §4.1.11).
func (s *session) parseControls(controls []*ber.Packet) (*paging, error) {
	var asked *paging
	for _, c := range controls {
		if len(c.Children) == 0 {
			return nil, refuse(ldap.LDAPResultProtocolError, "a control has a type")
		}
		oid := c.Children[0].Data.String()
		if oid == ldap.ControlTypePaging && !s.server.directory.NoPaging {
			p, err := parsePaging(c.Children[len(c.Children)-1])
			if err != nil {
				return nil, err
			}
			asked = p
			continue
		}
		if len(c.Children) > 1 && c.Children[1].Value == true {
			return nil, refuse(ldap.LDAPResultUnavailableCriticalExtension, "unknown control "+oid)
		}
	}
	return asked, nil
}

// run sends what was found, or returns a refusal.
func (s *session) run(r request, q query) error {
	if q.base == "" && q.scope == ldap.ScopeBaseObject {
		return s.sendRoot(r, q)
	}
	if s.bound == "" && !s.server.directory.Anonymous {
		return refuse(ldap.LDAPResultInsufficientAccessRights, "bind first")
	}
	c, err := s.cursor(q)
	if err != nil {
		return err
	}
	c.page++
	return s.sendPage(r, q, c)
}

// noSuchObject says what of the base exists (RFC 4511 §4.1.9, matchedDN).
func (s *session) noSuchObject(q query) error {
	return refusal{reply{code: ldap.LDAPResultNoSuchObject, matchedDN: s.server.store.nearest(q.path)}}
}
