package scimdst

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"

	"ldap2scim/plan"
)

// Writer carries out steps, and reads. It is safe for concurrent use.
type Writer struct {
	*Reader
	writing client

	versions versions
	progress progress
	limits   limits
	proofs   proofs
	bulk     bulk

	templates templates
}

// NewWriter makes a Writer. It reads the CA file and sends nothing.
func NewWriter(c Config) (*Writer, error) {
	o, err := open(c)
	if err != nil {
		return nil, err
	}
	return &Writer{
		Reader:  o.reader(),
		writing: o.client(o.way),
	}, nil
}

// Do carries out the step and returns what the service answered. It sends one
// request, once, and does not retry. Members beyond the limits of the profile
// take several requests; see [Profile.RequestsOf]. Where the service refuses so
// many, they are halved, and what it takes is kept for this Writer's life. A
// group that members are taken from is read before and after.
//
// When ctx ends while the one request waits for its turn, it is not sent; one
// that is under way is finished.
//
// An error of a request is an *Error, which says whether to try again and
// whether the step may have been done; any other error means that nothing was
// sent. Of a step on members, Do sends only what is left after an earlier Do
// or Look of this Writer, so that nobody is added twice.
func (w *Writer) Do(ctx context.Context, step plan.Step, ids map[plan.ExternalID]plan.RemoteID) (plan.Outcome, error) {
	if len(step.Members) > 0 {
		return w.doMembers(context.WithoutCancel(ctx), step, ids)
	}
	version := w.versions.of(step)
	if w.profile.ETag == ETagIgnored {
		version = ""
	}
	if step.Action == plan.Remove {
		return w.remove(ctx, step, ids, version)
	}
	return w.send(ctx, step, ids, version)
}

// send sends the step as one request, once, to the object in a version.
func (w *Writer) send(ctx context.Context, step plan.Step, ids map[plan.ExternalID]plan.RemoteID, version string) (plan.Outcome, error) {
	req, err := w.request(step, ids)
	if err != nil {
		return plan.Outcome{}, err
	}
	return w.sendAs(ctx, step, req, ids, version)
}

// sendAs sends the step as the request that says it.
func (w *Writer) sendAs(ctx context.Context, step plan.Step, req Request, ids map[plan.ExternalID]plan.RemoteID, version string) (plan.Outcome, error) {
	op := opOf(step)
	if len(req.Waiting) > 0 {
		return plan.Outcome{}, fmt.Errorf("%s: %w", op, waitingError(req.Waiting))
	}
	c := call{op: op, method: req.Method, path: req.Path(), body: req.Body, ifMatch: version}
	if step.Action == plan.Create && w.profile.Password == PasswordGenerated {
		c.password = newPassword()
		c.body = bytes.Replace(c.body, []byte(PasswordPlaceholder), []byte(c.password), 1)
	}
	var outcome plan.Outcome
	shown := true
	err := w.writing.send(ctx, c, func(a *answer) error {
		if step.Action != plan.Create && a.StatusCode == http.StatusNoContent {
			outcome, shown = plan.Outcome{RemoteID: req.ID, Version: a.Header.Get("ETag")}, false
			return nil
		}
		h, err := answered(step, a)
		if err != nil {
			return err
		}
		outcome = outcomeOf(h)
		if outcome.Version == "" {
			outcome.Version = a.Header.Get("ETag")
		}
		return verify(step, req.ID, h, ids)
	})
	if err != nil {
		return plan.Outcome{}, err
	}
	if step.Action != plan.Create {
		w.versions.set(outcome)
	}
	if !shown {
		return outcome, w.prove(context.WithoutCancel(ctx), step, req, ids)
	}
	return outcome, nil
}

// request is [Profile.RequestOf], at a smaller cost for a creation like an
// earlier one.
func (w *Writer) request(step plan.Step, ids map[plan.ExternalID]plan.RemoteID) (Request, error) {
	if body, ok := w.templates.fill(step); ok {
		where, err := w.profile.collection(step.Kind)
		return Request{Method: http.MethodPost, Collection: where, Body: body}, err
	}
	req, err := w.profile.RequestOf(step, ids)
	if err == nil && step.Action == plan.Create {
		w.templates.learn(w.profile, step)
	}
	return req, err
}

func opOf(step plan.Step) string {
	return step.Action.Word() + " " + string(step.Kind) + " " + step.Name
}

// answered reads the resource that a write was answered with, its members in
// the order of the answer: a group of many is answered again and again.
func answered(step plan.Step, a *answer) (held, error) {
	if a.StatusCode != http.StatusOK && a.StatusCode != http.StatusCreated {
		return held{}, errors.New("the answer does not say that it was done")
	}
	body, err := a.json()
	if err != nil {
		return held{}, err
	}
	if step.Action == plan.Create {
		return a.reader(step.Kind).readHead(body)
	}
	return a.reader(step.Kind).read(body)
}

// notTaken is an answer that shows that a change was not made, or not wholly.
type notTaken struct{ what string }

func (e *notTaken) Error() string {
	return "the service answered success, but its answer shows that " + e.what
}

// verify holds the answer against what was asked for. A PATCH that is
// answered with 200 carries the whole resource (RFC 7644 §3.5.2); values are
// compared folded, as a service may normalise them. Members may have been
// left out, so they are judged only when there are any.
func verify(step plan.Step, id plan.RemoteID, h held, ids map[plan.ExternalID]plan.RemoteID) error {
	if step.Action == plan.Create {
		if h.ExternalID != "" && h.ExternalID != step.Object {
			return fmt.Errorf("the answer is about an object with the external id %s", h.ExternalID)
		}
		return nil
	}
	if h.RemoteID != id {
		return fmt.Errorf("the answer is about %s", h.RemoteID)
	}
	if err := errors.Join(shows(h, wanted(step)), cleared(step, h)); err != nil {
		return err
	}
	if !h.membersShown || step.Action == plan.AddMembers && haveInOrder(h.Members, step.Members, ids) {
		return nil
	}
	shown := make(map[plan.RemoteID]bool, len(step.Members))
	for _, m := range step.Members {
		shown[ids[m]] = false
	}
	for _, id := range h.Members {
		if _, asked := shown[id]; asked {
			shown[id] = true
		}
	}
	for _, m := range step.Members {
		there := shown[ids[m]]
		if step.Action == plan.AddMembers && !there {
			return &notTaken{what: fmt.Sprintf("%s is not a member", m)}
		}
		if step.Action == plan.Take && there {
			return &notTaken{what: fmt.Sprintf("%s is still a member", m)}
		}
	}
	return nil
}

// haveInOrder reports whether those who were asked for are all there, in the
// order in which they were asked for, as most services show them.
func haveInOrder(there []plan.RemoteID, asked []plan.ExternalID, ids map[plan.ExternalID]plan.RemoteID) bool {
	for _, id := range there {
		if len(asked) > 0 && ids[asked[0]] == id {
			asked = asked[1:]
		}
	}
	return len(asked) == 0
}
