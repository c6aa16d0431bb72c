package migrate

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// TestAgain: what may pass is read again, after a wait that grows and is as long
// as the destination asks for.
func TestAgain(t *testing.T) {
	t.Parallel()
	trouble := &answer{temporary: true}
	for name, tt := range map[string]struct {
		err         error
		tries       int
		least, most time.Duration
		again       bool
	}{
		"first":     {trouble, 1, 250 * time.Millisecond, 750 * time.Millisecond, true},
		"third":     {trouble, 3, 560 * time.Millisecond, 1700 * time.Millisecond, true},
		"asked for": {&answer{temporary: true, after: time.Minute}, 1, time.Minute, time.Minute, true},
		"enough":    {trouble, 4, 0, 0, false},
		"final":     {errors.New("no"), 1, 0, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var told []Event
				begin := time.Now()
				err := Retry{Attempts: 4}.Again(func(e Event) { told = append(told, e) })(t.Context(), tt.tries, tt.err)
				if waited := time.Since(begin); waited < tt.least || waited > tt.most {
					t.Errorf("it waited %s, want %s to %s", waited, tt.least, tt.most)
				}
				if (err == nil) != tt.again || (len(told) == 1) != tt.again || err != nil && !errors.Is(err, tt.err) {
					t.Errorf("%v, told %v", err, told)
				}
			})
		})
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := (Retry{}).Again(func(Event) {})(ctx, 1, trouble); !errors.Is(err, context.Canceled) {
		t.Errorf("when the run has ended: %v", err)
	}
}
