package scimdst_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"ldap2scim/plan"
	"ldap2scim/scimdst"
)

// endless answers with a beginning and then a GiB of the same.
func endless(status int, begin, more string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", scim)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, begin)
		chunk := []byte(strings.Repeat(more, 1<<16/len(more)))
		for sent := 0; sent < 1<<30; sent += len(chunk) {
			if _, err := w.Write(chunk); err != nil {
				return // the client has gone
			}
		}
	}
}

// TestBadInput: whatever comes, it is a typed error, nothing is sent twice,
// and a write whose answer cannot be understood is unknown.
func TestBadInput(t *testing.T) {
	t.Parallel()
	user := `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"1"`
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("%s %s was followed with %q", r.Method, r.URL, r.Header.Get("Authorization"))
	}))
	t.Cleanup(elsewhere.Close)
	for _, tc := range []struct {
		name    string
		handler http.HandlerFunc
		unknown bool
	}{
		{"truncated JSON", always(201, scim, user), true},
		{"a GiB in one string", endless(201, user+`,"title":"`, "x"), true},
		{"a GiB of members", endless(201, user+`,"emails":[{}`, `,{"type":"work","value":"x"}`), true},
		{"a GiB of white space", endless(201, ``, " "), true},
		{"a GiB as an error", endless(400, `{"detail":"`, "x"), false},
		{"a GiB as an error of its own", endless(500, ``, "x"), true},
		{"redirect elsewhere, 301", http.RedirectHandler(elsewhere.URL+"/Users", http.StatusMovedPermanently).ServeHTTP, false},
		{"redirect elsewhere, 303", http.RedirectHandler(elsewhere.URL+"/Users", http.StatusSeeOther).ServeHTTP, false},
		{"redirect elsewhere, 307", http.RedirectHandler(elsewhere.URL+"/Users", http.StatusTemporaryRedirect).ServeHTTP, false},
		{"redirect elsewhere, 308", http.RedirectHandler(elsewhere.URL+"/Users", http.StatusPermanentRedirect).ServeHTTP, false},
		{"200 with a page", always(200, "text/html", "<html><title>Sign in</title>"), true},
		{"200 with a page that says JSON", always(200, scim, "<html>"), true},
		{"200 with an error", always(200, scim, `{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"500"}`), true},
		{"deep nesting", always(201, scim, strings.Repeat(`{"a":`, 100_000)), true},
		{"an id that is a number", always(201, scim, strings.Replace(user, `"1"`, `1`, 1)+"}"), true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var n atomic.Int64
			w := handle(t, func(w http.ResponseWriter, r *http.Request) {
				n.Add(1)
				_, _ = io.Copy(io.Discard, r.Body)
				tc.handler(w, r)
			})
			_, err := w.Do(t.Context(), ada(), nil)
			e, ok := errors.AsType[*scimdst.Error](err)
			if !ok || e.Unknown() != tc.unknown || e.Hint() == "" || len(err.Error()) > 2000 {
				t.Errorf("Do = %.300v, unknown %t", err, ok && e.Unknown())
			}
			if n.Load() != 1 {
				t.Errorf("%d requests", n.Load())
			}
			if _, err := w.Get(t.Context(), plan.Person, "1"); err == nil {
				t.Error("Get takes it")
			}
			if _, err := w.List(t.Context(), plan.Person, func(plan.Resource) error { return nil }); err == nil {
				t.Error("List takes it")
			}
		})
	}
}

// TestBadInputTakesLittleMemory: a GiB is not kept.
func TestBadInputTakesLittleMemory(t *testing.T) {
	w := handle(t, endless(200, `{"schemas":["`+listSchema+`"],"x":"`, "x"))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := w.List(t.Context(), plan.Person, func(plan.Resource) error { return nil }); err == nil || !strings.Contains(err.Error(), "larger than") {
		t.Errorf("List = %v", err)
	}
	runtime.ReadMemStats(&after)
	if took := after.TotalAlloc - before.TotalAlloc; took > 512<<20 {
		t.Errorf("allocated %d MiB for an answer of which 64 MiB are read", took>>20)
	}
}

// TestIDsInErrors: an id with anything in it is in its place in the path.
func TestIDsInErrors(t *testing.T) {
	t.Parallel()
	var path atomic.Value
	w := handle(t, func(w http.ResponseWriter, r *http.Request) {
		path.Store(r.URL.Path)
		always(404, scim, `{}`)(w, r)
	})
	for _, id := range []string{`a/b`, `a"b`, `a'b`, `..`, `../Groups/1`, `a%2Fb`, "a\nb", `a?x=1#y`} {
		_, err := w.Get(t.Context(), plan.Person, plan.RemoteID(id))
		e, ok := errors.AsType[*scimdst.Error](err)
		if !ok || e.Status != 404 || path.Load() != "/Users/"+id {
			t.Errorf("%q was asked for at %q: %v", id, fmt.Sprint(path.Load()), err)
		}
	}
}
