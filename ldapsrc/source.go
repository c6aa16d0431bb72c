package ldapsrc

import (
	"context"
	"errors"
	"fmt"
	"net"
)

// Source is a bound connection to a directory. It is for one goroutine. After
// a lost connection the next call connects again. After any other error and
// after a cancelled context the connection is closed, and every further call
// is an error; open another.
type Source struct {
	config Config
	// url is that of the server which answered.
	url  string
	conn *conn
	tls  string
	// pageSize is what the server takes, at most that of config.
	pageSize int
	// lost reports that the connection ended by itself.
	lost bool
}

// Open checks c, connects to the first of its servers that answers, encrypts
// the connection as c says, and binds. The caller closes the source. Errors
// about the directory are of type [*Error].
func Open(ctx context.Context, c Config) (*Source, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	if len(c.LDIF) > 0 {
		return nil, errors.New("ldif: the directory is in files; open them with OpenLDIF")
	}
	c = c.WithDefaults()
	s := &Source{config: c, pageSize: c.PageSize}
	if err := s.connect(ctx); err != nil {
		return nil, err
	}
	return s, nil
}

// Close ends the connection. It may be called more than once.
func (s *Source) Close() error {
	s.lost = false
	if err := s.conn.close(); err != nil && !errors.Is(err, net.ErrClosed) {
		return fmt.Errorf("close the connection to %s: %w", s.url, err)
	}
	return nil
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
		s.lost = isLost(err)
	}
	return err
}
