package migrate_test

import (
	"errors"
	"testing"
	"time"

	"ldap2scim/checkpoints"
	"ldap2scim/migrate"
)

// TestPauseAndResume steers a run from beside it, as another process does.
func TestPauseAndResume(t *testing.T) {
	t.Parallel()
	w := newWorld(t, staff(200, 1))
	f := w.open()
	p := w.planned(f)
	steer := func(change func(*checkpoints.Control)) error {
		_, err := checkpoints.Steer(t.Context(), w.path, time.Now(), change)
		return err
	}
	if err := steer(func(*checkpoints.Control) {}); !errors.Is(err, checkpoints.ErrNone) {
		t.Errorf("before the run: %v", err)
	}
	sent := make(chan struct{}) // nothing is sent unless the test takes note
	a := w.apply(f, w.writer())
	a.Observe = func(e migrate.Event) {
		if _, ok := e.(migrate.Sending); ok {
			sent <- struct{}{}
		}
	}
	type end struct {
		res migrate.Result
		err error
	}
	ended := make(chan end, 1)
	go func() {
		res, err := a.Run(t.Context(), p)
		ended <- end{res, err}
	}()
	<-sent
	if err := steer(func(c *checkpoints.Control) { c.Paused = true }); err != nil {
		t.Fatal(err)
	}
	// It comes to rest when it has heard of the pause.
	quiet := time.NewTimer(time.Second)
	for resting := false; !resting; {
		select {
		case <-sent:
			quiet.Reset(time.Second)
		case e := <-ended:
			t.Fatalf("a paused run ended: %+v, %v", e.res, e.err)
		case <-quiet.C:
			resting = true
		}
	}
	if err := steer(func(c *checkpoints.Control) { c.Paused, c.Rate = false, 5000 }); err != nil {
		t.Fatal(err)
	}
	for going := true; going; {
		select {
		case <-sent:
		case e := <-ended:
			if e.err != nil || e.res.Left != 0 {
				t.Errorf("%+v, %v", e.res, e.err)
			}
			going = false
		}
	}
	w.whole()
}
