package migrate

import (
	"context"
	"errors"
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
	// Settings is the digest of the present configuration.
	Settings plan.Digest
	// Allow names the hazards that the operator allows.
	Allow   []plan.Hazard
	Retry   Retry
	Observe Observer
	// Version of the program, for the record.
	Version string
}

// Result counts what a run did.
type Result struct {
	Done, Failed int
	// Left were not sent: the run was interrupted, or what they need failed.
	Left int
	// Unknown were sent, and nobody knows what became of them.
	Unknown int
	// Interrupted says that the context ended the run.
	Interrupted bool
}

const (
	// batch is how many steps are marked at once, and so the most that must be
	// looked up after a kill.
	batch = 32
	// moment is the longest that an answer waits to be recorded.
	moment = 100 * time.Millisecond
	// downAfter steps in a row that fail for a temporary reason end the run.
	downAfter = 5
)

// ErrDown: the destination answers nothing any more.
var ErrDown = errors.New("the destination is down")

// Run carries out p, or what is left of it. When ctx ends, what is in flight
// is finished and recorded, and the result says that it was interrupted. The
// error wraps [StaleError] or [HazardError] when nothing was sent for that
// reason; another error ends the run before the end of the plan, and running
// again goes on.
func (a Apply) Run(ctx context.Context, p checkpoints.Plan) (res Result, err error) {
	if err := errors.Join(a.checkFresh(ctx, p), checkHazards(p.Summary, a.Allow)); err != nil {
		return Result{}, err
	}
	if err := a.checkDestination(ctx, p); err != nil {
		return Result{}, err
	}
	run, err := a.File.StartRun(ctx, p.ID, a.Version, time.Now())
	if err != nil {
		return Result{}, err
	}
	r := &running{Apply: a, plan: p, run: run, ids: map[plan.ExternalID]plan.RemoteID{}}
	r.Retry = a.Retry.withDefaults()
	err = r.recover(ctx)
	if err == nil {
		err = r.steps(ctx)
	}
	if ctx.Err() != nil && (err == nil || errors.Is(err, ctx.Err())) {
		r.res.Interrupted, err = true, nil
	}
	return r.end(ctx, err)
}

// end counts what is left and closes the run's record.
func (r *running) end(ctx context.Context, err error) (Result, error) {
	ctx = context.WithoutCancel(ctx)
	outcome := "done"
	switch {
	case err != nil:
		outcome = "stopped: " + err.Error()
	case r.res.Interrupted:
		outcome = "interrupted"
	}
	states, countErr := r.File.States(ctx, r.plan.ID)
	r.res.Left, r.res.Unknown = states[checkpoints.Pending], states[checkpoints.Sending]
	return r.res, errors.Join(err, countErr, r.File.EndRun(ctx, r.run, outcome, time.Now()))
}

// running is the state of one run.
type running struct {
	Apply
	plan checkpoints.Plan
	run  int64
	res  Result
	// answers wait to be recorded, since the first of them came.
	answers []checkpoints.Result
	since   time.Time
	// ids were given by answers that are not recorded yet.
	ids  map[plan.ExternalID]plan.RemoteID
	down int // temporary failures in a row
}

// steps sends what is pending, in order.
func (r *running) steps(ctx context.Context) error {
	last := int64(0)
	for ctx.Err() == nil {
		marked, err := r.File.Begin(ctx, r.plan.ID, r.run, last, batch, time.Now())
		if err != nil || len(marked) == 0 {
			return err
		}
		r.Observe(Marked{N: len(marked)})
		last = marked[len(marked)-1].Seq
		if err := r.batch(ctx, marked); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// batch sends marked steps. Those that it does not come to are pending again.
func (r *running) batch(ctx context.Context, marked []checkpoints.Marked) error {
	for i, m := range marked {
		if ctx.Err() != nil {
			r.release(marked[i:])
			break
		}
		if err := r.one(ctx, m); err != nil {
			r.release(marked[i+1:])
			return errors.Join(err, r.record(ctx))
		}
	}
	return r.record(ctx)
}

func (r *running) release(unsent []checkpoints.Marked) {
	for _, m := range unsent {
		r.answers = append(r.answers, checkpoints.Result{Seq: m.Seq, State: checkpoints.Pending, Attempts: m.Attempts})
	}
}

// record writes the answers that wait, whether or not ctx is done.
func (r *running) record(ctx context.Context) error {
	if len(r.answers) == 0 {
		return nil
	}
	if err := r.File.Record(context.WithoutCancel(ctx), r.plan.ID, r.run, r.answers, time.Now()); err != nil {
		return err
	}
	r.Observe(Recorded{N: len(r.answers)})
	r.answers = r.answers[:0]
	clear(r.ids)
	return nil
}

// keep puts an answer among those that wait, and records them when it is time.
func (r *running) keep(ctx context.Context, m checkpoints.Marked, res checkpoints.Result) error {
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
			r.ids[m.Step.Object] = res.Outcome.RemoteID
		}
	case checkpoints.Failed:
		r.res.Failed++
		r.Observe(Refused{Step: m.Step, Err: errors.New(res.Error)})
	}
	if time.Since(r.since) < moment {
		return nil
	}
	return r.record(ctx)
}
