package ldapsrc

import (
	"context"
	"errors"
	"fmt"

	ber "github.com/go-asn1-ber/asn1-ber"
	"github.com/go-ldap/ldap/v3"
)

// Values of Config.Bind.
const (
	bindSimple    = "simple"
	bindAnonymous = "anonymous"
	bindExternal  = "external"
)

// how returns the kind of bind: what is set, or what bind_dn implies.
func (c Config) how() string {
	switch {
	case c.Bind != "":
		return c.Bind
	case c.BindDN != "" || c.Password != nil:
		return bindSimple
	}
	return bindAnonymous
}

func (c Config) bindMistakes() []error {
	var mistakes []error
	add := func(format string, args ...any) { mistakes = append(mistakes, fmt.Errorf(format, args...)) }

	switch c.how() {
	case bindSimple:
		if c.BindDN != "" && c.Password == nil {
			add("bind_dn: needs a password; leave it out to read anonymously")
		}
		if c.BindDN == "" {
			add("bind_dn: missing, though there is a password or a simple bind")
		}
	case bindAnonymous, bindExternal:
		if c.BindDN != "" || c.Password != nil {
			add("bind: %s takes no bind_dn and no password", c.Bind)
		}
		if c.Bind == bindExternal {
			mistakes = append(mistakes, c.externalMistakes()...)
		}
	default:
		add("bind: %q is not one of simple, anonymous, external", c.Bind)
	}
	for _, url := range c.servers() {
		u, err := parseURL(url)
		if err == nil && c.Password != nil && !u.tls && !c.StartTLS && !c.AllowPlainPassword && !u.loopback() {
			add("url: the password would be sent unencrypted to %s; use ldaps://, or start_tls: true, or allow_plain_password: true if that is meant", u.host)
		}
	}
	return mistakes
}

// externalMistakes: the server must know who is there before the bind, by the
// certificate or by the socket.
func (c Config) externalMistakes() []error {
	for _, url := range c.servers() {
		u, err := parseURL(url)
		if err == nil && u.network != "unix" && (c.CertFile == "" || !u.tls && !c.StartTLS) {
			return []error{errors.New("bind: external needs ldapi://, or cert_file and an encrypted connection")}
		}
	}
	return nil
}

var errNoPassword = errors.New("there is no password")

func (s *Source) bind(ctx context.Context) error {
	var request *ber.Packet
	switch s.config.how() {
	case bindAnonymous:
		return nil
	case bindExternal:
		request = externalBindRequest()
	default:
		password, err := s.config.Password()
		if err != nil {
			return fmt.Errorf("%w: read the password: %w", errNoPassword, err)
		}
		if password == "" {
			// RFC 4513 §5.1.2: the server would answer success and let an
			// anonymous user in.
			return fmt.Errorf("%w: the password is empty", errNoPassword)
		}
		request = bindRequest(s.config.BindDN, password)
	}
	return s.during(ctx, func() error {
		r, err := s.ask(request, ldap.ApplicationBindResponse)
		if err != nil {
			return err
		}
		return r.err()
	})
}

func (s *Source) who() string {
	switch s.config.how() {
	case bindAnonymous:
		return "nobody at " + s.url
	case bindExternal:
		return "who the connection shows at " + s.url
	}
	return s.config.BindDN + " at " + s.url
}

// bindRequest is a simple bind (RFC 4511 §4.2).
func bindRequest(dn, password string) *ber.Packet {
	op := emptyBindRequest(dn)
	op.AppendChild(ber.NewString(ber.ClassContext, ber.TypePrimitive, 0, password, ""))
	return op
}

// externalBindRequest is a SASL bind with the mechanism EXTERNAL and no name
// of its own (RFC 4422 appendix A).
func externalBindRequest() *ber.Packet {
	op := emptyBindRequest("")
	sasl := ber.Encode(ber.ClassContext, ber.TypeConstructed, 3, nil, "")
	sasl.AppendChild(octets("EXTERNAL"))
	sasl.AppendChild(octets(""))
	op.AppendChild(sasl)
	return op
}

func emptyBindRequest(dn string) *ber.Packet {
	op := operation(ldap.ApplicationBindRequest)
	op.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagInteger, 3, ""))
	op.AppendChild(octets(dn))
	return op
}
