package migrate

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"ldap2scim/checkpoints"
	"ldap2scim/plan"
)

// tally counts the requests of a run from its events. It is safe for
// concurrent use.
type tally struct {
	mu    sync.Mutex
	sum   checkpoints.Tally
	until time.Time // the destination has asked to wait until then
}

// observing counts what goes by to observe.
func (t *tally) observing(observe Observer) Observer {
	return func(e Event) {
		t.count(e)
		observe(e)
	}
}

func (t *tally) count(e Event) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch e := e.(type) {
	case Sending:
		s := t.line(e.Step.Action, e.Step.Kind)
		s.Requests++
		if e.Attempt > 1 {
			s.Retries++
		}
	case Withheld:
		s := t.line(e.Step.Action, e.Step.Kind)
		s.Requests--
		if e.Attempt > 1 {
			s.Retries--
		}
	case LookedUp:
		t.line(checkpoints.LookUp, e.Step.Kind).Requests++
	case Waiting:
		if isThrottled(e.Err) {
			t.sum.Throttled++
			t.wait(time.Now(), e.For)
		}
	default:
	}
}

// wait adds what of a wait no other request has waited for already.
func (t *tally) wait(now time.Time, d time.Duration) {
	from, to := now, now.Add(d)
	if t.until.After(from) {
		from = t.until
	}
	if to.After(from) {
		t.sum.Waited += to.Sub(from)
		t.until = to
	}
}

func (t *tally) line(a plan.Action, k plan.Kind) *checkpoints.Sent {
	i, found := slices.BinarySearchFunc(t.sum.Sent, checkpoints.Sent{Action: a, Kind: k}, func(s, of checkpoints.Sent) int {
		return cmp.Or(cmp.Compare(s.Action, of.Action), cmp.Compare(s.Kind, of.Kind))
	})
	if !found {
		t.sum.Sent = slices.Insert(t.sum.Sent, i, checkpoints.Sent{Action: a, Kind: k})
	}
	return &t.sum.Sent[i]
}

// soFar returns what has been counted.
func (t *tally) soFar() checkpoints.Tally {
	t.mu.Lock()
	defer t.mu.Unlock()
	sum := t.sum
	sum.Sent = slices.Clone(sum.Sent)
	return sum
}
