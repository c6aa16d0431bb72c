package scimdst

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"path"

	"ldap2scim/plan"
)

// batch is one request to /Bulk.
type batch struct {
	writer *Writer
	steps  []plan.Step
	ids    map[plan.ExternalID]plan.RemoteID
	// calls are the steps' requests; an empty one was not sent.
	calls     []call
	requests  []Request
	results   []Result
	passwords secrets
}

// prepare makes each step's request. What a step of the batch creates is
// referred to by its bulkId (RFC 7644 §3.7.2).
func (b *batch) prepare() {
	ids := maps.Clone(b.ids)
	for n, step := range b.steps {
		req, err := b.writer.profile.RequestOf(step, ids)
		if err == nil && len(req.Waiting) > 0 {
			err = fmt.Errorf("%s: %w", opOf(step), waitingError(req.Waiting))
		}
		c := call{op: opOf(step), method: req.Method, path: req.Path(), body: req.Body}
		if b.writer.profile.ETag != ETagIgnored && len(step.Members) == 0 {
			c.ifMatch = b.writer.versions.of(step)
		}
		if step.Action == plan.Create {
			ids[step.Object] = plan.RemoteID("bulkId:" + bulkID(n))
			if b.writer.profile.Password == PasswordGenerated {
				c.password = newPassword()
				c.body = bytes.Replace(c.body, []byte(PasswordPlaceholder), []byte(c.password), 1)
				b.passwords = append(b.passwords, c.password)
			}
		}
		b.results[n].Err = err
		b.calls, b.requests = append(b.calls, c), append(b.requests, req)
	}
}

// body is the BulkRequest. An error that a step has already keeps it out.
func (b *batch) body() []byte {
	ops := array{}
	for n, c := range b.calls {
		if b.results[n].Err != nil {
			continue
		}
		op := &object{}
		op.set("bulkId", text(bulkID(n)))
		op.set("data", raw(c.body))
		op.set("method", text(c.method))
		op.set("path", text(c.path))
		if c.ifMatch != "" {
			op.set("version", text(c.ifMatch))
		}
		ops = append(ops, op)
	}
	body := &object{}
	body.set("Operations", ops)
	body.set("schemas", texts(bulkSchema))
	return body.bytes()
}

// send sends the request, once, and reads each operation's own answer.
func (b *batch) send(ctx context.Context) error {
	var said struct {
		Operations []bulkAnswer
	}
	c := call{op: fmt.Sprintf("carry out %d steps together", len(b.steps)), method: http.MethodPost, path: "/Bulk", body: b.body()}
	err := b.writer.writing.send(ctx, c, func(a *answer) error {
		body, err := a.json()
		if err != nil {
			return err
		}
		if err := json.Unmarshal(body, &said); err != nil {
			return fmt.Errorf("the answer is no BulkResponse: %w", err)
		}
		return nil
	})
	if err != nil {
		return err
	}
	answered := make([]bool, len(b.steps))
	for i, a := range said.Operations {
		n := stepOf(a.BulkID)
		if a.BulkID == "" && len(said.Operations) == len(b.steps) {
			n = i // a bulkId need not come back but with a POST
		}
		if n >= 0 && n < len(b.steps) && !answered[n] && b.results[n].Err == nil {
			answered[n] = true
			b.results[n].Outcome, b.results[n].Err = b.read(ctx, n, a)
		}
	}
	for n := range b.steps {
		if !answered[n] && b.results[n].Err == nil {
			b.results[n].Err = &Error{
				Op: b.calls[n].op, Method: b.calls[n].method, Path: b.calls[n].path, Status: http.StatusOK, unknown: true,
				Err: errors.New("the answer to the request has none for this step"),
			}
		}
	}
	return nil
}

// read reads the answer to the n-th step.
func (b *batch) read(ctx context.Context, n int, a bulkAnswer) (plan.Outcome, error) {
	c, step := b.calls[n], b.steps[n]
	status, err := a.status()
	if err != nil {
		return plan.Outcome{}, answerError(ctx, c, http.StatusOK, err, b.passwords)
	}
	if status < 200 || status > 299 {
		e := parseErrorBody(a.Response)
		b.writer.writing.judge(e, c, status, b.passwords)
		return plan.Outcome{}, e
	}
	outcome := plan.Outcome{RemoteID: b.requests[n].ID, Version: a.Version}
	h, err := parseResource(step.Kind, a.Response)
	switch {
	case err == nil:
		outcome = outcomeOf(h)
	case step.Action == plan.Create:
		if outcome.RemoteID, err = idIn(a.Location); err != nil {
			return plan.Outcome{}, answerError(ctx, c, status, err, b.passwords)
		}
	}
	if step.Action == plan.Create {
		return outcome, nil
	}
	b.writer.versions.set(outcome)
	req := b.requests[n]
	req.ID = outcome.RemoteID
	return outcome, b.writer.prove(ctx, step, req, b.found())
}

// found are the ids, with those of what the batch has created so far.
func (b *batch) found() map[plan.ExternalID]plan.RemoteID {
	ids := maps.Clone(b.ids)
	for n, r := range b.results {
		if r.Err == nil && r.Outcome.RemoteID != "" {
			ids[b.steps[n].Object] = r.Outcome.RemoteID
		}
	}
	return ids
}

// idIn is the id at the end of a location (RFC 7644 §3.7).
func idIn(location string) (plan.RemoteID, error) {
	u, err := url.Parse(location)
	if err != nil || location == "" {
		return "", errors.New("the answer does not say where the resource is")
	}
	id, err := url.PathUnescape(path.Base(u.EscapedPath()))
	if err != nil || id == "" || id == "." || id == "/" {
		return "", errors.New("the answer does not say where the resource is")
	}
	return plan.RemoteID(id), nil
}

// fail gives every step that was sent the error of the whole request.
func (b *batch) fail(err error) {
	e, ok := errors.AsType[*Error](err)
	for n := range b.results {
		switch {
		case b.results[n].Err != nil:
		case !ok:
			b.results[n].Err = err
		default:
			own := *e
			own.Op = b.calls[n].op + ", together with others"
			b.results[n].Err = &own
		}
	}
}
