package main

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync"
	"testing"

	"ldap2scim/testservers"
	testcompany "ldap2scim/testservers/company"
)

// TestRoadKilled: apply is killed with SIGKILL again and again, before a
// request reaches the service and after it was carried out, among people,
// groups and members; run until it is done, the end is the same.
func TestRoadKilled(t *testing.T) {
	t.Parallel()
	at, writes := map[int]moment{1: before, 160: after, 350: before, 505: after, 540: before}, 0
	atWrites := func(r *http.Request, _ *process) moment {
		if r.Method == http.MethodGet {
			return never
		}
		writes++
		return at[writes]
	}
	k := &killer{choose: spare}
	r := newRoad(t, testcompany.Company{People: 500, Groups: 40, Seed: 3}, startTLS, k.inFrontOf(t))
	r.run(exitDone, "snapshot")
	r.run(exitDone, "plan")
	runs := 0
	for killed := true; killed; runs++ {
		killed = k.watch(r.site, atWrites, "apply", "--yes")
	}
	if runs != len(at)+1 {
		t.Errorf("done after %d runs, want one more than the %d kills", runs, len(at))
	}
	r.arrived()
	counters := r.service.Counters()
	if made := counters.Statuses[http.StatusCreated]; made != len(r.want.People)+len(r.want.Groups) || counters.Statuses[http.StatusConflict] != 0 {
		t.Errorf("%d creations and %d conflicts, want one creation each: %v", made, counters.Statuses[http.StatusConflict], counters.Statuses)
	}
}

// moment is when within a request the client is killed.
type moment int

const (
	never  moment = iota
	before        // the request does not reach the service
	after         // the service has done it, and the answer is lost
)

// spare kills nobody.
func spare(*http.Request, *process) moment { return never }

// killer stands in front of a service and kills the client.
type killer struct {
	mu sync.Mutex
	// choose says when the victim is killed, as its requests come, one at a time.
	choose func(r *http.Request, victim *process) moment
	victim *process
}

// inFrontOf returns the address to use instead of the service's.
func (k *killer) inFrontOf(t *testing.T) func(*testservers.Service) string {
	return func(s *testservers.Service) string {
		target, err := url.Parse(s.URL)
		if err != nil {
			t.Fatal(err)
		}
		proxy := &httputil.ReverseProxy{
			Rewrite:      func(r *httputil.ProxyRequest) { r.Out.URL.Scheme, r.Out.URL.Host = target.Scheme, target.Host },
			ErrorHandler: func(http.ResponseWriter, *http.Request, error) {}, // the client was killed
		}
		front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { k.serve(proxy, w, r) }))
		t.Cleanup(front.Close)
		return front.URL + target.Path
	}
}

// watch runs the program, and tells whether it was killed. It must otherwise
// have done everything.
func (k *killer) watch(s *site, choose func(*http.Request, *process) moment, args ...string) bool {
	s.t.Helper()
	k.mu.Lock()
	p := s.start(args...)
	k.victim, k.choose = p, choose
	k.mu.Unlock()
	<-p.ended
	k.mu.Lock()
	k.choose = spare
	k.mu.Unlock()
	if !p.cmd.ProcessState.Exited() {
		return true
	}
	p.exits(exitDone)
	return false
}

// serve passes a request on, or kills the client.
func (k *killer) serve(next http.Handler, w http.ResponseWriter, r *http.Request) {
	k.mu.Lock()
	victim := k.victim
	when := k.choose(r, victim)
	k.mu.Unlock()
	switch when {
	case before:
		victim.kill()
	case after:
		answer := httptest.NewRecorder()
		next.ServeHTTP(answer, r)
		victim.kill()
	case never:
		next.ServeHTTP(w, r)
	}
}
