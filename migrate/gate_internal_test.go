package migrate

import (
	"context"
	"errors"
	"math"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"ldap2scim/plan"
)

// TestGateHoldsEverybody: one answer that asks to wait holds all requests, and
// the longest of them counts.
func TestGateHoldsEverybody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := runningWith(8).gate
		start := time.Now()
		for _, after := range []time.Duration{7 * time.Second, 3 * time.Second} {
			g.went(turn{began: start}, plan.Step{}, &answer{throttled: true, after: after})
		}
		passed := make(chan time.Duration)
		for range 5 {
			go func() {
				if _, err := g.pass(t.Context()); err != nil {
					t.Error(err)
				}
				passed <- time.Since(start)
			}()
		}
		for range 5 {
			if took := <-passed; took < 7*time.Second {
				t.Errorf("passed after %s", took)
			}
		}
	})
}

// TestGateRateAndPause is what the operator says while the run goes.
func TestGateRateAndPause(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := runningWith(4).gate
		g.set(10, false)
		start := time.Now()
		for range 21 {
			if _, err := g.pass(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(start); took != 2*time.Second {
			t.Errorf("21 requests at 10 a second took %s", took)
		}
		g.set(0, true)
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		if _, err := g.pass(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("passed while paused: %v", err)
		}
		go g.set(0, false)
		if _, err := g.pass(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

// TestCrowdFollowsLatency: no more are under way than rate × latency needs and
// a few, and no fewer, also when the latency changes in the middle.
func TestCrowdFollowsLatency(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		seats   int // requests that are worked on at a time; the others wait
		latency time.Duration
	}{
		"a slow service with much room": {1000, 200 * time.Millisecond},
		"a fast one with little":        {2, 50 * time.Millisecond},
		"room for twenty":               {20, 100 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := runningWith(32)
				seats := make(chan struct{}, tt.seats)
				var latency, n atomic.Int64
				latency.Store(int64(tt.latency))
				end := load(t, r, func() error {
					seats <- struct{}{}
					<-time.After(time.Duration(latency.Load())) // in synctest's own time
					n.Add(1)
					<-seats
					return nil
				})
				for range 2 {
					<-time.After(100 * time.Second)
					n.Store(0)
					<-time.After(time.Minute)
					best := float64(min(tt.seats, 32)) / time.Duration(latency.Load()).Seconds()
					if got := float64(n.Load()) / 60; got < 0.93*best {
						t.Errorf("%.0f a second of %.0f", got, best)
					}
					if places := r.gate.places(); places > max(tt.seats, usualConcurrency)+int(many)+1 {
						t.Errorf("%d at a time for %d seats", places, tt.seats)
					}
					latency.Store(3 * latency.Load())
				}
				end()
			})
		})
	}
}

// TestJitter: waits are spread over half of their length to both sides, so that
// steps that failed together do not come again together.
func TestJitter(t *testing.T) {
	t.Parallel()
	r := Retry{}.withDefaults()
	for range 200 {
		w := &waits{ExponentialBackOff: r.exponential()}
		for n := range 12 {
			middle := min(500*math.Pow(1.5, float64(n)), 30_000)
			if ms := float64(w.NextBackOff().Milliseconds()); ms < middle*0.49 || ms > middle*1.51 {
				t.Fatalf("wait %d is %.0f ms, want %.0f ± half", n, ms, middle)
			}
		}
	}
}
