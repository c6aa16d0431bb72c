package testservers

import (
	"context"
	"io"
	"net"
	"sync"
	"testing"
	"time"
)

// Weather is how the network between a client and a server is. The zero value
// is a good one.
type Weather struct {
	// Latency is added to what comes from the server.
	Latency time.Duration
	// BytesPerSecond is the most that comes from the server on one connection; 0
	// means any number.
	BytesPerSecond int
	// CutAfter resets a connection after so many bytes from the server; 0 means
	// never.
	CutAfter int
	// Cuts is how many connections are cut; a negative number stands for all.
	Cuts int
}

// Relay passes connections on to a server, through its weather. It is safe for
// concurrent use.
type Relay struct {
	// Addr is host:port on the loopback interface.
	Addr string

	target string
	mu     sync.Mutex
	now    Weather
	cut    int
}

// NewRelay starts a relay to the server at target, host:port, that runs until
// the test is over.
//
// It is no toxiproxy: the last release of that which the module proxy has is of
// 2022 and would bring Prometheus, a router, a logger and a command line into
// the product's go.mod.
func NewRelay(t testing.TB, target string, w Weather) *Relay {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("start the relay: %v", err)
	}
	r := &Relay{Addr: l.Addr().String(), target: target, now: w}
	ctx, end := context.WithCancel(context.WithoutCancel(t.Context()))
	var open sync.WaitGroup
	open.Go(func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return // it is closed
			}
			open.Go(func() { r.serve(ctx, client) })
		}
	})
	t.Cleanup(func() {
		end()
		if err := l.Close(); err != nil {
			t.Error(err)
		}
		open.Wait()
	})
	return r
}

// Set changes the weather, for open connections too.
func (r *Relay) Set(w Weather) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.now, r.cut = w, 0
}

// Cut is how many connections were cut since the weather was set.
func (r *Relay) Cut() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.cut
}

func (r *Relay) weather() Weather {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.now
}

// serve passes both ways until one side or the test ends.
func (r *Relay) serve(ctx context.Context, client net.Conn) {
	ctx, end := context.WithCancel(ctx)
	defer end()
	server, err := new(net.Dialer).DialContext(ctx, "tcp", r.target)
	if err != nil {
		_ = client.Close() // as a network does whose server is gone
		return
	}
	stop := context.AfterFunc(ctx, func() {
		_ = client.Close() // closed twice where it was cut
		_ = server.Close()
	})
	defer stop()
	go func() {
		defer end()
		_, _ = io.Copy(server, client) // its end is the end of both ways
	}()
	r.answer(ctx, client, server)
	end()
	_ = client.Close()
	_ = server.Close()
}

// answer passes on what comes from the server.
func (r *Relay) answer(ctx context.Context, client, server net.Conn) {
	passed := 0
	buffer := make([]byte, 4096)
	for {
		n, err := server.Read(buffer)
		w := r.weather()
		wait := w.Latency
		if w.BytesPerSecond > 0 {
			wait += time.Duration(n) * time.Second / time.Duration(w.BytesPerSecond)
		}
		if !pauseFor(ctx, wait) {
			return
		}
		if w.CutAfter > 0 && passed+n > w.CutAfter && r.mayCut() {
			_, _ = client.Write(buffer[:max(0, w.CutAfter-passed)])
			_ = client.(*net.TCPConn).SetLinger(0) // close with a reset
			return
		}
		passed += n
		if _, gone := client.Write(buffer[:n]); gone != nil || err != nil {
			return
		}
	}
}

// mayCut counts one more cut, if there is one left.
func (r *Relay) mayCut() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.now.Cuts >= 0 && r.cut >= r.now.Cuts {
		return false
	}
	r.cut++
	return true
}

// pauseFor reports false when ctx ended first.
func pauseFor(ctx context.Context, d time.Duration) bool {
	if d == 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
