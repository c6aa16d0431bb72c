package ldaptest

import (
	"strconv"
	"strings"

	ber "github.com/go-asn1-ber/asn1-ber"
	"github.com/go-ldap/ldap/v3"
)

// paging is what a client asks for with the paging control (RFC 2696).
type paging struct {
	size   int
	cookie string
}

func parsePaging(value *ber.Packet) (*paging, error) {
	malformed := refuse(ldap.LDAPResultProtocolError, "malformed paging control")
	p, err := ber.DecodePacketErr(value.Data.Bytes())
	if err != nil || len(p.Children) != 2 {
		return nil, malformed
	}
	size, ok := p.Children[0].Value.(int64)
	if !ok || size < 0 {
		return nil, malformed
	}
	return &paging{size: int(size), cookie: p.Children[1].Data.String()}, nil
}

// cursor is a search that has begun. It holds the keys of what was found, so
// that an entry which is changed or deleted before its page is so on its page.
type cursor struct {
	keys []string
	// sent counts the entries, and page the pages, from 1.
	sent, page int
	last       *record
}

// cursor begins a search, or goes on with that of the client's cookie.
func (s *session) cursor(q query) (*cursor, error) {
	if q.paging != nil && q.paging.cookie != "" {
		c := s.cursors[q.paging.cookie]
		if c == nil {
			return nil, refuse(ldap.LDAPResultUnwillingToPerform, "the cookie is not known")
		}
		delete(s.cursors, q.paging.cookie)
		return c, nil
	}
	if len(q.path) > 0 && s.server.store.get(strings.Join(q.path, ",")) == nil {
		return nil, s.noSuchObject(q)
	}
	return &cursor{keys: s.server.store.match(q.path, q.scope, q.filter)}, nil
}

// sendPage sends the next page, or everything when the client does not page.
func (s *session) sendPage(r request, q query, c *cursor) error {
	on := Searches
	if q.scope == ldap.ScopeBaseObject {
		on = Looks
	}
	faults := s.server.struck(on, q.path, c.page)
	size := len(c.keys)
	if q.paging != nil {
		size = smaller(q.paging.size, s.server.directory.PageLimit)
	}
	limit := smaller(q.sizeLimit, s.server.directory.SizeLimit)
	done := reply{}
	for n := 0; ; n++ {
		if over, err := s.strike(r, q, faults, c, n); over || err != nil {
			return err
		}
		if n == size || len(c.keys) == 0 {
			break
		}
		if limit > 0 && c.sent == limit {
			done.code, c.keys = ldap.LDAPResultSizeLimitExceeded, nil
			break
		}
		key := c.keys[0]
		c.keys = c.keys[1:]
		found := s.server.store.get(key)
		if found == nil {
			continue // deleted since
		}
		if err := s.entry(r, found.dn, s.selected(q, found)); err != nil {
			return err
		}
		c.sent, c.last = c.sent+1, found
	}
	if q.paging != nil {
		done.controls = s.remember(q, c, faults)
	}
	return s.reply(r, ldap.ApplicationSearchResultDone, done)
}

// remember keeps the cursor for the next page and returns the control that
// ends this one.
func (s *session) remember(q query, c *cursor, faults []Fault) []ldap.Control {
	control := ldap.NewControlPaging(uint32(len(c.keys)))
	for _, f := range faults {
		switch f.Act {
		case LoseControl:
			return nil
		case LoseCookie:
			control.SetCookie([]byte("forgotten"))
			return []ldap.Control{control}
		default: // the others strike before the end of a page
		}
	}
	if len(c.keys) == 0 {
		return []ldap.Control{control}
	}
	s.serial++
	cookie := strconv.Itoa(s.serial)
	s.cursors[cookie] = c
	control.SetCookie([]byte(cookie))
	return []ldap.Control{control}
}

// strike lets the faults happen that come after n entries of a page. It
// returns over when the operation has been answered.
func (s *session) strike(r request, q query, faults []Fault, c *cursor, n int) (over bool, err error) {
	for _, f := range faults {
		if f.After != n {
			continue
		}
		switch f.Act {
		case HangUp:
			return true, s.half(r, "cn=never,cn=complete")
		case Stall:
			return true, s.stall()
		case Answer:
			return true, s.reply(r, ldap.ApplicationSearchResultDone, reply{code: f.Code, text: f.Text, urls: f.URLs})
		case Say:
			err := s.reply(request{}, ldap.ApplicationExtendedResponse, reply{code: f.Code, text: f.Text})
			if err == nil {
				err = s.out.Flush()
			}
			if err == nil {
				err = errEnd
			}
			return true, err
		case Refer:
			err = s.reference(r, f.URLs)
		case Repeat:
			if c.last != nil {
				err = s.entry(r, c.last.dn, s.selected(q, c.last))
			}
		case Circle:
			control := ldap.NewControlPaging(0)
			control.SetCookie([]byte("circle"))
			s.cursors["circle"] = c
			return true, s.reply(r, ldap.ApplicationSearchResultDone, reply{controls: []ldap.Control{control}})
		case Call:
			f.Do()
		default: // the others strike at the end of a page
		}
		if err != nil {
			return true, err
		}
	}
	return false, nil
}

// smaller returns the lesser of two limits, where 0 is none.
func smaller(a, b int) int {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}
