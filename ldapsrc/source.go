package ldapsrc

import (
	"context"
	"errors"
	"fmt"
	"net"

	"github.com/go-ldap/ldap/v3"
)

// Source is a bound connection to a directory. It is for one goroutine. After
// an error or a cancelled context the connection is closed, and every further
// call is an error; open another.
type Source struct {
	config Config
	conn   *conn
	tls    string
}

// Open checks c, connects, encrypts the connection as c says, and binds. The
// caller closes the source. Errors about the directory are of type [*Error].
func Open(ctx context.Context, c Config) (*Source, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	c = c.WithDefaults()
	s := &Source{config: c}
	if err := s.connect(ctx); err != nil {
		return nil, s.fail(ctx, "connect to", c.URL, err)
	}
	if err := s.bind(ctx); err != nil {
		_ = s.Close() // the bind's error says more
		return nil, s.fail(ctx, "bind as", s.who(), err)
	}
	return s, nil
}

// Close ends the connection. It may be called more than once.
func (s *Source) Close() error {
	if err := s.conn.close(); err != nil && !errors.Is(err, net.ErrClosed) {
		return fmt.Errorf("close the connection to %s: %w", s.config.URL, err)
	}
	return nil
}

func (s *Source) connect(ctx context.Context) (err error) {
	u, err := parseURL(s.config.URL)
	if err != nil {
		return err
	}
	secure, err := s.config.tlsConfig(u.host)
	if err != nil {
		return err
	}
	dialer := net.Dialer{Timeout: s.config.Timeout}
	raw, err := dialer.DialContext(ctx, "tcp", u.address)
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

func (s *Source) bind(ctx context.Context) error {
	if s.config.Password == nil {
		return nil
	}
	password, err := s.config.Password()
	if err != nil {
		return fmt.Errorf("read the password: %w", err)
	}
	if password == "" {
		// RFC 4513 §5.1.2: the server would answer success and let an
		// anonymous user in.
		return errors.New("the password is empty")
	}
	return s.during(ctx, func() error {
		r, err := s.ask(bindRequest(s.config.BindDN, password), ldap.ApplicationBindResponse)
		if err != nil {
			return err
		}
		return r.err()
	})
}

func (s *Source) who() string {
	if s.config.BindDN == "" {
		return "nobody at " + s.config.URL
	}
	return s.config.BindDN + " at " + s.config.URL
}

// during runs work and closes the connection as soon as ctx is done, and when
// work fails: what is on the wire then belongs to no request any more.
func (s *Source) during(ctx context.Context, work func() error) error {
	stop := context.AfterFunc(ctx, func() { _ = s.conn.close() })
	err := work()
	if !stop() {
		return ctx.Err()
	}
	if err != nil {
		_ = s.conn.close() // err says more
	}
	return err
}
