package main

import (
	"errors"
	"time"

	"ldap2scim/migrate"
	"ldap2scim/plan"
)

// tally is where a run stands, by what it has told. All that is shown of a run
// comes from here, so that the bar, the line and the metrics agree. It is not
// safe for concurrent use.
type tally struct {
	started time.Time
	// total is how many steps the run is to take up.
	total                 int
	done, failed, unknown int
	// steps are those that have been sent and are not settled.
	steps map[plan.StepID]turn
	// requests counts by what became of them, retries those that were tried
	// again.
	requests map[result]int
	retries  int
	// refusals are the steps that wait because there were too many requests, for
	// since and for throttled before.
	refusals  int
	since     time.Time
	throttled time.Duration

	sent, ended *recent
	// quota is what the profile allows, steered what the operator does, and
	// learnt what the destination was seen to take; requests a second, 0: any.
	quota, steered, learnt float64
	// atATime is how many requests there are at a time at most, 0: not known.
	atATime int
	paused  bool
	down    bool
}

// turn is how far a step has come.
type turn int

const (
	turnSending turn = iota + 1
	turnWaiting
	turnRefused // it waits, as there were too many
)

// result is what became of a request.
type result string

const (
	resultAccepted  result = "accepted"
	resultThrottled result = "throttled"
	resultTemporary result = "temporary"
	resultUnknown   result = "unknown"
	resultRefused   result = "refused"
)

func results() []result {
	return []result{resultAccepted, resultThrottled, resultTemporary, resultUnknown, resultRefused}
}

func newTally(now time.Time) *tally {
	return &tally{started: now, steps: map[plan.StepID]turn{}, requests: map[result]int{}, sent: newRecent(now), ended: newRecent(now)}
}

// observe takes an event in.
func (t *tally) observe(now time.Time, e migrate.Event) {
	switch e := e.(type) {
	case migrate.Sending:
		if e.Attempt > 1 {
			t.retries++
		}
		t.sent.add(now, 1)
		t.move(now, e.Step.ID, turnSending)
	case migrate.Withheld:
		t.move(now, e.Step.ID, 0)
	case migrate.Waiting:
		why := resultOf(e.Err)
		t.answered(e.Step.ID, why)
		if why == resultThrottled {
			t.move(now, e.Step.ID, turnRefused)
		} else {
			t.move(now, e.Step.ID, turnWaiting)
		}
	case migrate.Answered:
		t.answered(e.Step.ID, resultAccepted)
		t.settle(now, e.Step.ID, &t.done)
	case migrate.LookedUp:
		// Of one that was sent in this run an answer follows.
		if e.Found == plan.AlreadySo && t.steps[e.Step.ID] == 0 {
			t.settle(now, e.Step.ID, &t.done)
		}
	case migrate.Refused:
		if e.Failure == "" {
			t.answered(e.Step.ID, resultUnknown)
			t.settle(now, e.Step.ID, &t.unknown)
			return
		}
		t.answered(e.Step.ID, resultRefused)
		t.settle(now, e.Step.ID, &t.failed)
	case migrate.Steered:
		t.steered, t.paused = e.Rate, e.Paused
	case migrate.Paced:
		t.learnt, t.atATime = e.Rate, e.AtATime
	case migrate.Down:
		t.down = true
	case migrate.Back:
		t.down = false
	case migrate.Read, migrate.Restarted, migrate.Settling, migrate.Again, migrate.Marked, migrate.Recorded:
	}
}

// answered counts what became of a request, if one was under way: a look-up can
// make a step wait too.
func (t *tally) answered(id plan.StepID, r result) {
	if t.steps[id] == turnSending {
		t.requests[r]++
	}
}

func (t *tally) settle(now time.Time, id plan.StepID, as *int) {
	t.move(now, id, 0)
	t.ended.add(now, 1)
	*as++
}

// move keeps what a step is at, and how long steps have waited for the quota.
func (t *tally) move(now time.Time, id plan.StepID, to turn) {
	before := t.refusals
	if t.steps[id] == turnRefused {
		t.refusals--
	}
	if to == turnRefused {
		t.refusals++
	}
	switch {
	case before == 0 && t.refusals > 0:
		t.since = now
	case before > 0 && t.refusals == 0:
		t.throttled += now.Sub(t.since)
	}
	if to == 0 {
		delete(t.steps, id)
		return
	}
	t.steps[id] = to
}

// throttledFor is how long steps have waited for the quota until now.
func (t *tally) throttledFor(now time.Time) time.Duration {
	if t.refusals > 0 {
		return t.throttled + now.Sub(t.since)
	}
	return t.throttled
}

func (t *tally) count(turns ...turn) (n int) {
	for _, is := range t.steps {
		for _, want := range turns {
			if is == want {
				n++
			}
		}
	}
	return n
}

// pending is how many of the steps are not settled.
func (t *tally) pending() int { return max(t.total-t.done-t.failed-t.unknown, 0) }

// allowed is the least of what the profile and the operator allow, or 0.
func (t *tally) allowed() float64 {
	if t.steered > 0 && (t.quota == 0 || t.steered < t.quota) {
		return t.steered
	}
	return t.quota
}

// left is how long the rest takes at the rate of the last seconds, or less than
// 0 when that cannot be told.
func (t *tally) left(now time.Time) time.Duration {
	rate := t.ended.rate(now)
	if rate == 0 || t.paused || t.down {
		return -1
	}
	return time.Duration(float64(t.pending()) / rate * float64(time.Second))
}

// resultOf is what an error says of the request that had it.
func resultOf(err error) result {
	var many interface{ Throttled() bool }
	var open interface{ Unknown() bool }
	switch {
	case errors.As(err, &many) && many.Throttled():
		return resultThrottled
	case errors.As(err, &open) && open.Unknown():
		return resultUnknown
	}
	return resultTemporary
}
