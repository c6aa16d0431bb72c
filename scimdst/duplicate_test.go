package scimdst_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"ldap2scim/scimdst"
	"ldap2scim/scimdst/scimtest"
)

// TestDuplicate: however a service says that somebody is there already.
func TestDuplicate(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		status int
		body   string
		want   bool
	}{
		{409, ``, true},
		{409, `<html><body>Conflict</body></html>`, true},
		{400, `{"scimType":"uniqueness","detail":"no"}`, true},
		{400, `{"scimType":"Uniqueness"}`, true},
		{400, `{"detail":"Another object with the same value for property mail already exists."}`, true},
		{400, `{"detail":"userName must be unique"}`, true},
		{400, `{"detail":"userName is required"}`, false},
		{422, `User has already been taken`, true},
		{500, `{"detail":"E11000 duplicate key error"}`, true},
		{500, `<html><h1>Internal Server Error</h1></html>`, false},
		{500, ``, false},
		{412, ``, false},
	} {
		w := handle(t, always(tc.status, scim, tc.body))
		var e *scimdst.Error
		if _, err := w.Do(t.Context(), ada(), nil); !errors.As(err, &e) || e.Duplicate() != tc.want {
			t.Errorf("%d %s: duplicate %t, %v", tc.status, tc.body, e.Duplicate(), err)
		}
	}
	_, w := start(t, scimtest.Options{Quirks: []scimtest.Quirk{scimtest.DuplicateIs500}})
	create(t, w, ada())
	_, err := w.Do(t.Context(), person("other", adaName), nil)
	var e *scimdst.Error
	if !errors.As(err, &e) || e.Status != 500 || !e.Duplicate() || !e.Unknown() {
		t.Errorf("a duplicate answered with 500: %v", err)
	}
}

// TestProfileThrottled: GitHub's 403 asks to slow down only with a Retry-After.
func TestProfileThrottled(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		profile, header string
		want            bool
	}{{"github", "7", true}, {"github", "", false}, {"generic", "7", false}} {
		s, _ := start(t, scimtest.Options{})
		s.Inject(scimtest.Fault{Trouble: scimtest.StatusBefore, Status: 403, Body: "no", Header: http.Header{"Retry-After": {tc.header}}})
		_, err := assuming(t, s.URL, tc.profile, nil).Get(t.Context(), "person", "1")
		var e *scimdst.Error
		if !errors.As(err, &e) || e.Throttled() != tc.want || e.Temporary() != tc.want || strings.Contains(e.Hint(), "slow down") != tc.want {
			t.Errorf("%+v: throttled %t, temporary %t, %s", tc, e.Throttled(), e.Temporary(), e.Hint())
		}
	}
}
