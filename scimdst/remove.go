package scimdst

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"ldap2scim/plan"
)

// remove carries out a step that deletes (RFC 7644 §3.6). An object that is not
// there any more is as the step wants it.
func (w *Writer) remove(ctx context.Context, step plan.Step, ids map[plan.ExternalID]plan.RemoteID, version string) (plan.Outcome, error) {
	req, err := w.profile.RequestOf(step, ids)
	if err != nil {
		return plan.Outcome{}, err
	}
	if len(req.Waiting) > 0 {
		return plan.Outcome{}, fmt.Errorf("%s: %w", opOf(step), waitingError(req.Waiting))
	}
	c := call{op: opOf(step), method: req.Method, path: req.Path(), ifMatch: version}
	// What the answer holds does not matter: there is nothing left to show.
	err = w.writing.send(ctx, c, func(*answer) error { return nil })
	if err != nil && !isGone(err) {
		return plan.Outcome{}, err
	}
	return plan.Outcome{RemoteID: req.ID}, nil
}

// isGone tells whether the service says that there is no such object.
func isGone(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && (e.Status == http.StatusNotFound || e.Status == http.StatusGone)
}
