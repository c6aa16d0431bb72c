package migrate

import (
	"context"
	"time"

	"github.com/cenkalti/backoff/v4"

	"ldap2scim/plan"
)

// Retry says how patient to be. The zero value of a field is its default, a
// negative duration stands for none at all.
type Retry struct {
	// Attempts is the most that one step gets, 6 by default. An answer that
	// asks to wait does not use one up, nor does what fails while nothing gets
	// through.
	Attempts int
	// First and Longest bound the wait between two attempts, 500 ms and 30 s.
	First, Longest time.Duration
	// Budget is how long the whole run may have nothing getting through, with
	// all the times together, 1 h. While that is so one request at a time asks.
	Budget time.Duration
	// Grace is how long a run waits for another token when the one that it has
	// is refused, 10 min.
	Grace time.Duration
	// Patience is how long a destination may take to show what it has
	// accepted, 2 s. A step of unknown outcome that is not seen is looked up
	// again after it, before it is sent again.
	Patience time.Duration
}

// mostWaits is how often one step is refused for the number of requests before
// it is believed that this is not the reason.
const mostWaits = 100

func (r Retry) withDefaults() Retry {
	for _, d := range []struct {
		at    *time.Duration
		usual time.Duration
	}{
		{&r.First, 500 * time.Millisecond},
		{&r.Longest, 30 * time.Second},
		{&r.Budget, time.Hour},
		{&r.Grace, 10 * time.Minute},
		{&r.Patience, 2 * time.Second},
	} {
		if *d.at == 0 {
			*d.at = d.usual
		}
	}
	if r.Attempts == 0 {
		r.Attempts = 6
	}
	return r
}

// exponential are waits that double, with jitter, and have no end.
func (r Retry) exponential() *backoff.ExponentialBackOff {
	return backoff.NewExponentialBackOff(backoff.WithInitialInterval(r.First),
		backoff.WithMaxInterval(r.Longest), backoff.WithMaxElapsedTime(0))
}

// waits are those of one step: none where the gate holds everybody.
type waits struct {
	*backoff.ExponentialBackOff
	held bool
}

// NextBackOff returns the wait before the next attempt.
func (w *waits) NextBackOff() time.Duration {
	if w.held {
		return 0
	}
	return w.ExponentialBackOff.NextBackOff()
}

// persist calls try until it succeeds, returns an error that is final, or the
// attempts are used up. Each time it has leave of the gate, and tells it how it
// went. It waits between, unless ctx ends. Over says that the run ended before
// there was an answer for good.
func (r *running) persist(ctx context.Context, s plan.Step, try func() error) (attempts int, over bool, err error) {
	p := &persistence{running: r, step: s, try: try}
	if err = p.once(ctx); err != nil {
		err = p.again(ctx, err)
	}
	return p.attempts, !p.settled, err
}

// persistence is how far a step has come with its attempts.
type persistence struct {
	*running
	step     plan.Step
	try      func() error
	attempts int
	// counted attempts are those of which there are few, refused ones those that
	// came while there were too many.
	counted, refused int
	settled          bool
	blame            blame
}

// once makes an attempt. An error that wraps [backoff.PermanentError] ends them.
func (p *persistence) once(ctx context.Context) error {
	turn, err := p.gate.pass(ctx)
	if err != nil {
		return backoff.Permanent(err)
	}
	err = p.try()
	if isWithheld(ctx, err) {
		p.gate.went(turn, p.step, err)
		return backoff.Permanent(err)
	}
	p.attempts++
	p.blame = p.gate.went(turn, p.step, err)
	switch {
	case err == nil:
		p.settled = true
		return nil
	case p.blame == outage:
	case p.blame == quota:
		p.refused++
	case isTemporary(err) || isUnknown(err):
		p.counted++
	default: // final
		p.counted = p.Retry.Attempts
	}
	if p.settled = p.counted >= p.Retry.Attempts || p.refused >= mostWaits; p.settled {
		return backoff.Permanent(err)
	}
	return err
}

// again makes attempts after the first, which has ended with err.
func (p *persistence) again(ctx context.Context, err error) error {
	w := &waits{ExponentialBackOff: p.Retry.exponential()}
	first := true
	return backoff.RetryNotify(func() error {
		if !first {
			err = p.once(ctx)
		}
		first, w.held = false, p.blame != itself
		return err
	}, backoff.WithContext(w, ctx), func(err error, wait time.Duration) {
		p.Observe(Waiting{Step: p.step, Err: err, For: max(wait, p.gate.closed(time.Now()))})
	})
}

// Again returns what is asked when a part of a reading has failed, so many times
// by now. What may pass is read again after a wait, longer each time and at least
// as long as the destination asks for, until there have been [Retry.Attempts].
// Nil means to read it again; an error is the one that it was given, or that of
// ctx.
func (r Retry) Again(observe Observer) func(ctx context.Context, tries int, err error) error {
	r = r.withDefaults()
	return func(ctx context.Context, tries int, err error) error {
		if !isTemporary(err) || tries >= r.Attempts {
			return err
		}
		var wait time.Duration
		for b := r.exponential(); tries > 0; tries-- {
			wait = b.NextBackOff()
		}
		wait = max(wait, hint(err))
		observe(Again{Err: err, For: wait})
		return pause(ctx, wait)
	}
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
