package scimdst

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
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
		for range 100 {
			trip(t, rt, http.MethodGet, "/Users")
		}
		if took := time.Since(begin); took.Round(time.Millisecond) != 25*time.Second {
			t.Errorf("100 requests at 4 a second took %s", took)
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

// TestKnownQuota: a quota is used to 98 %, and no stretch of its length sees
// more than that, after a time of rest too, and when requests arrive up to 10 ms
// late.
func TestKnownQuota(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		profile Profile
		n       int
		per     time.Duration
	}{
		"20 a second":        {Profile{Quota: Quota{RequestsPerSecond: 20}}, 20, time.Second},
		"500 a second":       {Profile{Quota: Quota{RequestsPerSecond: 500}}, 500, time.Second},
		"20 in any second":   {Profile{Quota: Quota{Windows: []Window{{Requests: 20, Per: time.Second}}}}, 20, time.Second},
		"500 in any second":  {Profile{Quota: Quota{Windows: []Window{{Requests: 500, Per: time.Second, Of: CountedWrites}}}}, 500, time.Second},
		"3000 in any 150 s":  {Profile{Quota: Quota{Windows: []Window{{Requests: 3000, Per: 150 * time.Second}}}}, 3000, 150 * time.Second},
		"50 in any 10 s":     {Profile{Quota: Quota{Windows: []Window{{Requests: 50, Per: 10 * time.Second}}}}, 50, 10 * time.Second},
		"the smaller of two": {Profile{Quota: Quota{RequestsPerSecond: 30, Windows: []Window{{Requests: 600, Per: time.Minute}}}}, 600, time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var mu sync.Mutex
				var at []time.Time
				jitter := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // only for being spread
				rt := paceAndBound(tripper(func(*http.Request) (*http.Response, error) {
					mu.Lock()
					late := time.Duration(jitter.IntN(10_000)) * time.Microsecond
					mu.Unlock()
					<-time.After(late) // in synctest's own time
					mu.Lock()
					defer mu.Unlock()
					at = append(at, time.Now())
					return &http.Response{Body: http.NoBody, StatusCode: http.StatusOK}, nil
				}), Config{}.withDefaults(), tt.profile)
				<-time.After(time.Hour) // the bucket is full
				begin := time.Now()
				var all sync.WaitGroup
				for range 16 {
					all.Go(func() {
						for range 10 * tt.n / 16 {
							trip(t, rt, http.MethodPost, "/Users")
						}
					})
				}
				all.Wait()
				for i := tt.n; i < len(at); i++ {
					if at[i].Sub(at[i-tt.n]) < tt.per {
						t.Fatalf("requests %d to %d came within %s", i-tt.n, i, at[i].Sub(at[i-tt.n]))
					}
				}
				if share := float64(len(at)) / time.Since(begin).Seconds() * tt.per.Seconds() / float64(tt.n); share < 0.98 {
					t.Errorf("%.4f of the quota are used", share)
				}
			})
		})
	}
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
		if took := time.Since(begin).Round(time.Second); took != 30*time.Second {
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

// TestEndWhileWaiting: when a context ends, a request that waits for its turn is
// not sent, one that changes something and is under way is finished, and one that
// only reads is not.
func TestEndWhileWaiting(t *testing.T) {
	t.Parallel()
	for method, finished := range map[string]bool{http.MethodPost: true, http.MethodGet: false} {
		synctest.Test(t, func(t *testing.T) {
			const answers = 10 * time.Second
			var sent atomic.Int64
			rt := paceAndBound(tripper(func(r *http.Request) (*http.Response, error) {
				sent.Add(1)
				select {
				case <-time.After(answers): // in synctest's own time
					return &http.Response{Body: http.NoBody, StatusCode: http.StatusOK}, nil
				case <-r.Context().Done():
					return nil, r.Context().Err()
				}
			}), Config{}.withDefaults(), Profile{Quota: Quota{RequestsPerSecond: 1}})
			// The deadline is before the second turn and after it: a limiter says at
			// once that a turn comes too late.
			for _, end := range []time.Duration{time.Second / 2, 3 * time.Second} {
				<-time.After(time.Hour) // in synctest's own time
				sent.Store(0)
				ctx, cancel := context.WithDeadline(t.Context(), time.Now().Add(end))
				begin := time.Now()
				var all sync.WaitGroup
				for i := range 8 {
					all.Go(func() {
						<-time.After(time.Duration(i) * time.Millisecond) // in their order
						resp, err := rt.RoundTrip(request(t, method).WithContext(ctx))
						if err == nil {
							_ = resp.Body.Close()
						}
						took := time.Since(begin).Truncate(time.Second / 2)
						switch under := time.Duration(i)*time.Second < end; {
						case under && finished && (err != nil || took < answers):
							t.Errorf("%s %d ended after %s: %v", method, i, took, err)
						case !(under && finished) && (!errors.Is(err, context.DeadlineExceeded) || took != end):
							t.Errorf("%s %d ended after %s: %v", method, i, took, err)
						}
					})
				}
				all.Wait()
				cancel()
				if want := int64((end + time.Second - 1) / time.Second); sent.Load() != want {
					t.Errorf("%s: %d were sent in %s, want %d", method, sent.Load(), end, want)
				}
			}
		})
	}
}
