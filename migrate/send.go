package migrate

import (
	"context"
	"errors"
	"fmt"

	"ldap2scim/checkpoints"
	"ldap2scim/plan"
)

// errConflict: something that is not ours stands where the step would put
// something.
var errConflict = errors.New("another object stands in its place at the destination; look at both, then plan again")

// answered keeps what became of a step. Its error ends the run.
func (r *running) answered(m checkpoints.Marked, sent sent) error {
	res := checkpoints.Result{Attempts: sent.attempts, Outcome: sent.outcome}
	switch {
	case sent.lack != nil:
		r.keep(m, sent.lack.result())
		return nil
	case sent.err == nil:
		res.State = checkpoints.Done
		r.Observe(Answered{Step: m.Step, Outcome: sent.outcome})
		r.keep(m, res)
		return nil
	case sent.unknown: // stays marked as sending
		r.Observe(Refused{Step: m.Step, Err: sent.err})
		if sent.over {
			return sent.err
		}
		return nil
	case sent.over:
		res.State = checkpoints.Pending
		r.keep(m, res)
		return sent.err
	}
	why := failed(sent.err)
	why.Attempts = sent.attempts
	r.keep(m, why)
	if m.Step.Kind == plan.Setting { // what follows rests on it
		return &SettingError{Name: m.Step.Name, Err: sent.err}
	}
	if r.MaxFailures > 0 && r.res.Failed >= r.MaxFailures {
		return fmt.Errorf("%w: %d, the last: %w", ErrFailures, r.res.Failed, sent.err)
	}
	return nil
}

// sent is how the sending of one step ended.
type sent struct {
	outcome  plan.Outcome
	attempts int
	unknown  bool // it may have had its effect, and that is all that is known
	over     bool // the run ended before the step had an answer for good
	err      error
	lack     *lacking // what is not there, so that it was not sent
}

// resolved sends a step when the ids of its objects are known.
func (r *running) resolved(ctx context.Context, s plan.Step) sent {
	ids, lack, err := r.resolve(ctx, &s)
	if err != nil {
		return sent{over: true, err: err}
	}
	if lack != nil {
		return sent{lack: lack}
	}
	return r.send(ctx, s, ids)
}

// send sends a step until it is answered for good. After an answer that leaves
// the outcome unknown it looks before it sends again. When ctx ends, what is in
// flight is finished, and what waits for its turn is not sent.
func (r *running) send(ctx context.Context, s plan.Step, ids map[plan.ExternalID]plan.RemoteID) (end sent) {
	attempt := 0
	end.attempts, end.over, end.err = r.persist(ctx, s, func() error {
		if end.unknown {
			outcome, found, err := r.look(ctx, s, ids)
			if err != nil {
				return err
			}
			switch found {
			case plan.AlreadySo:
				end.outcome, end.unknown = outcome, false
				return nil
			case plan.Foreign:
				end.unknown = false
				return errConflict
			case plan.NotSo:
				end.unknown = false
			}
		}
		attempt++
		r.Observe(Sending{Step: s, Attempt: attempt})
		outcome, err := r.Destination.Do(ctx, s, ids)
		end.outcome, end.unknown = outcome, isUnknown(err)
		if isWithheld(ctx, err) {
			r.Observe(Withheld{Step: s, Attempt: attempt})
			return err
		}
		if s.Action == plan.Create && !end.unknown && err != nil && failed(err).Failure == plan.FailedTaken {
			// It may be ours: something between here and there may repeat a
			// request, and a service may show late what it has accepted.
			outcome, found, lost := r.look(ctx, s, ids)
			switch {
			case lost != nil:
				end.unknown = true
				return lost
			case found == plan.AlreadySo:
				end.outcome = outcome
				return nil
			}
		}
		return err
	})
	return end
}

// look looks a step up, and once more after a while when it is not seen: some
// services take a moment to show what they have accepted.
func (r *running) look(ctx context.Context, s plan.Step, ids map[plan.ExternalID]plan.RemoteID) (plan.Outcome, plan.Found, error) {
	outcome, found, err := r.Destination.Look(ctx, s, ids)
	if err == nil && found == plan.NotSo {
		if err := pause(ctx, r.Retry.Patience); err != nil {
			return plan.Outcome{}, found, err
		}
		outcome, found, err = r.Destination.Look(ctx, s, ids)
	}
	if err == nil {
		r.Observe(LookedUp{Step: s, Found: found})
	}
	return outcome, found, err
}
