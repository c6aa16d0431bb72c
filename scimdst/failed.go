package scimdst

import (
	"errors"
	"net/http"

	"ldap2scim/plan"
)

// Failure says why the request failed, as one of few words.
func (e *Error) Failure() plan.Failure {
	var not *notTaken
	switch {
	case e.TookOthers() != nil:
		return plan.FailedTookOthers
	case e.Drifted():
		return plan.FailedDrifted
	case isGone(e):
		return plan.FailedGone
	case e.Duplicate():
		return plan.FailedTaken
	case errors.As(e.Err, &not):
		return plan.FailedNotTaken
	case e.Status == http.StatusRequestEntityTooLarge:
		return plan.FailedTooLarge
	case e.Status == http.StatusUnauthorized, e.Status == http.StatusForbidden && !e.Throttled():
		return plan.FailedDenied
	case e.temporary, e.unknown:
		return plan.FailedUnavailable
	case e.Status >= 400 && says(e.Detail, "email", "e-mail", "mail address"):
		return plan.FailedEmail
	case e.ScimType == "invalidValue", e.Status == http.StatusUnprocessableEntity:
		return plan.FailedValue
	}
	return plan.FailedRefused
}

// Said is what the service itself said, on one line, or "".
func (e *Error) Said() string { return e.Detail }
