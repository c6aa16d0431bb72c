package migrate_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"ldap2scim/checkpoints"
	"ldap2scim/migrate"
	"ldap2scim/plan"
	"ldap2scim/scimdst/scimtest"
)

// TestFaults lets requests of each kind meet each trouble: the end is always
// the same, and a trouble costs no more than sending once more and looking
// twice.
func TestFaults(t *testing.T) {
	t.Parallel()
	soon := http.Header{"Retry-After": {"0.01"}}
	for name, fault := range map[string]scimtest.Fault{
		"500 before":          {Trouble: scimtest.StatusBefore, Status: 500},
		"500 after":           {Trouble: scimtest.StatusAfter, Status: 500},
		"502 before":          {Trouble: scimtest.StatusBefore, Status: 502},
		"503 before":          {Trouble: scimtest.StatusBefore, Status: 503},
		"503 after":           {Trouble: scimtest.StatusAfter, Status: 503},
		"504 before":          {Trouble: scimtest.StatusBefore, Status: 504},
		"504 after":           {Trouble: scimtest.StatusAfter, Status: 504},
		"503 with a hint":     {Trouble: scimtest.StatusBefore, Status: 503, Header: soon},
		"429":                 {Trouble: scimtest.StatusBefore, Status: 429, Times: 3},
		"429 many times":      {Trouble: scimtest.StatusBefore, Status: 429, Header: soon, Times: 10},
		"cut before":          {Trouble: scimtest.CutBefore},
		"cut after":           {Trouble: scimtest.CutAfter},
		"cut after, 3 times":  {Trouble: scimtest.CutAfter, Times: 3},
		"truncated answer":    {Trouble: scimtest.Truncate},
		"hang before":         {Trouble: scimtest.Hang},
		"hang after":          {Trouble: scimtest.HangAfter},
		"a slow drip":         {Trouble: scimtest.Drip},
		"delivered twice":     {Trouble: scimtest.Twice},
		"a page for people":   {Trouble: scimtest.HTMLPage},
		"500 after, 4 in all": {Trouble: scimtest.StatusAfter, Status: 500, Times: 4},
	} {
		for i, to := range []string{"POST /Users", "POST /Groups", "PATCH /Groups"} {
			t.Run(name+" on "+to, func(t *testing.T) {
				t.Parallel()
				fault := fault // each of the three has its own
				w := newWorld(t, staff(12, 2))
				w.strangers()
				f := w.open()
				p := w.planned(f)
				method, path, _ := strings.Cut(to, " ")
				fault.Match, fault.Skip = scimtest.To(method, path), 1
				w.service.Inject(fault)
				before := len(w.service.Requests())
				patience := w.config.Timeout
				// The others wait for nothing, so that a busy machine has time.
				if t := fault.Trouble; t == scimtest.Hang || t == scimtest.HangAfter || t == scimtest.Drip {
					w.config.Timeout = 3 * time.Second
				}
				a := w.apply(f, w.writer())
				w.config.Timeout = patience
				a.Concurrency = 1 + 3*(i%2)
				res, err := a.Run(t.Context(), p)
				if err != nil || res.Done != p.Summary.Requests() {
					t.Fatalf("%+v, %v", res, err)
				}
				n, most := len(w.service.Requests())-before, listing+p.Summary.Requests()+7*max(fault.Times, 1)
				if n > most {
					t.Errorf("%d requests, want at most %d", n, most)
				}
				w.service.Heal()
				w.settled(f, p)
			})
		}
	}
}

// listing is how many requests a look at a small service takes.
const listing = 2

// TestMembersNotTaken: a service that says yes and does nothing is found out.
func TestMembersNotTaken(t *testing.T) {
	t.Parallel()
	w := newWorld(t, staff(12, 2))
	f := w.open()
	p := w.planned(f)
	w.service.Inject(scimtest.Fault{Trouble: scimtest.DropMembers, Match: scimtest.To("PATCH", "/Groups"), Times: -1})
	if res, err := w.apply(f, w.writer()).Run(t.Context(), p); err != nil {
		t.Fatalf("%+v, %v", res, err)
	}
	// An answer that leaves the members out is no proof; the reading back is.
	r := w.report(f, p)
	if n := r.Objects[plan.Group][migrate.Failed] + r.Objects[plan.Group][migrate.Drifted]; r.Settled || n != 2 {
		t.Errorf("report: %s", r.Sentence)
	}
	w.service.Heal()
	if _, err := w.apply(f, w.writer()).Run(t.Context(), w.replanned(f)); err != nil {
		t.Fatal(err)
	}
	w.whole()
}

// TestStaleLookUp: a service that shows late what it accepted gets no second
// create.
func TestStaleLookUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t, staff(12, 2))
	f := w.open()
	p := w.planned(f)
	w.service.Stale(2) // searches miss what is newer than two requests
	w.service.Inject(scimtest.Fault{Trouble: scimtest.CutAfter, Match: scimtest.To("POST", "/Users"), Skip: 3})
	if res, err := w.apply(f, w.writer()).Run(t.Context(), p); err != nil || res.Done != p.Summary.Requests() {
		t.Fatalf("%+v, %v", res, err)
	}
	w.whole()
	if n := w.creates(); n != 14 {
		t.Errorf("%d requests to create 14 objects", n)
	}
}

// stopping is a destination during whose n-th answer the program is asked to
// end.
type stopping struct {
	migrate.Destination
	n    int
	stop context.CancelFunc
}

func (s *stopping) Do(ctx context.Context, step plan.Step, ids map[plan.ExternalID]plan.RemoteID) (plan.Outcome, error) {
	outcome, err := s.Destination.Do(ctx, step, ids)
	if s.n--; s.n == 0 {
		s.stop()
	}
	return outcome, err
}

// TestAnswerIsRecordedWhileStopping is law 5.
func TestAnswerIsRecordedWhileStopping(t *testing.T) {
	t.Parallel()
	w := newWorld(t, staff(12, 2))
	f := w.open()
	p := w.planned(f)
	ctx, cancel := context.WithCancel(t.Context())
	res, err := w.apply(f, &stopping{Destination: w.writer(), n: 5, stop: cancel}).Run(ctx, p)
	if err != nil || !res.Interrupted || res.Done != 5 || res.Left != p.Summary.Requests()-5 || res.Unknown != 0 {
		t.Fatalf("%+v, %v", res, err)
	}
	states, err := f.States(t.Context(), p.ID)
	if err != nil || states[checkpoints.Done] != 5 || states[checkpoints.Sending] != 0 {
		t.Fatalf("journal %v, %v", states, err)
	}
	if res, err := w.apply(f, w.writer()).Run(t.Context(), p); err != nil || res.Done != p.Summary.Requests()-5 {
		t.Fatalf("going on: %+v, %v", res, err)
	}
	w.whole()
	if n := w.creates(); n != 14 {
		t.Errorf("%d requests to create 14 objects", n)
	}
}

// queueing is a destination where one request is under way, and the others wait
// for a turn that does not come, while the program is asked to end.
type queueing struct {
	mu      sync.Mutex
	waiting int
	turn    chan struct{}
	stop    context.CancelFunc
}

func (q *queueing) Do(ctx context.Context, s plan.Step, _ map[plan.ExternalID]plan.RemoteID) (plan.Outcome, error) {
	select {
	case q.turn <- struct{}{}: // it is under way until the others wait and the run ends
		<-ctx.Done()
		return plan.Outcome{RemoteID: plan.RemoteID("r-" + s.Object)}, nil
	default:
	}
	q.mu.Lock()
	if q.waiting++; q.waiting == 3 {
		q.stop()
	}
	q.mu.Unlock()
	<-ctx.Done()
	return plan.Outcome{}, fmt.Errorf("wait for the next turn: %w", ctx.Err())
}

func (q *queueing) Look(context.Context, plan.Step, map[plan.ExternalID]plan.RemoteID) (plan.Outcome, plan.Found, error) {
	return plan.Outcome{}, plan.NotSo, nil
}

// TestStopWhileWaiting: a run that is asked to end does not wait for turns, and
// what was not sent is pending, without an attempt or a request that counts.
func TestStopWhileWaiting(t *testing.T) {
	t.Parallel()
	w := newWorld(t, staff(12, 0))
	f := w.open()
	p := w.planned(f)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	a := w.apply(f, &queueing{turn: make(chan struct{}, 1), stop: cancel})
	a.Concurrency, a.Lister = 4, nil
	res, err := a.Run(ctx, p)
	if err != nil || !res.Interrupted || res.Done != 1 || res.Left != 11 || res.Failed+res.Unknown != 0 {
		t.Fatalf("%+v, %v", res, err)
	}
	attempts := 0
	for l, err := range f.Journal(t.Context(), p.ID) {
		if err != nil {
			t.Fatal(err)
		}
		attempts += l.Attempts
	}
	run, err1 := f.LastRun(t.Context(), p.ID)
	sent, err2 := f.Tally(t.Context(), run.ID)
	if err := errors.Join(err1, err2); err != nil || attempts != 1 || len(sent.Sent) != 1 || sent.Sent[0].Requests != 1 {
		t.Errorf("%d attempts, sent %+v, %v", attempts, sent.Sent, err)
	}
}

// TestDown: a service that is gone ends the run early, and nothing is lost.
func TestDown(t *testing.T) {
	t.Parallel()
	w := newWorld(t, staff(12, 2))
	f := w.open()
	p := w.planned(f)
	w.service.Inject(scimtest.Fault{Trouble: scimtest.CutAfter, Match: scimtest.To("POST", "/Users"), Skip: 3, Times: -1})
	w.service.Inject(scimtest.Fault{Trouble: scimtest.CutBefore, Match: scimtest.To("GET", "/"), Times: -1})
	a := w.apply(f, w.writer())
	a.Lister = nil // the trouble begins after the first look
	res, err := a.Run(t.Context(), p)
	if !errors.Is(err, migrate.ErrDown) || res.Done != 3 || res.Unknown < 1 || res.Unknown > 2 || res.Failed != 0 {
		t.Fatalf("%+v, %v", res, err)
	}
	w.service.Heal()
	if res, err := w.apply(f, w.writer()).Run(t.Context(), p); err != nil || res.Left+res.Failed+res.Unknown != 0 {
		t.Fatalf("after it is back: %+v, %v", res, err)
	}
	w.whole()
	if n := w.creates(); n != 14 {
		t.Errorf("%d requests to create 14 objects", n)
	}
}

// TestDeadToken: the run ends at once, and no step is called failed.
func TestDeadToken(t *testing.T) {
	t.Parallel()
	w := newWorld(t, staff(12, 2))
	f := w.open()
	p := w.planned(f)
	w.service.Inject(scimtest.Fault{Trouble: scimtest.StatusBefore, Status: 401, Skip: 4, Times: -1})
	a := w.apply(f, w.writer())
	a.Lister = nil // the trouble begins after the first look
	res, err := a.Run(t.Context(), p)
	if err == nil || res.Done != 4 || res.Failed+res.Unknown != 0 || res.Left != p.Summary.Requests()-4 {
		t.Fatalf("%+v, %v", res, err)
	}
	w.service.Heal()
	if _, err := w.apply(f, w.writer()).Run(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	w.whole()
}

// TestOneBadPerson: one refusal fails one step and what needs it, and the rest
// goes on.
func TestOneBadPerson(t *testing.T) {
	t.Parallel()
	w := newWorld(t, staff(12, 2))
	f := w.open()
	p := w.planned(f)
	w.service.Inject(scimtest.Fault{Trouble: scimtest.StatusBefore, Status: 400, Match: scimtest.To("POST", "/Users"), Skip: 11})
	res, err := w.apply(f, w.writer()).Run(t.Context(), p)
	if err != nil || res.Failed != 2 || res.Done != p.Summary.Requests()-2 {
		t.Fatalf("%+v, %v", res, err)
	}
	r := w.report(f, p)
	if r.Settled || r.Objects[plan.Person][migrate.Failed] != 1 || r.Objects[plan.Group][migrate.Failed] != 1 {
		t.Errorf("report: %s", r.Sentence)
	}
	left := false
	for _, row := range lines(t, r) {
		left = left || strings.Contains(row.Why, "left: it needs u11")
	}
	if !left {
		t.Errorf("no row says who is lacking: %+v", lines(t, r))
	}
	p = w.replanned(f)
	if _, err := w.apply(f, w.writer()).Run(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	w.whole()
}

// TestStaleAfterCrash: the same for a service that is asked by the next
// process.
func TestStaleAfterCrash(t *testing.T) {
	t.Parallel()
	w := newWorld(t, staff(5, 1))
	f := w.open()
	p := w.planned(f)
	i := w.interactions(7) // after the effect of the second create
	if crashed, err := i.run(w, f, p, 1); err != nil || !crashed {
		t.Fatalf("crashed %t, %v", crashed, err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	w.service.Stale(9)
	f = w.open()
	if _, err := w.apply(f, w.writer()).Run(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	w.whole()
	if n := w.creates(); n != 6 {
		t.Errorf("%d requests to create 6 objects", n)
	}
}
