package migrate

import (
	"context"
	"sync"
	"time"
)

// gate is the one place where all requests to a destination wait. It holds
// everybody back while the destination asks to wait, and learns how many
// requests at a time it takes: one more when all is well, half as many when it
// says that it is too much (additive increase, multiplicative decrease). It is
// safe for concurrent use.
type gate struct {
	most int // requests at a time, at the most

	mu    sync.Mutex
	limit float64
	until time.Time     // nobody passes before
	cut   time.Time     // when the limit was last halved
	rate  float64       // requests a second that the operator allows; 0: any
	next  time.Time     // when the next may pass under the rate
	pause chan struct{} // open while the operator has paused the run
}

func newGate(most int) *gate { return &gate{most: most, limit: float64(most)} }

// pass waits until a request may be sent.
func (g *gate) pass(ctx context.Context) error {
	for {
		wait, paused := g.wait(time.Now())
		switch {
		case paused != nil:
			select {
			case <-paused:
			case <-ctx.Done():
				return ctx.Err()
			}
		case wait <= 0:
			return ctx.Err()
		default:
			if err := pause(ctx, wait); err != nil {
				return err
			}
		}
	}
}

// wait says how long to wait, or that the run is paused. When it says 0, a
// place under the rate has been taken.
func (g *gate) wait(now time.Time) (time.Duration, <-chan struct{}) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.pause != nil {
		return 0, g.pause
	}
	at := g.until
	if g.rate > 0 && g.next.After(at) {
		at = g.next
	}
	if at.After(now) {
		return at.Sub(now), nil
	}
	if g.rate > 0 {
		g.next = now.Add(time.Duration(float64(time.Second) / g.rate))
	}
	return 0, nil
}

// went tells the gate how a request went.
func (g *gate) went(now time.Time, throttled bool, after time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if after > 0 && now.Add(after).After(g.until) {
		g.until = now.Add(after)
	}
	if !throttled {
		g.limit = min(float64(g.most), g.limit+1/g.limit)
		return
	}
	// The answers to what was under way together say it once.
	if now.Sub(g.cut) > time.Second {
		g.limit, g.cut = max(1, g.limit/2), now
	}
}

// places is how many requests may be under way.
func (g *gate) places() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return int(g.limit)
}

// set is what the operator says while the run is going.
func (g *gate) set(rate float64, paused bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.rate = rate
	switch {
	case paused && g.pause == nil:
		g.pause = make(chan struct{})
	case !paused && g.pause != nil:
		close(g.pause)
		g.pause = nil
	}
}
