package migrate

import (
	"errors"

	"ldap2scim/checkpoints"
	"ldap2scim/plan"
)

type (
	failing interface{ Failure() plan.Failure }
	saying  interface{ Said() string }
)

// failed is the record of a step that failed for good: the reason, the
// destination's own words, and which of the few failures it is.
func failed(err error) checkpoints.Result {
	res := checkpoints.Result{State: checkpoints.Failed, Error: err.Error(), Failure: plan.FailedRefused}
	if errors.Is(err, errConflict) {
		res.Failure = plan.FailedForeign
	}
	var f failing
	if errors.As(err, &f) {
		res.Failure = f.Failure()
	}
	var s saying
	if errors.As(err, &s) {
		res.Said = s.Said()
	}
	return res
}
