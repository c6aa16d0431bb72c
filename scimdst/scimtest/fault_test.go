package scimtest_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"ldap2scim/scimdst/scimtest"
)

// TestFaultsAndTheirEffect: whether the answer comes, and whether the effect
// was had, are two things.
func TestFaultsAndTheirEffect(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		fault  scimtest.Fault
		status int // 0: no answer
		effect int
	}{
		{"status before", scimtest.Fault{Trouble: scimtest.StatusBefore, Status: 503}, 503, 0},
		{"status after", scimtest.Fault{Trouble: scimtest.StatusAfter, Status: 504}, 504, 1},
		{"cut before", scimtest.Fault{Trouble: scimtest.CutBefore}, 0, 0},
		{"cut after", scimtest.Fault{Trouble: scimtest.CutAfter}, 0, 1},
		{"truncate", scimtest.Fault{Trouble: scimtest.Truncate}, 201, 1},
		{"drip", scimtest.Fault{Trouble: scimtest.Drip}, 201, 1},
		{"twice", scimtest.Fault{Trouble: scimtest.Twice}, 409, 1},
		{"hang", scimtest.Fault{Trouble: scimtest.Hang}, 0, 0},
		{"hang after", scimtest.Fault{Trouble: scimtest.HangAfter}, 0, 1},
		{"page for people", scimtest.Fault{Trouble: scimtest.HTMLPage}, 200, 0},
		{"skipped", scimtest.Fault{Trouble: scimtest.CutBefore, Skip: 1}, 201, 1},
		{"other request", scimtest.Fault{Trouble: scimtest.CutBefore, Match: scimtest.To("GET", "/Users")}, 201, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			c := start(t, scimtest.Options{})
			c.Inject(tc.fault)
			patience := time.Minute
			if tc.fault.Trouble == scimtest.Hang || tc.fault.Trouble == scimtest.HangAfter {
				patience = 2 * time.Second
			}
			if got := postWithin(t, c, patience, `{"userName":"ada"}`); got != tc.status {
				t.Errorf("status %d, want %d", got, tc.status)
			}
			if got := len(c.Users()); got != tc.effect {
				t.Errorf("%d people, want %d", got, tc.effect)
			}
			if got := c.Requests(); len(got) != 1 || got[0].Method != "POST" || got[0].Path != "/Users" || string(got[0].Body) != `{"userName":"ada"}` {
				t.Errorf("the log is %+v", got)
			}
			c.Heal()
			if got := post(t, c, `{"userName":"bob"}`); got != 201 {
				t.Errorf("healed: status %d", got)
			}
		})
	}
}

// post returns the status, or 0 when no answer came.
func post(t *testing.T, c client, body string) int {
	t.Helper()
	return postWithin(t, c, time.Minute, body)
}

func postWithin(t *testing.T, c client, patience time.Duration, body string) int {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.URL+"/Users", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+c.Token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0
	}
	_ = resp.Body.Close()
	return resp.StatusCode
}

// TestQuota: what is too much is refused and has no effect, and reading is free.
func TestQuota(t *testing.T) {
	t.Parallel()
	c := start(t, scimtest.Options{Quota: scimtest.Quota{Requests: 2, Per: time.Hour, Clock: time.Now, Hints: true}})
	for i, want := range []int{201, 201, 429} {
		if got := post(t, c, fmt.Sprintf(`{"userName":"u%d"}`, i)); got != want {
			t.Errorf("request %d: status %d, want %d", i, got, want)
		}
	}
	if n := len(c.Users()); n != 2 || c.Refused() != 1 {
		t.Errorf("%d people, %d refused", n, c.Refused())
	}
}
