package migrate_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"ldap2scim/checkpoints"
	"ldap2scim/migrate"
	"ldap2scim/plan"
)

// held is a destination that answers when the test lets it.
type held struct {
	migrate.Destination
	leave chan struct{}
}

func (h *held) Do(ctx context.Context, s plan.Step, ids map[plan.ExternalID]plan.RemoteID) (plan.Outcome, error) {
	<-h.leave
	return h.Destination.Do(ctx, s, ids)
}

// TestPauseAndResume steers a run from beside it, as another process does.
func TestPauseAndResume(t *testing.T) {
	t.Parallel()
	w := newWorld(t, staff(30, 1))
	f := w.open()
	p := w.planned(f)
	steer := func(change func(*checkpoints.Control)) error {
		_, err := checkpoints.Steer(t.Context(), w.path, time.Now(), change)
		return err
	}
	if err := steer(func(*checkpoints.Control) {}); !errors.Is(err, checkpoints.ErrNone) {
		t.Errorf("before the run: %v", err)
	}
	dst := &held{w.writer(), make(chan struct{})}
	a := w.apply(f, dst)
	a.Concurrency = 3
	sending, steered := make(chan struct{}, 1000), make(chan migrate.Steered, 10)
	a.Observe = func(e migrate.Event) {
		switch e := e.(type) {
		case migrate.Sending:
			sending <- struct{}{}
		case migrate.Steered:
			steered <- e
		}
	}
	ended := make(chan error, 1)
	go func() {
		_, err := a.Run(t.Context(), p)
		ended <- err
	}()
	for range a.Concurrency { // that many are on their way
		<-sending
	}
	if err := steer(func(c *checkpoints.Control) { c.Paused = true }); err != nil {
		t.Fatal(err)
	}
	if e := <-steered; !e.Paused {
		t.Errorf("steered %+v", e)
	}
	close(dst.leave)
	select { // those are answered, and no other goes out
	case <-sending:
		t.Error("a paused run sends")
	case err := <-ended:
		t.Fatalf("a paused run ended: %v", err)
	case <-time.After(500 * time.Millisecond):
	}
	if err := steer(func(c *checkpoints.Control) { c.Paused, c.Rate = false, 5000 }); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
	w.whole()
}
