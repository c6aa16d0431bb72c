package ldapsrc

import (
	"context"
	"errors"
	"io"
	"net"
	"time"

	"github.com/go-ldap/ldap/v3"
)

// lostError is the end of a connection that nobody here wanted.
type lostError struct {
	what string
	err  error
}

func (e *lostError) Error() string { return e.what + ": " + e.err.Error() }

func (e *lostError) Unwrap() error { return e.err }

// lost says what it means that no more bytes come. A connection that was
// closed here is not lost.
func lost(err error) error {
	if errors.Is(err, net.ErrClosed) {
		return err
	}
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return &lostError{"the connection was lost", err}
}

func isLost(err error) bool { return errors.As(err, new(*lostError)) }

// Temporary reports whether the same read, from its beginning, may succeed: a
// connection was lost, or the server was busy.
func (e *Error) Temporary() bool {
	return isLost(e.Err) || ldap.IsErrorAnyOf(e.Err, ldap.LDAPResultBusy, ldap.LDAPResultUnavailable)
}

const (
	// attempts is how often a search is begun.
	attempts = 3
	// pause is how long to wait before a connection is made again.
	pause = 250 * time.Millisecond
)

// revive connects again when the connection was lost in the call before.
func (s *Source) revive(ctx context.Context) error {
	if !s.lost {
		return nil
	}
	return s.connect(ctx)
}

// reconnect connects again after a pause, to whichever server answers.
func (s *Source) reconnect(ctx context.Context) error {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return s.connect(ctx)
	}
}
