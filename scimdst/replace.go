package scimdst

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"ldap2scim/plan"
)

// Replace puts r in the place of the object with r's id (RFC 7644 §3.5.1), in
// one request that is sent once: what r does not have, the object has no
// longer. Where r has a version, and the profile heeds ETags, an object that
// has changed since is not replaced. Members are those of r.
//
// The program itself changes objects by PATCH: at some services a PUT that
// fails leaves an object that no later change mends. The error is an [*Error]
// where a request was sent.
func (w *Writer) Replace(ctx context.Context, r plan.Resource) (plan.Outcome, error) {
	c, err := w.replacement(r)
	if err != nil {
		return plan.Outcome{}, fmt.Errorf("replace %s %s: %w", r.Kind, r.Name(), err)
	}
	var outcome plan.Outcome
	err = w.writing.send(ctx, c, func(a *answer) error {
		if a.StatusCode == http.StatusNoContent {
			outcome = plan.Outcome{RemoteID: r.RemoteID, Version: a.Header.Get("ETag")}
			return nil
		}
		h, err := answered(plan.Step{Kind: r.Kind, Action: plan.Update}, a)
		if err != nil {
			return err
		}
		if h.RemoteID != r.RemoteID {
			return fmt.Errorf("the answer is about %s", h.RemoteID)
		}
		outcome = outcomeOf(h)
		return shows(h, r.Fields)
	})
	if err != nil {
		return plan.Outcome{}, err
	}
	w.versions.set(outcome)
	return outcome, nil
}

// replacement is the request that replaces an object.
func (w *Writer) replacement(r plan.Resource) (call, error) {
	if r.RemoteID == "" {
		return call{}, errors.New("there is no id")
	}
	where, err := w.profile.collection(r.Kind)
	if err != nil {
		return call{}, err
	}
	resource, err := w.profile.newResource(plan.Step{Kind: r.Kind, Object: r.ExternalID, After: r.Fields}, attribute.value)
	if err != nil {
		return call{}, err
	}
	resource.set("id", text(r.RemoteID))
	if r.Kind == plan.Group {
		members := make(array, 0, len(r.Members))
		for _, id := range slices.Sorted(slices.Values(r.Members)) {
			members = append(members, &object{members: []objectMember{{name: "value", value: text(id)}}})
		}
		resource.set("members", members)
	}
	c := call{op: fmt.Sprintf("replace %s %s", r.Kind, r.Name()), method: http.MethodPut, path: Request{Collection: where, ID: r.RemoteID}.Path(), body: resource.bytes()}
	if w.profile.ETag != ETagIgnored {
		c.ifMatch = r.Version
	}
	return c, nil
}

// shows tells whether an answer has the fields that were asked for.
func shows(h held, want plan.Fields) error {
	for path, text := range want.Sorted() {
		if plan.Fold(fieldOf(h, path)) != plan.Fold(text) {
			return &notTaken{what: fmt.Sprintf("%s is %q", path, fieldOf(h, path))}
		}
	}
	return nil
}
