package migrate_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"ldap2scim/checkpoints"
	"ldap2scim/migrate"
	"ldap2scim/plan"
)

// reply is an error with what a destination can say of it.
type reply struct{ temporary, unknown, denied, forbidden bool }

func (e *reply) Error() string      { return "no" }
func (e *reply) Temporary() bool    { return e.temporary }
func (e *reply) Unknown() bool      { return e.unknown }
func (e *reply) AccessDenied() bool { return e.denied }
func (e *reply) Forbidden() bool    { return e.forbidden }

// faulty is a destination in memory that takes 100 ms for a request and has
// outages by the clock.
type faulty struct {
	trouble func(since time.Duration, s plan.Step) error
	began   time.Time

	mu    sync.Mutex
	done  map[plan.StepID]int
	tried []time.Duration // when requests came that met trouble
}

func newFaulty(trouble func(time.Duration, plan.Step) error) *faulty {
	return &faulty{trouble: trouble, began: time.Now(), done: map[plan.StepID]int{}}
}

func (f *faulty) Do(_ context.Context, s plan.Step, _ map[plan.ExternalID]plan.RemoteID) (plan.Outcome, error) {
	<-time.After(100 * time.Millisecond) // in synctest's own time
	f.mu.Lock()
	defer f.mu.Unlock()
	since := time.Since(f.began)
	if err := f.trouble(since, s); err != nil {
		f.tried = append(f.tried, since)
		return plan.Outcome{}, err
	}
	f.done[s.ID]++
	return plan.Outcome{RemoteID: plan.RemoteID("r-" + s.Object)}, nil
}

func (f *faulty) Look(_ context.Context, s plan.Step, _ map[plan.ExternalID]plan.RemoteID) (plan.Outcome, plan.Found, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.trouble(time.Since(f.began), s); err != nil {
		f.tried = append(f.tried, time.Since(f.began))
		return plan.Outcome{}, plan.NotSo, err
	}
	if f.done[s.ID] > 0 {
		return plan.Outcome{RemoteID: plan.RemoteID("r-" + s.Object)}, plan.AlreadySo, nil
	}
	return plan.Outcome{}, plan.NotSo, nil
}

// between is a trouble from one time to another.
func between(from, to time.Duration, err error) func(time.Duration, plan.Step) error {
	return func(since time.Duration, _ plan.Step) error {
		if since >= from && since < to {
			return err
		}
		return nil
	}
}

// TestOutage: what a run does when nothing gets through, for how long it does
// it, and how often it asks meanwhile.
func TestOutage(t *testing.T) {
	t.Parallel()
	const started, always = 2 * time.Second, 1000 * time.Hour
	down, lost, dead, forbidden := &reply{temporary: true}, &reply{unknown: true}, &reply{denied: true}, &reply{forbidden: true}
	for name, tt := range map[string]struct {
		trouble     func(time.Duration, plan.Step) error
		concurrency int
		retry       migrate.Retry
		is          error // nil: the run comes to its end
		says        string
		least, most time.Duration
		asks        int // at the most, in vain
		failed      int
	}{
		"down for ten minutes":             {trouble: between(started, 10*time.Minute, down), concurrency: 4, least: 10 * time.Minute, most: 12 * time.Minute, asks: 50},
		"the same, one at a time":          {trouble: between(started, 10*time.Minute, down), concurrency: 1, least: 10 * time.Minute, most: 12 * time.Minute, asks: 50},
		"answers are lost for ten minutes": {trouble: between(started, 10*time.Minute, lost), concurrency: 8, least: 10 * time.Minute, most: 12 * time.Minute, asks: 60},
		"down for longer than there is time": {
			trouble: between(started, always, down), concurrency: 4, retry: migrate.Retry{Budget: 5 * time.Minute}, is: migrate.ErrDown, says: "retry.budget",
			least: 4 * time.Minute, most: 6 * time.Minute, asks: 30,
		},
		"again and again": {
			trouble: func(since time.Duration, s plan.Step) error {
				return between(0, 5*time.Second, down)(since%(10*time.Second), s)
			}, concurrency: 2,
			retry: migrate.Retry{Budget: 11 * time.Second}, is: migrate.ErrDown,
			// Each outage counts until somebody asks again, so that the second or the
			// third is the last.
			least: 10 * time.Second, most: 40 * time.Second, asks: 60,
		},
		"the token dies and is renewed": {trouble: between(started, 5*time.Minute, dead), concurrency: 4, least: 5 * time.Minute, most: 6 * time.Minute, asks: 40},
		"the token dies": {
			trouble: between(started, always, dead), concurrency: 4, retry: migrate.Retry{Grace: 3 * time.Minute}, is: migrate.ErrDenied, says: "retry.token_grace",
			least: 2 * time.Minute, most: 4 * time.Minute, asks: 30,
		},
		"the token dies, and nobody waits": {trouble: between(started, always, dead), concurrency: 4, retry: migrate.Retry{Grace: -1}, is: migrate.ErrDenied, least: started, most: 3 * time.Second, asks: 4},
		"the token was never good":         {trouble: between(0, always, dead), concurrency: 4, is: migrate.ErrDenied, most: time.Second, asks: 4},
		"the right is taken away": {
			trouble: between(started, always, forbidden), concurrency: 4, retry: migrate.Retry{Grace: 3 * time.Minute}, is: migrate.ErrDenied, says: "retry.token_grace",
			least: 2 * time.Minute, most: 4 * time.Minute, asks: 40, failed: 12,
		},
		"one step brings trouble each time": {
			trouble: func(_ time.Duration, s plan.Step) error {
				if s.Name == "u07" && s.Kind == plan.Person {
					return down
				}
				return nil
			}, concurrency: 1, most: 10 * time.Minute, asks: 40, failed: 2,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, staff(400, 1))
			f := w.open()
			p := w.planned(f)
			synctest.Test(t, func(t *testing.T) {
				dst := newFaulty(tt.trouble)
				a := migrate.Apply{File: f, Destination: dst, Settings: "settings", Retry: tt.retry, Concurrency: tt.concurrency, Observe: silent}
				res, err := a.Run(t.Context(), p)
				took := time.Since(dst.began)
				if !errors.Is(err, tt.is) || err != nil && !strings.Contains(err.Error(), tt.says) || took < tt.least || took > tt.most || len(dst.tried) > tt.asks || res.Failed > tt.failed {
					t.Errorf("%+v after %s and %d requests in vain: %v", res, took, len(dst.tried), err)
				}
				if tt.is == nil && res.Left+res.Unknown > 0 {
					t.Errorf("not finished: %+v", res)
				}
				for id, n := range dst.done {
					if n > 1 {
						t.Errorf("step %s was done %d times", id, n)
					}
				}
				states, err := f.States(t.Context(), p.ID)
				if err != nil || states[checkpoints.Sending] != res.Unknown {
					t.Errorf("journal %v, %v", states, err)
				}
			})
		})
	}
}
