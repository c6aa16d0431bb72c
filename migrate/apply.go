package migrate

import (
	"context"
	"errors"
	"sync"
	"time"

	"ldap2scim/checkpoints"
	"ldap2scim/plan"
)

// Apply carries out plans.
type Apply struct {
	File        *checkpoints.File
	Destination Destination
	// Lister reads the same destination, to see whether it has moved since the
	// plan was made; nil means not to look.
	Lister Lister
	// MaxAge is how old the snapshot may be; 0 means any age.
	MaxAge time.Duration
	// Scope says which of the pending steps are taken up; the zero value, all.
	Scope checkpoints.Scope
	// MaxFailures ends the run when so many steps have failed in it; 0 means
	// any number may.
	MaxFailures int
	// Deadline ends the run as its context would; the zero time means none.
	Deadline time.Time
	// Settings is the digest of the present configuration.
	Settings plan.Digest
	// Allow names the hazards that the operator allows.
	Allow []plan.Hazard
	Retry Retry
	// Concurrency is the most requests at a time, 32 when 0. There are 4, and
	// more where the destination's latency calls for it.
	Concurrency int
	// QuotaKnown says that what the destination takes is known, and kept by
	// Destination: a single refusal does not slow the run down for longer than
	// it asks.
	QuotaKnown bool
	Observe    Observer
	// Version of the program, for the record.
	Version string
}

// Result counts what a run did.
type Result struct {
	Done, Failed int
	// Left were not sent, of those that the run was to take up: it was
	// interrupted, or what they need failed.
	Left int
	// Unknown were sent, and nobody knows what became of them.
	Unknown int
	// Interrupted says that the context ended the run.
	Interrupted bool
}

const (
	// batch is how many steps are marked at once at least, and largestBatch at
	// the most. Those that are marked and not sent must be looked up after a
	// kill.
	batch, largestBatch = 32, 1024
	// moment is how long an answer waits to be recorded, or half as much longer.
	moment = 100 * time.Millisecond
	// usualConcurrency is how many requests at a time there are at first, and
	// mostConcurrency the most for an [Apply] that does not say.
	usualConcurrency, mostConcurrency = 4, 32
)

// ErrFailures: as many steps have failed as the operator allows.
var ErrFailures = errors.New("too many steps have failed")

// Run carries out p, or what is left of it. When ctx ends, what is in flight
// is finished and recorded, and the result says that it was interrupted. The
// error wraps [StaleError], [HazardError] or [WaveError] when nothing was sent for that
// reason, and [ErrDown] or [ErrDenied] when nothing got through any more; each
// other error too ends the run before the end of the plan, and running again
// goes on.
func (a Apply) Run(ctx context.Context, p checkpoints.Plan) (res Result, err error) {
	if err := a.Refusal(ctx, p); err != nil {
		return Result{}, err
	}
	if err := a.checkDestination(ctx, p); err != nil {
		return Result{}, err
	}
	if !a.Deadline.IsZero() {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, a.Deadline)
		defer cancel()
	}
	if a.Scope.Again {
		if _, err := a.File.Reopen(ctx, p.ID, time.Now()); err != nil {
			return Result{}, err
		}
	}
	run, err := a.File.StartRun(ctx, p.ID, a.Version, time.Now())
	if err != nil {
		return Result{}, err
	}
	r := &running{Apply: a, plan: p, run: run}
	r.Retry = a.Retry.withDefaults()
	if r.Concurrency <= 0 {
		r.Concurrency = mostConcurrency
	}
	r.Observe = inTurn(r.tally.observing(a.Observe))
	r.gate = newGate(r.Concurrency, r.Retry, r.Observe)
	r.gate.pace.known = a.QuotaKnown
	err = r.recover(ctx)
	if err == nil {
		err = r.steps(ctx)
	}
	if ctx.Err() != nil && (err == nil || errors.Is(err, ctx.Err())) {
		r.res.Interrupted, err = true, nil
	}
	return r.end(ctx, err)
}

// Refusal is why the plan may not be applied, as far as the state file knows,
// or nil. Run asks it, and a caller may before a person is asked.
func (a Apply) Refusal(ctx context.Context, p checkpoints.Plan) error {
	return errors.Join(a.checkFresh(ctx, p), a.checkPrerequisites(ctx, p), a.checkSettings(ctx, p), a.checkHazards(ctx, p.Summary), a.checkWaves(ctx, p))
}

// end counts what is left and closes the run's record.
func (r *running) end(ctx context.Context, err error) (Result, error) {
	ctx = context.WithoutCancel(ctx)
	outcome := "done"
	switch {
	case err != nil:
		outcome = "stopped: " + err.Error()
	case r.res.Interrupted && !r.Deadline.IsZero() && !time.Now().Before(r.Deadline):
		outcome = "ended at its deadline"
	case r.res.Interrupted:
		outcome = "interrupted"
	}
	var countErr error
	r.res.Left, r.res.Unknown, countErr = r.File.Open(ctx, r.plan.ID, r.Scope)
	return r.res, also(also(err, countErr), r.File.EndRun(ctx, r.run, outcome, r.tally.soFar(), time.Now()))
}

// also joins two errors, unless both are the same trouble with the state file,
// which is said once.
func also(err, more error) error {
	if trouble := checkpoints.TroubleOf(err); trouble != nil && errors.Is(checkpoints.TroubleOf(more), trouble) {
		return err
	}
	return errors.Join(err, more)
}

// inTurn lets one event at a time reach the observer.
func inTurn(observe Observer) Observer {
	var mu sync.Mutex
	return func(e Event) {
		mu.Lock()
		defer mu.Unlock()
		observe(e)
	}
}

// running is the state of one run. But for what its workers share (the gate,
// the observer, the destination), one goroutine uses it.
type running struct {
	Apply
	plan checkpoints.Plan
	run  int64
	gate *gate
	res  Result
	// tally counts what is sent.
	tally tally
	// ids are those that the destination has given.
	ids ids
	// answers wait to be recorded, since the first of them came.
	answers []checkpoints.Result
	since   time.Time
}

// release makes steps pending again that were not sent.
func (r *running) release(unsent ...checkpoints.Marked) {
	for _, m := range unsent {
		r.answers = append(r.answers, checkpoints.Result{Seq: m.Seq, State: checkpoints.Pending, Attempts: m.Attempts})
	}
}

// record writes the answers that wait, whether or not ctx is done.
func (r *running) record(ctx context.Context) error {
	if len(r.answers) == 0 {
		return nil
	}
	answers := r.answers
	r.answers = nil
	return r.recorded(answers, r.File.Record(context.WithoutCancel(ctx), r.plan.ID, r.run, answers, r.tally.soFar(), time.Now()))
}

// recorded tells of answers that were written. Those that could not be count no
// more: the journal has their steps as sending.
func (r *running) recorded(answers []checkpoints.Result, err error) error {
	if err == nil {
		r.Observe(Recorded{N: len(answers)})
		return nil
	}
	for _, answer := range answers {
		switch answer.State {
		case checkpoints.Done:
			r.res.Done--
		case checkpoints.Failed:
			r.res.Failed--
		case checkpoints.Pending, checkpoints.Sending:
		}
	}
	return err
}

// keep puts an answer among those that wait to be recorded.
func (r *running) keep(m checkpoints.Marked, res checkpoints.Result) {
	res.Seq = m.Seq
	res.Attempts += m.Attempts
	if len(r.answers) == 0 {
		r.since = time.Now()
	}
	r.answers = append(r.answers, res)
	switch res.State {
	case checkpoints.Done:
		r.res.Done++
		if m.Step.Action == plan.Create {
			r.ids.put(m.Step.Object, res.Outcome.RemoteID)
		}
	case checkpoints.Failed:
		r.res.Failed++
		r.Observe(Refused{Step: m.Step, Err: errors.New(res.Error), Failure: res.Failure})
	case checkpoints.Pending, checkpoints.Sending:
	}
}
