package migrate

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// TestGateHoldsEverybody: one answer that asks to wait holds all requests.
func TestGateHoldsEverybody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := newGate(8)
		start := time.Now()
		g.went(start, true, 7*time.Second)
		g.went(start, true, 3*time.Second) // a shorter one takes nothing back
		passed := make(chan time.Duration)
		for range 5 {
			go func() {
				if err := g.pass(t.Context()); err != nil {
					t.Error(err)
				}
				passed <- time.Since(start)
			}()
		}
		for range 5 {
			if took := <-passed; took != 7*time.Second {
				t.Errorf("passed after %s", took)
			}
		}
	})
}

func TestGateLearns(t *testing.T) {
	t.Parallel()
	g := newGate(16)
	now := time.Unix(1_000_000, 0)
	for range 5 { // what was under way together says it once
		g.went(now, true, 0)
	}
	if n := g.places(); n != 8 {
		t.Errorf("%d places after the first refusals", n)
	}
	for range 10 {
		now = now.Add(2 * time.Second)
		g.went(now, true, 0)
	}
	if n := g.places(); n != 1 {
		t.Errorf("%d places after many refusals", n)
	}
	for range 400 {
		g.went(now, false, 0)
	}
	if n := g.places(); n != 16 {
		t.Errorf("%d places after many good answers", n)
	}
}

func TestGateRateAndPause(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := newGate(4)
		g.set(10, false)
		start := time.Now()
		for range 21 {
			if err := g.pass(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(start); took != 2*time.Second {
			t.Errorf("21 requests at 10 a second took %s", took)
		}
		g.set(0, true)
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		if err := g.pass(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("passed while paused: %v", err)
		}
		go g.set(0, false)
		if err := g.pass(t.Context()); err != nil {
			t.Error(err)
		}
	})
}
