package migrate

import (
	"errors"
	"fmt"
	"time"

	"github.com/cenkalti/backoff/v4"
)

var (
	// ErrDown: nothing got through for as long as the run may wait.
	ErrDown = errors.New("the destination is down")
	// ErrDenied: the destination does not take who asks.
	ErrDenied = errors.New("the destination does not take the token")
)

const (
	// watched answers, the last ones, tell whether the destination is down, and
	// so many of them at least have to.
	watched, enough = 10, 5
	// quotaPatience is how long a run waits at least for a quota, at a stretch.
	quotaPatience = time.Hour
)

// breaker says when nothing gets through to the destination: more than half of
// the last ten answers were none, or it takes the token no more. While it is
// open one request at a time asks whether that is over, ever more seldom, and
// the first that gets through closes it. It is open for so long in all, and
// then the run ends. It is not safe for concurrent use; the gate holds it.
type breaker struct {
	// budget is how long it may be open for trouble in the whole run, and grace
	// for a token that is refused, each time.
	budget, grace time.Duration
	waits         *backoff.ExponentialBackOff

	recent []sign // newest last
	worked bool   // the destination has taken a request of this run

	open    bool
	denied  bool // it is open because of who asks
	probing bool
	since   time.Time
	next    time.Time // when the next may ask
	last    error
	spent   time.Duration // of the budget, before since

	// crowded is since when there have been refusals for the quota and nothing
	// else; zero when the last request was taken.
	crowded time.Time
}

func newBreaker(r Retry) breaker {
	return breaker{budget: max(r.Budget, 0), grace: max(r.Grace, 0), waits: r.exponential()}
}

// saw takes what an answer says of the destination. A probe is the one request
// that was let through while the breaker was open.
func (b *breaker) saw(now time.Time, v sign, err error, probe bool) {
	if probe {
		b.probing = false
	}
	switch {
	case v == taken:
		b.close(now)
		b.watch(v)
	case v == tooMany:
		if b.last = err; b.crowded.IsZero() {
			b.crowded = now
		}
	case v == unsent:
	case b.open:
		if b.last = err; v != trouble && !b.denied { // it is back, and refuses the token
			b.spent += now.Sub(b.since)
			b.since, b.denied = now, true
		}
		if probe {
			b.next = now.Add(max(b.waits.NextBackOff(), hint(err)))
		}
	default:
		b.watch(v)
		if n := b.count(trouble) + b.count(forbidden); v == denied || n >= enough && 2*n > len(b.recent) {
			b.open, b.since, b.last = true, now, err
			b.denied = v == denied || b.count(forbidden) > b.count(trouble)
			b.next = now.Add(max(b.waits.NextBackOff(), hint(err)))
		}
	}
}

func (b *breaker) watch(v sign) {
	if b.recent = append(b.recent, v); len(b.recent) > watched {
		b.recent = b.recent[1:]
	}
}

func (b *breaker) count(of sign) (n int) {
	for _, v := range b.recent {
		if v == of {
			n++
		}
	}
	return n
}

func (b *breaker) close(now time.Time) {
	b.worked, b.crowded = true, time.Time{}
	if !b.open {
		return
	}
	if !b.denied {
		b.spent += now.Sub(b.since)
	}
	b.open, b.denied, b.recent = false, false, nil
	b.waits.Reset()
}

// end is when the run ends if nothing gets through before, and why; nil while
// it need not end.
func (b *breaker) end() (time.Time, error) {
	switch {
	case b.open && b.denied && !b.worked: // such a token is not about to be renewed
		return b.since, fmt.Errorf("%w: %w", ErrDenied, b.last)
	case b.open && b.denied:
		return b.since.Add(b.grace), fmt.Errorf("%w any more, and no other came within %s (retry.token_grace): %w", ErrDenied, b.grace, b.last)
	case b.open:
		return b.since.Add(b.budget - b.spent), fmt.Errorf("%w: nothing gets through, and the time that the run has for it is used up, %s (retry.budget): %w", ErrDown, b.budget, b.last)
	case !b.crowded.IsZero():
		longest := max(b.budget, quotaPatience)
		return b.crowded.Add(longest), fmt.Errorf("%w: it asks to wait, for longer than %s (retry.budget): %w", ErrDown, longest, b.last)
	}
	return time.Time{}, nil
}
