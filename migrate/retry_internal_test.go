package migrate

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"ldap2scim/plan"
)

// TestPersist: what uses up an attempt and what does not, and how long it takes.
func TestPersist(t *testing.T) {
	t.Parallel()
	trouble, full := &answer{temporary: true}, &answer{temporary: true, throttled: true}
	for name, tt := range map[string]struct {
		answers     []error // the last one goes on
		attempts    int
		least, most time.Duration
		ok          bool
	}{
		"at once":            {[]error{nil}, 1, 0, 0, true},
		"final":              {[]error{errors.New("no")}, 1, 0, 0, false},
		"forbidden":          {[]error{&answer{forbidden: true}}, 1, 0, 0, false},
		"then it works":      {[]error{trouble, trouble, nil}, 3, 500 * time.Millisecond, 2 * time.Second, true},
		"unknown, too":       {[]error{&answer{unknown: true}, nil}, 2, 250 * time.Millisecond, time.Second, true},
		"asked to wait":      {[]error{&answer{temporary: true, after: 20 * time.Second}, nil}, 2, 20 * time.Second, 20 * time.Second, true},
		"quota is free":      {append(slices.Repeat([]error{full}, 20), nil), 21, 20 * time.Second, 20 * time.Minute, true},
		"but not for ever":   {[]error{full}, mostWaits, time.Minute, 2 * time.Hour, false},
		"outages are free":   {append(slices.Repeat([]error{trouble}, 30), nil), 31, 5 * time.Minute, 20 * time.Minute, true},
		"up to the budget":   {[]error{trouble}, 137, 58 * time.Minute, 62 * time.Minute, false},
		"a token that never": {[]error{&answer{denied: true}}, 1, 0, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				start, n := time.Now(), 0
				attempts, _, err := runningWith(1).persist(t.Context(), plan.Step{}, func() error {
					n++
					return tt.answers[min(n, len(tt.answers))-1]
				})
				if took := time.Since(start); abs(attempts-tt.attempts) > tt.attempts/5 || (err == nil) != tt.ok || took < tt.least || took > tt.most {
					t.Errorf("%d attempts in %s, %v; want %d in %s to %s", attempts, took, err, tt.attempts, tt.least, tt.most)
				}
			})
		})
	}
}

func abs(n int) int { return max(n, -n) }

// TestAttempts: a step that alone is refused again and again gets six attempts,
// and the others go on meanwhile.
func TestAttempts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := runningWith(4)
		end := load(t, r, func() error {
			<-time.After(50 * time.Millisecond) // in synctest's own time
			return nil
		})
		attempts, over, err := r.persist(t.Context(), plan.Step{}, func() error { return &answer{temporary: true} })
		if attempts != 6 || over || err == nil {
			t.Errorf("%d attempts, over %t, %v", attempts, over, err)
		}
		end()
	})
}

// TestPersistEnds: a wait ends with the context.
func TestPersistEnds(t *testing.T) {
	t.Parallel()
	for name, err := range map[string]error{"its own": &answer{temporary: true}, "everybody's": &answer{temporary: true, after: time.Minute}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				start := time.Now()
				_, over, err := runningWith(1).persist(ctx, plan.Step{}, func() error { return err })
				if took := time.Since(start); !errors.Is(err, context.DeadlineExceeded) || !over || took != time.Second {
					t.Errorf("ended after %s with %v, over %t", took, err, over)
				}
			})
		})
	}
}

// TestRefusalWhileStopping: a refusal that arrived is one, also when the run is
// asked to end meanwhile.
func TestRefusalWhileStopping(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	no := errors.New("no")
	_, over, err := runningWith(1).persist(ctx, plan.Step{}, func() error {
		cancel()
		return no
	})
	if over || !errors.Is(err, no) {
		t.Errorf("over %t, %v", over, err)
	}
}
