package scimdst

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"ldap2scim/plan"
)

const bulkSchema = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"

// Result is the answer to one step of DoAll: an outcome, or an error as Do
// returns it.
type Result struct {
	Outcome plan.Outcome
	Err     error
}

// bulk is what is known of /Bulk (RFC 7644 §3.7).
type bulk struct {
	mu         sync.Mutex
	asked, off bool
	operations int
	payload    int
}

// DoAll carries out the steps in order and returns the answer to each, as many
// as there are steps. Where the profile trusts /Bulk and the service announces
// it, steps go together, within the limits that it announces; each answer is
// that of its own step. Elsewhere each step is done by Do. Steps may refer to
// objects that steps before them create. A step whose answer is missing has an
// error whose outcome is unknown.
//
// What takes members away goes alone, as it is counted.
func (w *Writer) DoAll(ctx context.Context, steps []plan.Step, ids map[plan.ExternalID]plan.RemoteID) []Result {
	all := &together{writer: w, ids: map[plan.ExternalID]plan.RemoteID{}}
	for ext, id := range ids {
		all.ids[ext] = id
	}
	most, payload := w.bulkLimits(ctx)
	results := make([]Result, 0, len(steps))
	for len(steps) > 0 {
		n := 1
		if most > 1 {
			n = all.fit(steps, most, payload)
		}
		done := all.do(ctx, steps[:n])
		for i, r := range done {
			if r.Err == nil && steps[i].Action == plan.Create {
				all.ids[steps[i].Object] = r.Outcome.RemoteID
			}
		}
		if len(done) < n { // /Bulk is announced and not there
			most = 1
		}
		results = append(results, done...)
		steps = steps[len(done):]
	}
	return results
}

// bulkLimits asks once whether there is /Bulk, and returns the most operations
// and bytes of one request, or 0.
func (w *Writer) bulkLimits(ctx context.Context) (operations, payload int) {
	if w.profile.Bulk != BulkTrusted {
		return 0, 0
	}
	w.bulk.mu.Lock()
	defer w.bulk.mu.Unlock()
	if !w.bulk.asked {
		d, err := w.discover(ctx)
		if err != nil {
			return 0, 0 // asked again next time
		}
		w.bulk.asked, w.bulk.off = true, !d.Bulk
		w.bulk.operations, w.bulk.payload = d.BulkOperations, d.BulkPayload
	}
	if w.bulk.off {
		return 0, 0
	}
	return w.bulk.operations, w.bulk.payload
}

// together is one call of DoAll.
type together struct {
	writer *Writer
	ids    map[plan.ExternalID]plan.RemoteID
}

// fit returns how many of the steps go in one request, at least 1.
func (a *together) fit(steps []plan.Step, most, payload int) int {
	size := len(bulkSchema) + 64 // of what surrounds the operations
	made := map[plan.ExternalID]bool{}
	for n, step := range steps {
		// A reference in a path is not resolved by all (seen: SCIMMY), one in a
		// value is.
		if n == most || !a.writer.fitsBulk(step) || step.Action != plan.Create && made[step.Object] {
			return max(n, 1)
		}
		made[step.Object] = step.Action == plan.Create
		req, err := a.writer.profile.RequestOf(step, a.ids)
		if err != nil {
			return max(n, 1)
		}
		// Placeholders of ids are longer than the references that replace them
		// but for the shortest of external ids, for which there is room here.
		size += len(req.Body) + len(req.Path()) + len(req.IfMatch) + 128 + 16*len(req.Waiting)
		if payload > 0 && size > payload {
			return max(n, 1)
		}
	}
	return len(steps)
}

// fitsBulk: one request without a reading before or after.
func (w *Writer) fitsBulk(step plan.Step) bool {
	if len(step.Members) == 0 {
		return true
	}
	return step.Action == plan.AddMembers && len(step.Members) <= w.limits.of(w.profile, step.Action) &&
		len(w.progress.of(step)) == len(step.Members)
}

func (a *together) do(ctx context.Context, steps []plan.Step) []Result {
	if len(steps) == 1 {
		outcome, err := a.writer.Do(ctx, steps[0], a.ids)
		return []Result{{Outcome: outcome, Err: err}}
	}
	b := batch{writer: a.writer, steps: steps, ids: a.ids, results: make([]Result, len(steps))}
	b.prepare()
	if err := b.send(ctx); err != nil {
		if isAbsent(err) {
			a.writer.bulk.forget()
			return nil
		}
		b.fail(err)
	}
	return b.results
}

// forget: /Bulk was announced and is not there.
func (b *bulk) forget() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.off = true
}

func isAbsent(err error) bool {
	var e *Error
	return errors.As(err, &e) && slices.Contains([]int{http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotImplemented}, e.Status)
}

// bulkID names the n-th step of a request.
func bulkID(n int) string { return strconv.Itoa(n + 1) }

// stepOf is the step that a bulkId of an answer names, or -1.
func stepOf(id string) int {
	n, err := strconv.Atoi(strings.TrimPrefix(id, "bulkId:"))
	if err != nil {
		return -1
	}
	return n - 1
}

// bulkAnswer is one operation of a BulkResponse.
type bulkAnswer struct {
	BulkID   string          `json:"bulkId"`
	Location string          `json:"location"`
	Version  string          `json:"version"`
	Status   json.RawMessage `json:"status"`
	Response json.RawMessage `json:"response"`
}

// status reads a status as text, as RFC 7644 has it, as a number, or as the
// object of the drafts.
func (a bulkAnswer) status() (int, error) {
	text := strings.Trim(string(a.Status), `" `)
	var old struct{ Code json.RawMessage }
	if json.Unmarshal(a.Status, &old) == nil && len(old.Code) > 0 {
		text = strings.Trim(string(old.Code), `" `)
	}
	status, err := strconv.Atoi(text)
	if err != nil || status < 100 || status > 599 {
		return 0, fmt.Errorf("the status of an operation is %s", a.Status)
	}
	return status, nil
}
