package testservers_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ldap2scim/testservers"
)

const ivanti = "urn:ietf:params:scim:schemas:extension:ivanti:2.0:User"

const ada = `{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
	"userName": "ada@example.com", "externalId": "e-1", "` + ivanti + `": {"costCode": "CC-7"}}`

func TestSCIMMYRefusesAWrongToken(t *testing.T) {
	t.Parallel()
	s := testservers.SCIMMY(t)
	if status, _ := send(t, s.URL, "not "+s.Token, http.MethodGet, "/Users", ""); status != http.StatusUnauthorized {
		t.Errorf("got status %d, want 401", status)
	}
}

func TestSCIMMYKeepsTheExtension(t *testing.T) {
	t.Parallel()
	s := testservers.SCIMMY(t)
	if status, text := send(t, s.URL, s.Token, http.MethodPost, "/Users", ada); status != http.StatusCreated {
		t.Fatalf("create: got status %d: %s", status, text)
	}
	for _, filter := range []string{`externalId eq "e-1"`, `userName eq "ADA@example.com"`} {
		found := list(t, s, "/Users?filter="+url.QueryEscape(filter))
		if found.TotalResults != 1 {
			t.Fatalf("%s: got %d users, want 1", filter, found.TotalResults)
		}
		var got map[string]string
		if err := json.Unmarshal(found.Resources[0][ivanti], &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(map[string]string{"costCode": "CC-7"}, got); diff != "" {
			t.Errorf("%s: extension (-want +got):\n%s", filter, diff)
		}
	}
	if status, _ := send(t, s.URL, s.Token, http.MethodPost, "/Users", ada); status != http.StatusConflict {
		t.Errorf("create again: got status %d, want 409", status)
	}
}

func TestSCIMMYPages(t *testing.T) {
	t.Parallel()
	s := testservers.SCIMMY(t)
	s.Control(map[string]int{"maxResults": 2})
	for _, name := range []string{"a", "b", "c"} {
		send(t, s.URL, s.Token, http.MethodPost, "/Groups", `{"displayName": "`+name+`"}`)
	}
	for _, tt := range []struct {
		query string
		want  int
	}{{"startIndex=1&count=50", 2}, {"startIndex=3&count=50", 1}, {"startIndex=4", 0}, {"count=0", 0}} {
		page := list(t, s, "/Groups?"+tt.query)
		if page.TotalResults != 3 || len(page.Resources) != tt.want {
			t.Errorf("%s: got %d groups of %d, want %d of 3", tt.query, len(page.Resources), page.TotalResults, tt.want)
		}
	}
}

func TestSCIMMYFaults(t *testing.T) {
	t.Parallel()
	s := testservers.SCIMMY(t)
	for _, tt := range []struct {
		knobs map[string]int
		want  int // status, 0 for an answer that is lost
		users int
	}{
		{map[string]int{"every429": 1, "retryAfter": 3}, http.StatusTooManyRequests, 0},
		{map[string]int{"every500": 1}, http.StatusInternalServerError, 0},
		{map[string]int{"everyDrop": 1}, 0, 1},
		{map[string]int{"everyDrop": 2, "delayMs": 1}, http.StatusCreated, 1},
	} {
		s.Reset()
		s.Control(tt.knobs)
		status, _ := send(t, s.URL, s.Token, http.MethodPost, "/Users", ada)
		if got := s.Counters(); status != tt.want || got.Users != tt.users {
			t.Errorf("%v: got status %d and %d users, want %d and %d", tt.knobs, status, got.Users, tt.want, tt.users)
		}
	}
}

func TestSCIMMYCounts(t *testing.T) {
	t.Parallel()
	s := testservers.SCIMMY(t)
	s.Control(map[string]int{"everyDrop": 1})
	send(t, s.URL, s.Token, http.MethodPost, "/Users", ada)
	list(t, s, "/Users")
	want := testservers.Counters{
		Users:    1,
		Requests: map[string]int{"POST Users": 1, "GET Users": 1},
		Statuses: map[int]int{http.StatusCreated: 1, http.StatusOK: 1},
		Dropped:  1,
	}
	if diff := cmp.Diff(want, s.Counters()); diff != "" {
		t.Errorf("counters (-want +got):\n%s", diff)
	}
}

// send returns the status of the answer and its body, or 0 when the
// connection was cut.
func send(t *testing.T, base, token, method, path, body string) (int, []byte) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, base+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/scim+json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		if ctx.Err() != nil {
			t.Fatal(err)
		}
		return 0, nil
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, text
}

type listResponse struct {
	TotalResults int                          `json:"totalResults"`
	Resources    []map[string]json.RawMessage `json:"Resources"`
}

func list(t *testing.T, s *testservers.Service, path string) listResponse {
	t.Helper()
	status, text := send(t, s.URL, s.Token, http.MethodGet, path, "")
	if status != http.StatusOK {
		t.Fatalf("GET %s: got status %d: %s", path, status, text)
	}
	var l listResponse
	if err := json.Unmarshal(text, &l); err != nil {
		t.Fatal(err)
	}
	return l
}
