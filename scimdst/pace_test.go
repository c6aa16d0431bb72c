package scimdst

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// instant answers at once with a status and a Retry-After.
func instant(status int, retryAfter string) tripper {
	return func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: status, Body: http.NoBody, Header: http.Header{"Retry-After": {retryAfter}}}, nil
	}
}

// trip makes a request and closes its answer.
func trip(t *testing.T, rt http.RoundTripper, method, path string) {
	t.Helper()
	r := request(t, method)
	r.URL.Path = path
	resp, err := rt.RoundTrip(r)
	if err != nil {
		t.Error(err)
		return
	}
	_ = resp.Body.Close()
}

func TestPaced(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		rt := newPaced(instant(200, ""), 4)
		begin := time.Now()
		for range 9 {
			trip(t, rt, http.MethodGet, "/Users")
		}
		if took := time.Since(begin); took != 2*time.Second {
			t.Errorf("9 requests at 4 a second took %s", took)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		resp, err := rt.RoundTrip(request(t, http.MethodGet).WithContext(ctx))
		if !errors.Is(err, context.Canceled) {
			_ = resp.Body.Close()
			t.Errorf("a cancelled wait: %v", err)
		}
	})
}

// TestWindow: no stretch of the window's length sees more than its quota,
// after a time of rest too, and most of the quota is used.
func TestWindow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var at []time.Time
		rt := newWindow(tripper(func(*http.Request) (*http.Response, error) {
			at = append(at, time.Now())
			return &http.Response{Body: http.NoBody}, nil
		}), Window{Requests: 50, Per: 10 * time.Second})
		<-time.After(time.Hour) // in synctest's own time: the bucket is full
		begin := time.Now()
		for range 500 {
			trip(t, rt, http.MethodPost, "/Users")
		}
		for i := 50; i < len(at); i++ {
			if at[i].Sub(at[i-50]) < 10*time.Second {
				t.Fatalf("requests %d to %d came within %s", i-50, i, at[i].Sub(at[i-50]))
			}
		}
		if took := time.Since(begin); took > 115*time.Second {
			t.Errorf("500 requests at 50 in 10 s took %s", took)
		}
	})
}

func TestWindowCounts(t *testing.T) {
	t.Parallel()
	for of, want := range map[Counted]string{
		"": "GET POST PATCH POST", CountedAll: "GET POST PATCH POST", CountedReads: "GET", CountedWrites: "POST PATCH POST", CountedNewPeople: "POST PATCH",
	} {
		synctest.Test(t, func(t *testing.T) {
			rt := newWindow(instant(200, ""), Window{Requests: 1, Per: time.Minute, Of: of})
			trip(t, rt, http.MethodDelete, "/users") // these take the only turn of what counts them
			trip(t, rt, http.MethodGet, "/users")
			got := ""
			for _, r := range []struct{ method, path string }{{"GET", "/Users"}, {"POST", "/Users"}, {"PATCH", "/users/1"}, {"POST", "/Groups"}} {
				begin := time.Now()
				trip(t, rt, r.method, r.path)
				if took := time.Since(begin); took > 0 {
					got += " " + r.method
				}
			}
			if got != " "+want {
				t.Errorf("%q counts%s, want %s", of, got, want)
			}
		})
	}
}

// TestCrowded: a seat is free when the body is closed, and not before.
func TestCrowded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		rt := newCrowded(instant(200, ""), 2)
		first, err := rt.RoundTrip(request(t, http.MethodGet))
		if err != nil {
			t.Fatal(err)
		}
		second, err := rt.RoundTrip(request(t, http.MethodGet))
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if resp, err := rt.RoundTrip(request(t, http.MethodGet).WithContext(ctx)); !errors.Is(err, context.DeadlineExceeded) {
			_ = resp.Body.Close()
			t.Errorf("a third of two: %v", err)
		}
		_, _ = first.Body.Close(), first.Body.Close() // twice frees one
		trip(t, rt, http.MethodGet, "/")
		_ = second.Body.Close()
		failing := newCrowded(tripper(func(*http.Request) (*http.Response, error) { return nil, errors.New("no") }), 1)
		for range 3 {
			if resp, err := failing.RoundTrip(request(t, http.MethodGet)); err == nil {
				_ = resp.Body.Close()
				t.Error("no error")
			}
		}
	})
}

// TestRetryAfterPausesEverybody: the longest of what was asked for holds for
// all, and each goes on by itself after.
func TestRetryAfterPausesEverybody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		answers := []tripper{instant(429, "5"), instant(503, "2"), instant(403, "60"), instant(200, "60")}
		var mu sync.Mutex
		n := 0
		rt := &heeding{next: tripper(func(r *http.Request) (*http.Response, error) {
			mu.Lock()
			defer mu.Unlock()
			n++
			return answers[min(n, len(answers))-1](r)
		})}
		begin := time.Now()
		trip(t, rt, http.MethodGet, "/") // 429: 5 s
		var took []time.Duration
		var all sync.WaitGroup
		for range 5 {
			all.Go(func() {
				trip(t, rt, http.MethodGet, "/")
				mu.Lock()
				defer mu.Unlock()
				took = append(took, time.Since(begin))
			})
		}
		all.Wait()
		slices.Sort(took)
		if took[0] != 5*time.Second || took[4] > 7*time.Second {
			t.Errorf("five others were answered after %v", took)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		rt.pause(time.Hour)
		if resp, err := rt.RoundTrip(request(t, http.MethodGet).WithContext(ctx)); !errors.Is(err, context.DeadlineExceeded) {
			_ = resp.Body.Close()
			t.Errorf("a wait that is given up: %v", err)
		}
		<-time.After(2 * time.Hour) // in synctest's own time: the pauses end
	})
}

// TestProfileIsUsed: the whole way is made of what the profile says.
func TestProfileIsUsed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var told []Exchange
		c := Config{SecretHeaders: map[string]string{"x-key": "k"}, Trace: func(e Exchange) { told = append(told, e) }}.withDefaults()
		p := Profile{
			Quota:     Quota{RequestsPerSecond: 2, Concurrency: 1, Windows: []Window{{Requests: 2, Per: time.Minute, Of: CountedReads}}},
			Throttled: []int{418},
		}
		rt := paceAndBound(instant(418, "10"), c, p)
		begin := time.Now()
		r := request(t, http.MethodGet)
		r.Header = http.Header{"Authorization": {"Bearer s3cret"}, "X-Key": {"s3cret"}, "Accept": {"x"}}
		resp, err := rt.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		trip(t, rt, http.MethodPost, "/Users")
		if took := time.Since(begin); took != 10*time.Second {
			t.Errorf("the second waited %s", took)
		}
		trip(t, rt, http.MethodGet, "/Users")
		if took := time.Since(begin); took != time.Minute {
			t.Errorf("the second reading waited until %s", took)
		}
		e := told[0]
		if len(told) != 3 || e.Method != "GET" || e.Status != 418 || e.Sent.Get("Authorization") != "***" || e.Sent.Get("X-Key") != "***" || e.Sent.Get("Accept") != "x" {
			t.Errorf("told %+v", told)
		}
		if r.Header.Get("Authorization") != "Bearer s3cret" {
			t.Error("the trace changed the request")
		}
		<-time.After(time.Hour) // in synctest's own time: the pauses end
	})
}
