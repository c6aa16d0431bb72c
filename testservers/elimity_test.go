package testservers_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"testing"

	"ldap2scim/testservers"
)

func TestElimity(t *testing.T) {
	t.Parallel()
	url, token := testservers.Elimity(t)
	if status, _ := send(t, url, "not "+token, http.MethodGet, "/Users", ""); status != http.StatusUnauthorized {
		t.Errorf("a wrong token: got status %d, want 401", status)
	}
	for _, want := range []int{http.StatusCreated, http.StatusConflict} {
		if status, text := send(t, url, token, http.MethodPost, "/Users", ada); status != want {
			t.Errorf("create: got status %d, want %d: %s", status, want, text)
		}
	}
}

// TestElimityPages: what was deleted is on no page and in no total.
func TestElimityPages(t *testing.T) {
	t.Parallel()
	url, token := testservers.Elimity(t)
	do := func(method, path, body string, want int) []byte {
		t.Helper()
		status, text := send(t, url, token, method, path, body)
		if status != want {
			t.Fatalf("%s %s: got status %d, want %d: %s", method, path, status, want, text)
		}
		return text
	}
	var ids []string
	for i := range 6 {
		var made struct{ ID string }
		body := fmt.Sprintf(`{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "u%d"}`, i)
		if err := json.Unmarshal(do(http.MethodPost, "/Users", body, http.StatusCreated), &made); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, made.ID)
	}
	do(http.MethodDelete, "/Users/"+ids[1], "", http.StatusNoContent)
	ids = slices.Delete(ids, 1, 2)
	for _, c := range []struct {
		query string
		want  []string
		total int
	}{
		{"", ids, 5},
		{"?startIndex=2&count=2", ids[1:3], 5},
		{"?startIndex=5&count=2", ids[4:], 5},
		{"?startIndex=6", nil, 5},
		{"?count=0", nil, 5},
		{`?filter=userName+ge+"u2"&startIndex=2&count=2`, ids[2:4], 4},
	} {
		var page struct {
			TotalResults int
			Resources    []struct{ ID string }
		}
		if err := json.Unmarshal(do(http.MethodGet, "/Users"+c.query, "", http.StatusOK), &page); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range page.Resources {
			got = append(got, r.ID)
		}
		if page.TotalResults != c.total || !slices.Equal(got, c.want) {
			t.Errorf("/Users%s: got %d in all and %q, want %d and %q", c.query, page.TotalResults, got, c.total, c.want)
		}
	}
}
