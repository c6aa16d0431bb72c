package scimdst

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// paced holds each request until its turn under one limit.
type paced struct {
	next    http.RoundTripper
	limiter *rate.Limiter
	of      Counted
	// seats are as many as the quota has requests, and each is given back when
	// the quota's time has gone by since its request really went: on a busy
	// machine a request goes late, and what follows in its time must not be
	// counted together with it. Nil where the time is long: what is late then
	// is little of it.
	seats chan struct{}
	held  time.Duration
}

const (
	// evenly is the share of a quota that is sent evenly. The rest leaves room
	// for requests that arrive less evenly than they were sent: at 20 a second
	// one may be 10 ms late.
	evenly = 0.99
	// longestHeld is the longest time of a quota for which there are seats.
	longestHeld = 10 * time.Second
)

// newPaced keeps a rate without bursts.
func newPaced(next http.RoundTripper, perSecond float64) *paced {
	return &paced{next: next, limiter: rate.NewLimiter(rate.Limit(evenly*perSecond), 1)}
}

// newWindow keeps a quota: a hundredth of it may go at once, and the rest is
// spread so that no stretch of the window's length sees more than all of it.
func newWindow(next http.RoundTripper, w Window) *paced {
	spread := evenly * float64(w.Requests) / w.Per.Seconds()
	t := &paced{next: next, limiter: rate.NewLimiter(rate.Limit(spread), max(w.Requests/100, 1)), of: w.Of}
	if w.Per <= longestHeld {
		t.seats, t.held = make(chan struct{}, w.Requests), w.Per+w.Per/200
	}
	return t
}

func (t *paced) RoundTrip(r *http.Request) (*http.Response, error) {
	if t.of.counts(r) {
		if err := t.turn(r.Context()); err != nil {
			return nil, fmt.Errorf("wait for the next turn: %w", err)
		}
	}
	return t.next.RoundTrip(r)
}

func (t *paced) turn(ctx context.Context) error {
	if err := t.limiter.Wait(ctx); err != nil {
		<-ctx.Done() // it says at once that the turn comes after the end
		return ctx.Err()
	}
	if t.seats == nil {
		return nil
	}
	select {
	case t.seats <- struct{}{}:
		time.AfterFunc(t.held, func() { <-t.seats })
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (c Counted) counts(r *http.Request) bool {
	switch c {
	case CountedReads:
		return r.Method == http.MethodGet
	case CountedWrites:
		return r.Method != http.MethodGet
	case CountedNewPeople:
		return r.Method != http.MethodGet && strings.Contains(strings.ToLower(r.URL.Path), "/users")
	case CountedAll:
	}
	return true
}

// crowded lets only so many requests be under way, each until its answer's
// body is closed.
type crowded struct {
	next  http.RoundTripper
	seats chan struct{}
}

func newCrowded(next http.RoundTripper, seats int) *crowded {
	return &crowded{next: next, seats: make(chan struct{}, seats)}
}

func (t *crowded) RoundTrip(r *http.Request) (*http.Response, error) {
	select {
	case t.seats <- struct{}{}:
	case <-r.Context().Done():
		return nil, fmt.Errorf("wait for others to end: %w", r.Context().Err())
	}
	resp, err := t.next.RoundTrip(r)
	if err != nil {
		<-t.seats
		return nil, err
	}
	resp.Body = &releasing{ReadCloser: resp.Body, release: sync.OnceFunc(func() { <-t.seats })}
	return resp, nil
}

type releasing struct {
	io.ReadCloser
	release func()
}

func (b *releasing) Close() error {
	defer b.release()
	return b.ReadCloser.Close()
}

// heeding holds back every request for as long as an answer to any of them
// asked to wait. The request that was refused is not sent again.
type heeding struct {
	next http.RoundTripper
	// throttled are the statuses that count beside 429 and 503.
	throttled []int

	mu     sync.Mutex
	pauses int           // that are not over
	over   chan struct{} // closed when they all are
}

func (t *heeding) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := t.wait(r.Context()); err != nil {
		return nil, fmt.Errorf("wait as the service asked: %w", err)
	}
	resp, err := t.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if t.isThrottled(resp.StatusCode) {
		t.pause(RetryAfter(resp.Header))
	}
	return resp, nil
}

func (t *heeding) isThrottled(status int) bool {
	if status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable {
		return true
	}
	for _, s := range t.throttled {
		if s == status {
			return true
		}
	}
	return false
}

func (t *heeding) wait(ctx context.Context) error {
	for {
		t.mu.Lock()
		over, pauses := t.over, t.pauses
		t.mu.Unlock()
		if pauses == 0 {
			return nil
		}
		select {
		case <-over:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// pause begins a pause beside those that there are. It needs no clock: who
// waits waits for all of them.
func (t *heeding) pause(d time.Duration) {
	if d <= 0 {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.pauses == 0 {
		t.over = make(chan struct{})
	}
	t.pauses++
	time.AfterFunc(d, func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		if t.pauses--; t.pauses == 0 {
			close(t.over)
		}
	})
}
