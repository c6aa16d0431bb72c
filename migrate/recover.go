package migrate

import (
	"context"
	"fmt"
	"time"

	"ldap2scim/checkpoints"
	"ldap2scim/plan"
)

// recover looks up the steps that an earlier run left as sending. Those that
// did not arrive are pending again; those that cannot be looked up stay.
func (r *running) recover(ctx context.Context) error {
	unknown, err := r.unknown(ctx)
	if err != nil || len(unknown) == 0 {
		return err
	}
	// A service may show late what it has accepted: what is not seen the first
	// time is looked up again.
	unseen, err := r.lookUp(ctx, unknown)
	if err == nil && len(unseen) > 0 {
		if err = pause(ctx, r.Retry.Patience); err == nil {
			unseen, err = r.lookUp(ctx, unseen)
		}
	}
	if err == nil {
		for _, m := range unseen {
			r.Observe(LookedUp{Step: m.Step, Found: plan.NotSo})
		}
		r.release(unseen...)
	}
	return also(err, r.record(ctx))
}

func (r *running) unknown(ctx context.Context) ([]checkpoints.Marked, error) {
	var all []checkpoints.Marked
	for m, err := range r.File.Unknown(ctx, r.plan.ID) {
		if err != nil {
			return nil, err
		}
		all = append(all, m)
	}
	return all, nil
}

// lookUp settles the steps that the destination shows and returns those that
// it does not.
func (r *running) lookUp(ctx context.Context, steps []checkpoints.Marked) (unseen []checkpoints.Marked, err error) {
	for _, m := range steps {
		ids, lack, err := r.resolve(ctx, &m.Step)
		if err != nil {
			return nil, err
		}
		if lack != nil { // it cannot have been sent
			unseen = append(unseen, m)
			continue
		}
		var outcome plan.Outcome
		var found plan.Found
		_, over, err := r.persist(ctx, m.Step, func() (err error) {
			outcome, found, err = r.Destination.Look(ctx, m.Step, ids)
			return err
		})
		switch {
		case err != nil && (over || isTemporary(err)):
			return nil, fmt.Errorf("look up what became of %s %s: %w", m.Step.Kind, m.Step.Name, err)
		case err != nil:
			r.Observe(Refused{Step: m.Step, Err: err})
			continue
		case found == plan.NotSo:
			unseen = append(unseen, m)
			continue
		}
		r.Observe(LookedUp{Step: m.Step, Found: found})
		res := checkpoints.Result{State: checkpoints.Done, Outcome: outcome}
		if found == plan.Foreign {
			res = failed(errConflict)
		}
		if r.keep(m, res); time.Since(r.since) >= moment {
			if err := r.record(ctx); err != nil {
				return nil, err
			}
		}
	}
	return unseen, nil
}
