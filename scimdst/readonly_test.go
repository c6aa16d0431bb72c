package scimdst_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"ldap2scim/scimdst"
)

// TestReadOnlyHTTP: nothing but GET goes out, and no redirect is followed.
func TestReadOnlyHTTP(t *testing.T) {
	t.Parallel()
	var seen []string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen = append(seen, r.Method+" "+r.URL.Path)
		http.Redirect(w, r, "/elsewhere", http.StatusFound)
	}))
	defer s.Close()
	c, err := scimdst.NewReadOnlyHTTP(scimdst.Config{})
	if err != nil {
		t.Fatal(err)
	}
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodHead, http.MethodGet} {
		req, err := http.NewRequestWithContext(t.Context(), method, s.URL+"/x", nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := c.Do(req)
		if (err == nil) != (method == http.MethodGet) {
			t.Errorf("%s: %v", method, err)
		}
		if err == nil {
			resp.Body.Close()
		}
	}
	if len(seen) != 1 || seen[0] != "GET /x" {
		t.Errorf("went out: %q", seen)
	}
}
