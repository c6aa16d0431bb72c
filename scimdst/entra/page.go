package entra

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/cenkalti/backoff/v4"

	"ldap2scim/plan"
)

// pageMost is the largest page of users, groups and members.
const pageMost = 999

// Patience says how long reading one page is tried. The zero value of a field
// is its default.
type Patience struct {
	// Attempts is the most that one page gets, 6. An answer that says how long
	// to wait does not use one up.
	Attempts int
	// First and Longest bound the wait between two, 1 s and 30 s.
	First, Longest time.Duration
}

func (p Patience) withDefaults() Patience {
	if p.Attempts == 0 {
		p.Attempts = 6
	}
	if p.First == 0 {
		p.First = time.Second
	}
	if p.Longest == 0 {
		p.Longest = 30 * time.Second
	}
	return p
}

// read sends a request that reads until it is answered for good.
func read(ctx context.Context, g Graph, p Patience, r Request) (Answer, error) {
	p = p.withDefaults()
	waits := backoff.NewExponentialBackOff(backoff.WithInitialInterval(p.First), backoff.WithMaxInterval(p.Longest), backoff.WithMaxElapsedTime(0))
	for attempt := 1; ; attempt++ {
		a, err := g.Send(ctx, r)
		if err == nil {
			return a, nil
		}
		var e interface{ Temporary() bool }
		if !errors.As(err, &e) || !e.Temporary() || ctx.Err() != nil {
			return a, err
		}
		wait := asked(err)
		if wait > 0 {
			attempt--
		} else if attempt >= p.Attempts {
			return a, err
		}
		timer := time.NewTimer(max(waits.NextBackOff(), wait))
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return a, ctx.Err()
		}
	}
}

// asked is how long Graph asked to wait.
func asked(err error) time.Duration {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Wait
	}
	return 0
}

// page is one page of a collection.
type page[T any] struct {
	Value []T    `json:"value"`
	Next  string `json:"@odata.nextLink"`
}

// each reads a collection to its end, page by page, and gives each element to
// yield. The search counts them.
func each[T any](ctx context.Context, g Graph, p Patience, r Request, yield func(T) error) (plan.Search, error) {
	var s plan.Search
	seen := map[string]bool{}
	for {
		a, err := read(ctx, g, p, r)
		if err != nil {
			return s, err
		}
		var got page[T]
		if err := json.Unmarshal(a.Body, &got); err != nil {
			return s, fmt.Errorf("read %s: %w", r.Path, err)
		}
		s.Pages++
		for _, v := range got.Value {
			s.Entries++
			if err := yield(v); err != nil {
				return s, err
			}
		}
		if got.Next == "" {
			return s, nil
		}
		if seen[got.Next] {
			s.Missing = "the service gave the same page twice"
			return s, nil
		}
		seen[got.Next] = true
		r.Path = got.Next
	}
}

// all reads a collection that is short.
func all[T any](ctx context.Context, g Graph, p Patience, r Request) ([]T, error) {
	var list []T
	_, err := each(ctx, g, p, r, func(v T) error {
		list = append(list, v)
		return nil
	})
	return list, err
}

// one reads a single object.
func one[T any](ctx context.Context, g Graph, p Patience, r Request) (T, error) {
	var v T
	a, err := read(ctx, g, p, r)
	if err != nil {
		return v, err
	}
	if err := json.Unmarshal(a.Body, &v); err != nil {
		return v, fmt.Errorf("read %s: %w", r.Path, err)
	}
	return v, nil
}
