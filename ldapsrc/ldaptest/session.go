package ldaptest

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"sync"

	ber "github.com/go-asn1-ber/asn1-ber"
	"github.com/go-ldap/ldap/v3"
)

// session is one client's connection. Its operations run one after the other.
type session struct {
	server *Server
	in     *bufio.Reader
	out    *bufio.Writer
	// bound is the folded DN of who bound, or "".
	bound   string
	cursors map[string]*cursor
	serial  int

	mu  sync.Mutex
	net net.Conn
}

// errEnd ends a session.
var errEnd = errors.New("the session ends")

func newSession(s *Server, c net.Conn) *session {
	session := &session{server: s, cursors: make(map[string]*cursor)}
	session.use(c)
	return session
}

func (s *session) use(c net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.net, s.in, s.out = c, bufio.NewReader(c), bufio.NewWriterSize(c, 32<<10)
}

// end closes the connection. It may be called from anywhere.
func (s *session) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	_ = s.net.Close() // the client sees it
}

// serve answers requests until the connection ends.
func (s *session) serve() {
	defer s.end()
	for {
		p, err := ber.ReadPacket(s.in)
		if err != nil {
			return
		}
		r, err := parseRequest(p)
		if err != nil {
			return
		}
		if err := s.answer(r); err != nil {
			return
		}
		if err := s.out.Flush(); err != nil {
			return
		}
	}
}

// request is an LDAPMessage of a client (RFC 4511 §4.1.1).
type request struct {
	id       int64
	op       *ber.Packet
	controls []*ber.Packet
}

func parseRequest(p *ber.Packet) (request, error) {
	if len(p.Children) < 2 {
		return request{}, errEnd
	}
	id, ok := p.Children[0].Value.(int64)
	if !ok || p.Children[1].ClassType != ber.ClassApplication {
		return request{}, errEnd
	}
	r := request{id: id, op: p.Children[1]}
	if len(p.Children) > 2 {
		r.controls = p.Children[2].Children
	}
	return r, nil
}

// answer performs one operation. An error ends the session.
func (s *session) answer(r request) error {
	switch r.op.Tag {
	case ldap.ApplicationBindRequest:
		return s.bind(r)
	case ldap.ApplicationSearchRequest:
		return s.search(r)
	case ldap.ApplicationExtendedRequest:
		return s.extended(r)
	case ldap.ApplicationAbandonRequest:
		return nil // nothing is going on that could be
	case ldap.ApplicationUnbindRequest:
		return errEnd
	case ldap.ApplicationCompareRequest, ldap.ApplicationAddRequest, ldap.ApplicationModifyRequest, ldap.ApplicationModifyDNRequest:
		return s.reply(r, r.op.Tag+1, reply{code: ldap.LDAPResultUnwillingToPerform, text: "this directory is read only"})
	case ldap.ApplicationDelRequest:
		return s.reply(r, ldap.ApplicationDelResponse, reply{code: ldap.LDAPResultUnwillingToPerform, text: "this directory is read only"})
	}
	return errEnd
}

// stall waits until the client or the server closes the connection.
func (s *session) stall() error {
	if err := s.out.Flush(); err != nil {
		return err
	}
	_, _ = io.Copy(io.Discard, s.in) // whatever comes is not answered
	return errEnd
}

const (
	startTLS = "1.3.6.1.4.1.1466.20037"
)

func (s *session) extended(r request) error {
	name := ""
	if len(r.op.Children) > 0 {
		name = r.op.Children[0].Data.String()
	}
	_, encrypted := s.net.(*tls.Conn)
	switch {
	case name == startTLS && !s.server.directory.NoStartTLS && encrypted:
		return s.reply(r, ldap.ApplicationExtendedResponse, reply{code: ldap.LDAPResultOperationsError, text: "already encrypted"})
	case name == startTLS && !s.server.directory.NoStartTLS:
		if err := s.reply(r, ldap.ApplicationExtendedResponse, reply{}); err != nil {
			return err
		}
		if err := s.out.Flush(); err != nil {
			return err
		}
		c := tls.Server(s.net, s.server.tls)
		if err := c.HandshakeContext(context.Background()); err != nil {
			return errEnd
		}
		s.use(c)
		return nil
	}
	return s.reply(r, ldap.ApplicationExtendedResponse, reply{code: ldap.LDAPResultProtocolError, text: "unknown operation " + name})
}
