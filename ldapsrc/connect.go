package ldapsrc

import (
	"context"
	"errors"
	"fmt"
	"net"

	"github.com/go-ldap/ldap/v3"
)

// connect connects to the first server that answers and binds to it. A server
// that refuses the bind has answered: to ask the others as well could lock the
// account.
func (s *Source) connect(ctx context.Context) error {
	var failed error
	for _, url := range s.config.servers() {
		err := s.connectTo(ctx, url)
		if err == nil {
			return nil
		}
		if failed == nil {
			failed = err
		} else {
			failed = fmt.Errorf("%w; %w", failed, err)
		}
		if ctx.Err() != nil || isRefused(err) {
			break
		}
	}
	if len(s.config.URLs) == 0 || isRefused(failed) || ctx.Err() != nil {
		return failed
	}
	return &Error{Op: "connect to", Subject: "any server", Err: failed, Advice: s.config.advice(failed)}
}

// servers returns the URLs in the order in which they are tried.
func (c Config) servers() []string { return append([]string{c.URL}, c.URLs...) }

// isRefused reports whether a server was reached and does not let us in, or
// there is nothing to be let in with.
func isRefused(err error) bool {
	if errors.Is(err, errNoPassword) {
		return true
	}
	refused, ok := errors.AsType[*ldap.Error](err)
	return ok && refused.ResultCode != ldap.LDAPResultBusy && refused.ResultCode != ldap.LDAPResultUnavailable
}

func (s *Source) connectTo(ctx context.Context, url string) error {
	s.url = url
	if err := s.dial(ctx, url); err != nil {
		return s.fail(ctx, "connect to", url, err)
	}
	if err := s.bind(ctx); err != nil {
		_ = s.conn.close() // the bind's error says more
		return s.fail(ctx, "bind as", s.who(), err)
	}
	s.lost = false
	return nil
}

func (s *Source) dial(ctx context.Context, url string) (err error) {
	u, err := parseURL(url)
	if err != nil {
		return err
	}
	secure, err := s.config.tlsConfig(u.host)
	if err != nil {
		return err
	}
	dialer := net.Dialer{Timeout: s.config.Timeout}
	raw, err := dialer.DialContext(ctx, u.network, u.address)
	if err != nil {
		return err
	}
	var c net.Conn = &patience{Conn: raw, limit: s.config.Timeout}
	stop := context.AfterFunc(ctx, func() { _ = raw.Close() })
	defer func() {
		if cancelled := !stop(); cancelled || err != nil {
			_ = raw.Close() // err, or that of ctx, says more
		}
	}()
	if s.config.StartTLS {
		if err := startTLS(c); err != nil {
			return fmt.Errorf("start TLS: %w", err)
		}
	}
	if u.tls || s.config.StartTLS {
		if c, err = handshake(ctx, c, secure); err != nil {
			return err
		}
	}
	s.conn, s.tls = newConn(c), tlsVersion(c)
	return nil
}
