package migrate

import (
	"context"
	"errors"
	"time"

	"github.com/cenkalti/backoff/v4"
)

// Retry says how patient to be. The zero value of a field is its default.
type Retry struct {
	// Attempts is the most that one step gets, 6 by default. An answer that
	// asks to wait does not use one up.
	Attempts int
	// First and Longest bound the wait between two attempts, 500 ms and 30 s.
	First, Longest time.Duration
	// Budget is the longest that one step may take with all its waits, 15 min.
	Budget time.Duration
	// Patience is how long a destination may take to show what it has
	// accepted, 2 s. A step of unknown outcome that is not seen is looked up
	// again after it, before it is sent again.
	Patience time.Duration
}

func (r Retry) withDefaults() Retry {
	for _, d := range []struct {
		at    *time.Duration
		usual time.Duration
	}{{&r.First, 500 * time.Millisecond}, {&r.Longest, 30 * time.Second}, {&r.Budget, 15 * time.Minute}, {&r.Patience, 2 * time.Second}} {
		if *d.at == 0 {
			*d.at = d.usual
		}
	}
	if r.Attempts == 0 {
		r.Attempts = 6
	}
	return r
}

// waits is a backoff that never waits less than the destination asked for.
type waits struct {
	backoff.BackOff
	least time.Duration
}

func (r Retry) waits() *waits {
	return &waits{BackOff: backoff.NewExponentialBackOff(backoff.WithInitialInterval(r.First),
		backoff.WithMaxInterval(r.Longest), backoff.WithMaxElapsedTime(r.Budget))}
}

// NextBackOff returns the wait before the next attempt.
func (w *waits) NextBackOff() time.Duration {
	next := w.BackOff.NextBackOff()
	if next != backoff.Stop {
		next = max(next, w.least)
	}
	w.least = 0
	return next
}

// persist calls try until it succeeds, returns an error that is final, or the
// attempts or the budget are used up. It waits between, unless ctx ends.
func (r Retry) persist(ctx context.Context, try func() error, waiting func(error, time.Duration)) (attempts int, err error) {
	w := r.waits()
	counted := 0
	err = backoff.RetryNotify(func() error {
		attempts++
		err := try()
		if err == nil {
			return nil
		}
		if !isTemporary(err) && !isUnknown(err) {
			return backoff.Permanent(err)
		}
		if w.least = hint(err); w.least == 0 {
			counted++
		}
		if counted >= r.Attempts {
			return backoff.Permanent(err)
		}
		return err
	}, backoff.WithContext(w, ctx), waiting)
	return attempts, err
}

func isTemporary(err error) bool {
	var t temporary
	return errors.As(err, &t) && t.Temporary()
}

func isThrottled(err error) bool {
	var t throttled
	return errors.As(err, &t) && t.Throttled()
}

// hint is how long the destination asked to wait, or 0.
func hint(err error) time.Duration {
	var ra retryAfter
	if errors.As(err, &ra) {
		return ra.RetryAfter()
	}
	return 0
}

func isUnknown(err error) bool {
	var u uncertain
	return errors.As(err, &u) && u.Unknown()
}

func isDenied(err error) bool {
	var d denied
	return errors.As(err, &d) && d.AccessDenied()
}

// pause waits, and returns the context's error when that ends first.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
