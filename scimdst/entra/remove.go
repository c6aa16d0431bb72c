package entra

import (
	"context"
	"fmt"
	"net/http"

	"ldap2scim/plan"
)

// removed is where what a step removes is.
func (b builder) removed() string {
	if b.step.Kind == plan.Group {
		return "/groups/" + b.in(b.step.Object)
	}
	return "/applications/" + b.in(Application)
}

// there asks whether what a step removes is still there.
func (w *Writer) there(ctx context.Context, b builder) (bool, error) {
	_, err := one[object](ctx, w.graph, once(), get(b.removed()+"?$select=id"))
	if isStatus(err, http.StatusNotFound) {
		return false, nil
	}
	return err == nil, err
}

// remove deletes a group or the application that a plan has made, if it is still
// as it was when that was decided. What is gone already is removed.
func (w *Writer) remove(ctx context.Context, s plan.Step, ids map[plan.ExternalID]plan.RemoteID) (plan.Outcome, error) {
	b := builder{Config: w.config, step: s, ids: ids}
	out := plan.Outcome{RemoteID: s.Remote}
	requests, err := w.config.RequestsOf(s, ids)
	if err != nil {
		return plan.Outcome{}, err
	}
	check := w.groupAsLeft
	if s.Kind == plan.Setting {
		check = w.applicationAsLeft
	}
	if err := check(ctx, b); isStatus(err, http.StatusNotFound) {
		return out, nil
	} else if err != nil {
		return plan.Outcome{}, err
	}
	if _, err := w.send(ctx, requests[0]); err != nil && !isStatus(err, http.StatusNotFound) {
		return plan.Outcome{}, err
	}
	return out, nil
}

// groupAsLeft refuses to remove a group that is called otherwise, is not ours
// any more, or has members.
func (w *Writer) groupAsLeft(ctx context.Context, b builder) error {
	g, err := one[group](ctx, w.graph, once(), get(b.removed()+"?$select=id,displayName,description"))
	if err != nil {
		return err
	}
	if name := b.step.Before[plan.DisplayName]; g.DisplayName != name || markedID(g.Description) != b.step.Object {
		return &driftError{fmt.Sprintf("the group is called %q now and was called %q, or lacks our line in its description", g.DisplayName, name)}
	}
	members, err := all[object](ctx, w.graph, once(), get(membersPath(plan.RemoteID(g.ID))))
	if err == nil && len(members) > 0 {
		err = &driftError{fmt.Sprintf("the group has %d members again", len(members))}
	}
	return err
}

// applicationAsLeft refuses to remove one that is called otherwise, or that
// still provisions.
func (w *Writer) applicationAsLeft(ctx context.Context, b builder) error {
	a, err := one[application](ctx, w.graph, once(), get(b.removed()+"?$select=id,displayName"))
	if err != nil {
		return err
	}
	if name := b.step.Before["displayName"]; a.DisplayName != name {
		return &driftError{fmt.Sprintf("the application is called %q now and was called %q", a.DisplayName, name)}
	}
	if b.ids[Job] == "" {
		return nil
	}
	j, err := one[job](ctx, w.graph, once(), get(b.jobPath()))
	switch {
	case isStatus(err, http.StatusNotFound): // it went before
		return nil
	case err == nil && j.state() == "Active":
		return &driftError{"its provisioning runs again"}
	}
	return err
}

// driftError: somebody has changed what was to be removed.
type driftError struct{ what string }

func (e *driftError) Error() string { return e.what }

// Failure says so in the word of the plans.
func (e *driftError) Failure() plan.Failure { return plan.FailedDrifted }

// Hint says what to do.
func (e *driftError) Hint() string {
	return "Look who has changed it. Make the rollback again, which lists what is not as it was left."
}
