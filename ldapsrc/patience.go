package ldapsrc

import (
	"errors"
	"fmt"
	"net"
	"sync/atomic"
	"time"
)

// errSilent is the cause when a server did not answer in time.
var errSilent = errors.New("the server was silent")

// patience is a network connection that is closed when one read or write
// takes longer than its limit. The time between them does not count, so a
// caller may be as slow as it likes.
type patience struct {
	net.Conn
	limit time.Duration
	spent atomic.Bool
}

func (p *patience) Read(b []byte) (int, error) {
	timer := p.start()
	n, err := p.Conn.Read(b)
	return n, p.stop(timer, err)
}

func (p *patience) Write(b []byte) (int, error) {
	timer := p.start()
	n, err := p.Conn.Write(b)
	return n, p.stop(timer, err)
}

func (p *patience) start() *time.Timer {
	return time.AfterFunc(p.limit, func() {
		p.spent.Store(true)
		_ = p.Conn.Close() // to wake the reader; there is nothing to save
	})
}

func (p *patience) stop(timer *time.Timer, err error) error {
	timer.Stop()
	if err != nil && p.spent.Load() {
		return fmt.Errorf("%w for %s", errSilent, p.limit)
	}
	return err
}
