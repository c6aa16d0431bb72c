package testservers_test

import (
	"net/http"
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
