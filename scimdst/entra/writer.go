package entra

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"ldap2scim/plan"
)

// Writer carries out steps. Its methods may be called from several goroutines.
type Writer struct {
	graph  Graph
	config Config
	writes *rate.Limiter
	// demand holds provisioning on demand to five requests in ten seconds.
	demand *rate.Limiter

	mu sync.Mutex
	// arrived has, of steps that arrived in part, what did.
	arrived map[plan.StepID]map[string]bool
	// waited is how long it was waited, since it was sent, for what a step has
	// made to be seen; that of the empty ID is for all that others have sent.
	waited map[plan.StepID]time.Duration
}

// NewWriter makes a writer.
func NewWriter(g Graph, c Config) *Writer {
	c = c.WithDefaults()
	return &Writer{
		graph: g, config: c, arrived: map[plan.StepID]map[string]bool{}, waited: map[plan.StepID]time.Duration{},
		// What may go at once counts into the first window.
		writes: rate.NewLimiter(rate.Limit(c.WritesPerSecond*(1-batchMost/window)), batchMost),
		demand: rate.NewLimiter(rate.Every(2*time.Second), 1),
	}
}

// window is how many writes Microsoft counts together.
const window = 3000.0

// Do sends the step's requests once. They are finished, also when ctx ends.
func (w *Writer) Do(ctx context.Context, s plan.Step, ids map[plan.ExternalID]plan.RemoteID) (plan.Outcome, error) {
	ctx = context.WithoutCancel(ctx)
	if doubles(s) {
		w.mu.Lock()
		w.waited[s.ID] = 0
		w.mu.Unlock()
	}
	switch {
	case s.Action == plan.Remove:
		return w.remove(ctx, s, ids)
	case s.Kind == plan.Setting && s.Action != plan.AddMembers:
		return w.set(ctx, s, ids)
	case len(s.Members) > 0:
		return w.together(ctx, s, ids)
	}
	requests, err := w.config.RequestsOf(s, ids)
	if err != nil {
		return plan.Outcome{}, err
	}
	out := plan.Outcome{RemoteID: ids[s.Object]}
	for _, r := range requests {
		a, err := w.send(ctx, r)
		if err != nil {
			return plan.Outcome{}, w.replicating(err, s.Remote == "")
		}
		var made object
		if s.Action == plan.Create && json.Unmarshal(a.Body, &made) == nil {
			out.RemoteID = plan.RemoteID(made.ID)
		}
	}
	if out.RemoteID == "" {
		return out, fmt.Errorf("%s %s: the answer has no id", s.Action.Word(), s.Name)
	}
	return out, nil
}

// send sends one request in its turn.
func (w *Writer) send(ctx context.Context, r Request) (Answer, error) {
	if r.writes() {
		if err := w.writes.Wait(ctx); err != nil {
			return Answer{}, fmt.Errorf("wait for the next turn: %w", err)
		}
	}
	return w.graph.Send(ctx, r)
}

// replicating says of an answer of 404 about something that was just made that
// it will be seen.
func (w *Writer) replicating(err error, young bool) error {
	e, ok := errors.AsType[*Error](err)
	if ok && young && e.Status == http.StatusNotFound {
		later := *e
		later.replicating, later.Wait = true, max(e.Wait, w.config.soon())
		return &later
	}
	return err
}

// together sends the requests of a step that adds members, or takes them away,
// in a batch. What arrived is kept for the next attempt, which sends the rest.
func (w *Writer) together(ctx context.Context, s plan.Step, ids map[plan.ExternalID]plan.RemoteID) (plan.Outcome, error) {
	requests, err := w.config.RequestsOf(s, ids)
	if err != nil {
		return plan.Outcome{}, err
	}
	var again bool
	if again, err = w.rest(ctx, s, requests); again && err == nil { // some members were there: find out which
		if requests, err = w.lacking(ctx, s, ids); err == nil {
			_, err = w.rest(ctx, s, requests)
		}
	}
	if err != nil {
		return plan.Outcome{}, err
	}
	w.mu.Lock()
	delete(w.arrived, s.ID)
	w.mu.Unlock()
	return plan.Outcome{RemoteID: ids[s.Object]}, nil
}

// rest sends those of the requests that did not arrive before. The first result
// says that some of it was there already, and nobody knows which.
func (w *Writer) rest(ctx context.Context, s plan.Step, requests []Request) (again bool, err error) {
	w.mu.Lock()
	arrived := w.arrived[s.ID]
	if arrived == nil {
		arrived = map[string]bool{}
		w.arrived[s.ID] = arrived
	}
	var open []Request
	for _, r := range requests {
		if !arrived[r.Path+string(r.Body)] {
			open = append(open, r)
		}
	}
	w.mu.Unlock()
	if len(open) == 0 {
		return false, nil
	}
	errs, err := w.batch(ctx, open)
	if err != nil {
		return false, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	var worst error
	for i, failed := range errs {
		e, answered := errors.AsType[*Error](failed)
		switch {
		case failed == nil, answered && e.already() && s.Kind == plan.Setting, answered && s.Action == plan.Take && e.Status == http.StatusNotFound:
			arrived[open[i].Path+string(open[i].Body)] = true
		case answered && e.already():
			again = true
		case worst == nil || graver(failed, worst):
			worst = failed
		}
	}
	return again, w.replicating(worst, true)
}

// graver tells whether an error says more of a step than another: one that is
// final more than one that asks to wait, and a longer wait more.
func graver(a, b error) bool {
	ea, _ := errors.AsType[*Error](a)
	eb, _ := errors.AsType[*Error](b)
	if ea == nil || eb == nil {
		return ea == nil
	}
	if ea.Temporary() != eb.Temporary() {
		return !ea.Temporary()
	}
	return ea.Wait > eb.Wait
}

// batch sends up to twenty requests, each in its turn under the quota.
func (w *Writer) batch(ctx context.Context, requests []Request) ([]error, error) {
	if err := w.writes.WaitN(ctx, len(requests)); err != nil {
		return nil, fmt.Errorf("wait for the next turn: %w", err)
	}
	if len(requests) == 1 {
		_, err := w.graph.Send(ctx, requests[0])
		return []error{err}, nil
	}
	_, errs, err := sendBatch(ctx, w.graph, requests)
	return errs, err
}

// lacking are the requests for the members that a group does not have.
func (w *Writer) lacking(ctx context.Context, s plan.Step, ids map[plan.ExternalID]plan.RemoteID) ([]Request, error) {
	there, err := w.memberSet(ctx, s, ids)
	if err != nil {
		return nil, err
	}
	var missing []plan.ExternalID
	for _, m := range s.Members {
		if !there[string(ids[m])] {
			missing = append(missing, m)
		}
	}
	return builder{Config: w.config, step: s, ids: ids}.members(missing)
}

// memberSet reads the members of a group, or who is assigned.
func (w *Writer) memberSet(ctx context.Context, s plan.Step, ids map[plan.ExternalID]plan.RemoteID) (map[string]bool, error) {
	there := map[string]bool{}
	if s.Kind == plan.Group {
		_, err := each(ctx, w.graph, Patience{Attempts: 1}, get(membersPath(ids[s.Object])), func(o object) error {
			there[o.ID] = true
			return nil
		})
		return there, err
	}
	_, err := each(ctx, w.graph, Patience{Attempts: 1}, get(assignedPath(string(ids[Principal]))), func(a assignment) error {
		if a.Role == string(ids[Role]) {
			there[a.Principal] = true
		}
		return nil
	})
	return there, err
}
