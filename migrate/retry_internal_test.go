package migrate

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// trouble is an error with all that a destination can say of it.
type trouble struct {
	temporary, unknown bool
	after              time.Duration
}

func (e *trouble) Error() string             { return "trouble" }
func (e *trouble) Temporary() bool           { return e.temporary }
func (e *trouble) Unknown() bool             { return e.unknown }
func (e *trouble) RetryAfter() time.Duration { return e.after }

func TestPersist(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		answers     []error // the last one goes on
		attempts    int
		least, most time.Duration
		ok          bool
	}{
		"at once":           {[]error{nil}, 1, 0, 0, true},
		"final":             {[]error{errors.New("no")}, 1, 0, 0, false},
		"then it works":     {[]error{&trouble{temporary: true}, &trouble{temporary: true}, nil}, 3, 500 * time.Millisecond, 4 * time.Second, true},
		"unknown, too":      {[]error{&trouble{unknown: true}, nil}, 2, 250 * time.Millisecond, time.Second, true},
		"six attempts":      {[]error{&trouble{temporary: true}}, 6, 2 * time.Second, time.Minute, false},
		"asked to wait":     {[]error{&trouble{temporary: true, after: 20 * time.Second}, nil}, 2, 20 * time.Second, 20 * time.Second, true},
		"waiting is free":   {append(slow(20), nil), 21, 20 * time.Second, 20 * time.Minute, true},
		"but not for hours": {[]error{&trouble{temporary: true, after: time.Minute}}, 16, 14 * time.Minute, 16 * time.Minute, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start, n := time.Now(), 0
				attempts, err := Retry{}.withDefaults().persist(t.Context(), func() error {
					err := tt.answers[min(n, len(tt.answers)-1)]
					n++
					return err
				}, func(error, time.Duration) {})
				if took := time.Since(start); attempts != tt.attempts || (err == nil) != tt.ok || took < tt.least || took > tt.most {
					t.Errorf("%d attempts in %s, %v; want %d in %s to %s", attempts, took, err, tt.attempts, tt.least, tt.most)
				}
			})
		})
	}
}

func slow(n int) []error {
	var all []error
	for range n {
		all = append(all, &trouble{temporary: true, after: time.Second})
	}
	return all
}

// TestPersistEnds: a wait ends with the context.
func TestPersistEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start := time.Now()
		_, err := Retry{}.withDefaults().persist(ctx, func() error { return &trouble{temporary: true, after: time.Minute} }, func(error, time.Duration) {})
		if took := time.Since(start); !errors.Is(err, context.DeadlineExceeded) || took != time.Second {
			t.Errorf("ended after %s with %v", took, err)
		}
	})
}
