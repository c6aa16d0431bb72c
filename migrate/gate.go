package migrate

import (
	"context"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v4"

	"ldap2scim/plan"
)

// gate is the one place where the requests of a run wait: for the rate and the
// number at a time that the destination was seen to take, for as long as it
// asks to wait, while the operator has paused the run, and while nothing gets
// through. What the destination's quota is known to be is kept on the way
// there, where reading counts too (package scimdst). It is safe for concurrent
// use.
type gate struct {
	observe Observer

	mu      sync.Mutex
	pace    pace
	crowd   crowd
	breaker breaker
	busy    int
	paused  bool
	until   time.Time // nobody passes before
	asked   *backoff.ExponentialBackOff
	// changed is closed when those who wait have to look again.
	changed chan struct{}
}

func newGate(most int, r Retry, observe Observer) *gate {
	return &gate{
		observe: observe, pace: newPace(time.Now()), crowd: newCrowd(most), breaker: newBreaker(r),
		asked: r.exponential(), changed: make(chan struct{}),
	}
}

// turn is leave to send one request. It is given back with went.
type turn struct {
	began time.Time
	probe bool
}

// pass waits until a request may be sent. Its error is that of ctx, or says
// why the run is over.
func (g *gate) pass(ctx context.Context) (turn, error) {
	var due time.Time // under the rate; zero while no place is taken
	for {
		now := time.Now()
		t, at, changed, err := g.look(now, &due)
		switch {
		case ctx.Err() != nil:
			if changed == nil && err == nil {
				g.went(t, plan.Step{}, ctx.Err())
			}
			return turn{}, ctx.Err()
		case err != nil, changed == nil:
			return t, err
		}
		wait := (<-chan time.Time)(nil)
		if !at.IsZero() {
			timer := time.NewTimer(at.Sub(now))
			defer timer.Stop()
			wait = timer.C
		}
		select {
		case <-wait:
		case <-changed:
		case <-ctx.Done():
		}
	}
}

// look gives leave, or says until when to wait at the most; the zero time
// stands for any time. There is leave when the channel is nil.
func (g *gate) look(now time.Time, due *time.Time) (turn, time.Time, <-chan struct{}, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.paused {
		return turn{}, time.Time{}, g.changed, nil
	}
	at, b := g.until, &g.breaker
	if b.open && b.next.After(at) {
		at = b.next
	}
	// Who would have to wait beyond the end need not wait.
	if end, err := b.end(); err != nil && at.After(end) {
		return turn{}, time.Time{}, nil, err
	}
	if b.probing {
		return turn{}, time.Time{}, g.changed, nil
	}
	if at.After(now) {
		return turn{}, at, g.changed, nil
	}
	if due.IsZero() || now.Sub(*due) > epoch/10 { // it was held up since, with all the others
		*due = now.Add(g.pace.wait(now))
	}
	if due.After(now) {
		return turn{}, *due, g.changed, nil
	}
	b.probing = b.open
	g.busy++
	g.crowd.sent(now, g.busy)
	return turn{began: now, probe: b.open}, time.Time{}, nil, nil
}

// blame is whose fault it is that a request did not go well, if it did not.
type blame int

const (
	// itself: the step waits by itself, and has one attempt less.
	itself blame = iota
	// quota: everybody waits, as the destination asks.
	quota
	// outage: everybody waits until something gets through.
	outage
)

// went takes how a request went.
func (g *gate) went(t turn, s plan.Step, err error) blame {
	b, news := g.settle(time.Now(), t, s, signOf(err), err)
	for _, e := range news {
		g.observe(e)
	}
	return b
}

func (g *gate) settle(now time.Time, t turn, s plan.Step, v sign, err error) (b blame, news []Event) {
	g.mu.Lock()
	defer g.mu.Unlock()
	wasOpen := g.breaker.open
	g.breaker.saw(now, v, err, t.probe)
	open := g.breaker.open
	if wasOpen != open || t.probe {
		g.wake()
	}
	if after := hint(err); after > 0 {
		g.hold(now.Add(after))
	}
	switch v {
	case taken:
		if err == nil {
			g.pace.good(now)
			g.crowd.good(now, string(s.Kind)+string(s.Action), now.Sub(t.began))
		}
		g.asked.Reset()
	case tooMany:
		g.crowd.refused(now)
		if g.pace.refused(now) {
			news = append(news, Paced{Rate: g.pace.learnt, AtATime: int(g.crowd.limit)})
		}
		if hint(err) == 0 && !t.began.Before(g.until) { // sent since the last of these waits
			g.hold(now.Add(g.asked.NextBackOff()))
		}
	case trouble, forbidden, denied, unsent:
	}
	g.busy--
	switch {
	case open && !wasOpen:
		if end, _ := g.breaker.end(); end.After(now) { // why it ends is said when it does
			news = append(news, Down{Err: err, Denied: g.breaker.denied, Until: end})
		}
	case wasOpen && !open:
		news = append(news, Back{})
	}
	switch {
	case v == taken, v == unsent:
		return itself, news
	case open:
		return outage, news
	case v == tooMany, hint(err) > 0:
		return quota, news
	}
	return itself, news
}

// closed is how long nobody passes from now on.
func (g *gate) closed(now time.Time) time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	d := g.until.Sub(now)
	if g.breaker.open {
		d = max(d, g.breaker.next.Sub(now))
	}
	return max(d, 0)
}

// hold lets nobody pass before a time.
func (g *gate) hold(until time.Time) {
	if until.After(g.until) {
		g.until = until
	}
}

func (g *gate) wake() {
	close(g.changed)
	g.changed = make(chan struct{})
}

// places is how many requests may be under way. While nothing gets through
// there is a second one that waits, so that it is not always the same step
// that asks.
func (g *gate) places() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.breaker.open {
		return max(2, int(g.crowd.limit))
	}
	return int(g.crowd.limit)
}

// set is what the operator says while the run is going.
func (g *gate) set(rate float64, paused bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.pace.allow(time.Now(), rate)
	g.paused = paused
	g.wake()
}
