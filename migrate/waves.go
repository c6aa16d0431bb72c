package migrate

import (
	"context"
	"fmt"
	"slices"

	"ldap2scim/checkpoints"
	"ldap2scim/plan"
)

// WaveError: a wave would be sent before the one before it is reconciled.
type WaveError struct {
	// Wave is the one that is refused, Before the one that comes first.
	Wave, Before string
	Standing     checkpoints.Standing
}

func (e *WaveError) Error() string {
	why := "it was not read back since its last step"
	switch {
	case e.Standing.Unsent > 0:
		why = fmt.Sprintf("%d of its steps are not sent yet", e.Standing.Unsent)
	case e.Standing.Reported >= e.Standing.Run:
		why = "the last report found that not all of it is as the plan wants it"
	}
	return fmt.Sprintf("wave %s comes after %s, which is not reconciled: %s", e.Wave, e.Before, why)
}

// Hint gives the commands that reconcile it, and the option that goes on
// without.
func (e *WaveError) Hint() string {
	do := "Read it back: ldap2scim report."
	switch {
	case e.Standing.Unsent > 0:
		do = fmt.Sprintf("Send it alone and read it back: ldap2scim apply --wave %s, then ldap2scim report.", e.Before)
	case e.Standing.Reported >= e.Standing.Run:
		do = "See ldap2scim report and ldap2scim show failures, and mend it."
	}
	return do + " To go on without, add --allow " + string(plan.HazardUnreconciled) + "."
}

// checkWaves returns a [WaveError] when the run would send steps of a wave
// before an earlier one is reconciled. What has failed was let through before,
// and may be tried again.
func (a Apply) checkWaves(ctx context.Context, p checkpoints.Plan) error {
	waves := p.Summary.Waves
	if len(waves) < 2 || a.Scope.Again || slices.Contains(a.Allow, plan.HazardUnreconciled) {
		return nil
	}
	standings, err := a.File.Standings(ctx, p)
	if err != nil {
		return err
	}
	last := -1 // the last wave of which something would be sent
	for i, w := range waves {
		if standings[i].Unsent > 0 && (a.Scope.Wave == "" || a.Scope.Wave == w.Name) {
			last = i
		}
	}
	for i := range max(last, 0) {
		if waves[i].Requests > 0 && !standings[i].Reconciled() {
			return &WaveError{Wave: waves[last].Name, Before: waves[i].Name, Standing: standings[i]}
		}
	}
	return nil
}

// reconciling counts, wave by wave, what is not as the plan wants it.
type reconciling map[string]int

// newReconciling begins with every wave of a plan; it is empty for a plan
// without waves.
func newReconciling(p checkpoints.Plan, incomplete bool) reconciling {
	r := reconciling{}
	for _, w := range p.Summary.Waves {
		r[w.Name] = 0
		if incomplete { // nothing is known of it
			r[w.Name] = 1
		}
	}
	return r
}

// miss counts something that is amiss in waves of the plan.
func (r reconciling) miss(waves ...string) {
	for _, w := range waves {
		if _, known := r[w]; known {
			r[w]++
		}
	}
}
