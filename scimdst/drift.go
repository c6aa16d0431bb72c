package scimdst

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"

	"ldap2scim/plan"
)

// drifted is an object that is not as it was when the step was planned.
type drifted struct{ what string }

func (e *drifted) Error() string {
	return "it changed since the plan was made: " + e.what + "; nothing was sent"
}

// Careful is a Writer that leaves alone what somebody else has changed since it
// was planned, where no version says so: it reads an object before it changes or
// deletes it, and holds it against what the step says that it was. That takes
// one GET for each such step, and none where the profile trusts versions and
// the step has one.
type Careful struct{ *Writer }

// Do is that of Writer. The error says [Error.Drifted] for an object that is
// not as it was; nothing was sent then, and nothing for one that is gone. A step that is already so is not sent
// either.
func (c Careful) Do(ctx context.Context, step plan.Step, ids map[plan.ExternalID]plan.RemoteID) (plan.Outcome, error) {
	w := c.Writer
	if !changes(step) || w.profile.ETag != ETagIgnored && w.versions.of(step) != "" {
		return w.Do(ctx, step, ids)
	}
	h, done, err := w.inspect(ctx, step, ids)
	if err != nil || done {
		return outcomeOf(h), err
	}
	if w.profile.ETag != ETagIgnored {
		step.Version = h.Version // nobody comes between the reading and the change
	}
	return w.Do(ctx, step, ids)
}

// changes tells whether the step changes or deletes what was there when it was
// planned. What adds members undoes nothing that somebody else did, and what
// takes them is counted (see guard).
func changes(step plan.Step) bool {
	switch step.Action {
	case plan.Update, plan.Adopt, plan.Take, plan.Remove:
		return len(step.Members) == 0
	case plan.Create, plan.AddMembers, plan.Try:
	}
	return false
}

// inspect reads the object of a step, and holds it against what the step says
// that it was. It returns what was read, and whether the step is already so.
func (w *Writer) inspect(ctx context.Context, step plan.Step, ids map[plan.ExternalID]plan.RemoteID) (h held, done bool, err error) {
	resolve := resolver{ids: ids}
	id := resolve.object(step)
	if len(resolve.waiting) > 0 {
		return held{}, false, fmt.Errorf("%s: %w", opOf(step), waitingError(resolve.waiting))
	}
	h, err = w.get(ctx, step.Kind, id)
	if isGone(err) && step.Action == plan.Remove {
		return held{Resource: plan.Resource{RemoteID: id}}, true, nil
	}
	if err != nil {
		return held{}, false, fmt.Errorf("%s, and read it before: %w", opOf(step), err)
	}
	if step.Action != plan.Remove && w.compare(step, h, nil) == plan.AlreadySo {
		return h, true, nil
	}
	if what := changed(step, h); what != "" {
		return held{}, false, w.drift(step, id, what)
	}
	return h, false, nil
}

func (w *Writer) drift(step plan.Step, id plan.RemoteID, what string) error {
	where, _ := w.profile.collection(step.Kind) // it was read, so there is one
	return &Error{Op: opOf(step), Method: http.MethodGet, Path: Request{Collection: where, ID: id}.Path(), Err: &drifted{what: what}}
}

// changed says in what the object differs from what the step says that it was,
// or "".
func changed(step plan.Step, h held) string {
	if h.ExternalID != "" && h.ExternalID != step.Object {
		return fmt.Sprintf("its externalId is %q", h.ExternalID)
	}
	paths := map[string]bool{}
	for _, path := range slices.Concat(slices.Collect(maps.Keys(step.Before)), slices.Collect(maps.Keys(step.After)), step.Clear) {
		paths[path] = true
	}
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		was, is := step.Before[path], fieldOf(h, path)
		if path == plan.ExternalIDPath && is != was && is != "" || path != plan.ExternalIDPath && !alike(path, is, was) {
			return fmt.Sprintf("%s is %s, and was %s", path, orNothing(is), orNothing(was))
		}
	}
	return ""
}

// alike: values are compared folded, as a service may normalise them, and an
// active that is not there is true.
func alike(path, is, was string) bool {
	return plan.Fold(is) == plan.Fold(was) || path == plan.Active && (is == "" && was == "true" || is == "true" && was == "")
}

func orNothing(value string) string {
	if value == "" {
		return "nothing"
	}
	return fmt.Sprintf("%q", value)
}
