package ivanti

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// answers is a tenant that says one thing after the other; the last for ever.
type answers struct {
	statuses []int
	asked    []time.Time
}

func (a *answers) RoundTrip(r *http.Request) (*http.Response, error) {
	status := a.statuses[min(len(a.asked), len(a.statuses)-1)]
	a.asked = append(a.asked, time.Now())
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(`{"results":[]}`)), Request: r}, nil
}

func clientOf(t *testing.T, a *answers) *Client {
	t.Helper()
	c, err := NewClient(Config{URL: "https://mdm.example.com", User: "api", Password: func() (string, error) { return "p", nil }})
	if err != nil {
		t.Fatal(err)
	}
	c.http = &http.Client{Transport: a}
	return c
}

// TestPatience: a service that is busy and does not say for how long is asked
// again after longer and longer waits, and given up in the end.
func TestPatience(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := &answers{statuses: []int{503, 429, 200}}
		if err := clientOf(t, a).storedOf(t.Context(), "a", func(stored) {}); err != nil {
			t.Error(err)
		}
		if first, second := a.asked[1].Sub(a.asked[0]), a.asked[2].Sub(a.asked[1]); first != time.Second || second != 2*time.Second {
			t.Errorf("waited %s, then %s", first, second)
		}
		a = &answers{statuses: []int{503}}
		err := clientOf(t, a).storedOf(t.Context(), "a", func(stored) {})
		if e, is := errors.AsType[*Error](err); !is || e.Status != 503 || len(a.asked) != attempts {
			t.Errorf("%d times, %v", len(a.asked), err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 1500*time.Millisecond)
		defer cancel()
		if err := clientOf(t, &answers{statuses: []int{503}}).storedOf(ctx, "a", func(stored) {}); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
	})
}

// TestQuota: no minute sees more than a hundred searches of CPS.
func TestQuota(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := &answers{statuses: []int{200}}
		c := clientOf(t, a)
		for range 250 {
			if err := c.storedOf(t.Context(), "a", func(stored) {}); err != nil {
				t.Fatal(err)
			}
		}
		for i := 100; i < len(a.asked); i++ {
			if a.asked[i].Sub(a.asked[i-100]) < time.Minute {
				t.Fatalf("searches %d to %d came within %s", i-100, i, a.asked[i].Sub(a.asked[i-100]))
			}
		}
	})
}
