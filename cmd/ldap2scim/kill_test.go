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
	k := &killer{at: map[int]moment{1: before, 160: after, 350: before, 505: after, 540: before}}
	r := newRoad(t, testcompany.Company{People: 500, Groups: 40, Seed: 3}, startTLS, k.inFrontOf(t))
	r.run(exitDone, "snapshot")
	r.run(exitDone, "plan")
	runs := 0
	for killed := true; killed; runs++ {
		killed = k.watch(r.site, "apply", "--yes")
	}
	if runs != len(k.at)+1 {
		t.Errorf("done after %d runs, want one more than the %d kills", runs, len(k.at))
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
	before moment = iota + 1 // the request does not reach the service
	after                    // the service has done it, and the answer is lost
)

// killer stands in front of a service and kills the client at certain writes,
// counted from 1.
type killer struct {
	at map[int]moment

	mu     sync.Mutex
	writes int
	victim *process
	killed bool
}

// inFrontOf returns the address to use instead of the service's.
func (k *killer) inFrontOf(t *testing.T) func(*testservers.Service) string {
	return func(s *testservers.Service) string {
		target, err := url.Parse(s.URL)
		if err != nil {
			t.Fatal(err)
		}
		proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL.Scheme, r.Out.URL.Host = target.Scheme, target.Host
		}}
		front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { k.serve(proxy, w, r) }))
		t.Cleanup(front.Close)
		return front.URL + target.Path
	}
}

// watch runs the program, and tells whether it was killed. It must otherwise
// have done everything.
func (k *killer) watch(s *site, args ...string) bool {
	s.t.Helper()
	k.mu.Lock()
	p := s.start(args...)
	k.victim, k.killed = p, false
	k.mu.Unlock()
	<-p.ended
	k.mu.Lock()
	defer k.mu.Unlock()
	if !k.killed {
		p.exits(exitDone)
	}
	return k.killed
}

// serve passes a request on, or kills the client.
func (k *killer) serve(next http.Handler, w http.ResponseWriter, r *http.Request) {
	when, victim := k.count(r)
	switch when {
	case before:
		victim.kill()
	case after:
		answer := httptest.NewRecorder()
		next.ServeHTTP(answer, r)
		victim.kill()
	default:
		next.ServeHTTP(w, r)
	}
}

func (k *killer) count(r *http.Request) (moment, *process) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if r.Method == http.MethodGet {
		return 0, nil
	}
	k.writes++
	when := k.at[k.writes]
	k.killed = k.killed || when != 0
	return when, k.victim
}
