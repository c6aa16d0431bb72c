package scimdst

import (
	"context"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

type tripper func(*http.Request) (*http.Response, error)

func (f tripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func request(t *testing.T, method string) *http.Request {
	t.Helper()
	return httptest.NewRequestWithContext(t.Context(), method, "http://127.0.0.1/", nil)
}

// TestReaderCannotWrite: even a mistake in this package could not make a
// Reader write.
func TestReaderCannotWrite(t *testing.T) {
	t.Parallel()
	sent := 0
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { sent++ }))
	t.Cleanup(s.Close)
	w, err := NewWriter(Config{URL: s.URL, Token: func() (string, error) { return "s3cret-t0ken", nil }})
	if err != nil {
		t.Fatal(err)
	}
	for _, method := range []string{http.MethodPost, http.MethodPatch, http.MethodPut, http.MethodDelete} {
		err := w.Reader.client.send(t.Context(), call{method: method, path: "/Users"}, func(*answer) error { return nil })
		if !errors.Is(err, errReadOnly) {
			t.Errorf("%s: %v", method, err)
		}
	}
	if sent != 0 {
		t.Errorf("%d requests were sent", sent)
	}
}

// TestTimedEndsWithTheBody: the limit holds until the body is closed, and no
// longer.
func TestTimedEndsWithTheBody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var ctx context.Context
		rt := &timed{limit: time.Minute, next: tripper(func(r *http.Request) (*http.Response, error) {
			ctx = r.Context()
			return &http.Response{Body: http.NoBody}, nil
		})}
		resp, err := rt.RoundTrip(request(t, http.MethodGet))
		if err != nil || ctx.Err() != nil {
			t.Fatal(err, ctx.Err())
		}
		_ = resp.Body.Close()
		if ctx.Err() == nil {
			t.Error("the request's resources are kept after its body was closed")
		}
		resp, err = rt.RoundTrip(request(t, http.MethodGet))
		if err != nil {
			t.Fatal(err)
		}
		<-ctx.Done()
		if !errors.Is(ctx.Err(), context.DeadlineExceeded) {
			t.Errorf("after a minute: %v", ctx.Err())
		}
		_ = resp.Body.Close()
	})
}

// TestRedirectIsNotFollowed: neither elsewhere nor on the same host.
func TestRedirectIsNotFollowed(t *testing.T) {
	t.Parallel()
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("%s was followed with %q", r.URL, r.Header.Get("Authorization"))
	}))
	t.Cleanup(elsewhere.Close)
	for _, status := range []int{301, 302, 303, 307, 308} {
		s := httptest.NewServer(http.RedirectHandler(elsewhere.URL+"/Users", status))
		t.Cleanup(s.Close)
		w, err := NewWriter(Config{URL: s.URL, Token: func() (string, error) { return "s3cret-t0ken", nil }})
		if err != nil {
			t.Fatal(err)
		}
		var e *Error
		if _, err := w.Check(t.Context()); !errors.As(err, &e) || e.Status != status {
			t.Errorf("%d: %v", status, err)
		}
	}
}

func TestCAFile(t *testing.T) {
	t.Parallel()
	s := httptest.NewUnstartedServer(http.NotFoundHandler())
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // the refused handshake is meant
	s.StartTLS()
	t.Cleanup(s.Close)
	file := filepath.Join(t.TempDir(), "ca.pem")
	cert := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
	if err := os.WriteFile(file, cert, 0o600); err != nil {
		t.Fatal(err)
	}
	c := Config{URL: s.URL, Token: func() (string, error) { return "s3cret-t0ken", nil }}
	get := func() *Error {
		r, err := NewReader(c)
		if err != nil {
			t.Fatal(err)
		}
		var e *Error
		if _, err := r.Get(t.Context(), "person", "1"); !errors.As(err, &e) {
			t.Fatal(err)
		}
		return e
	}
	if e := get(); e.Status != 0 || !e.Temporary() || !strings.Contains(e.Hint(), "ca_file") {
		t.Errorf("without the authority: %v, %s", e, e.Hint())
	}
	c.CAFile = file
	if e := get(); e.Status != http.StatusNotFound {
		t.Errorf("with the authority: %v", e)
	}
}

func TestAnswerIsBounded(t *testing.T) {
	t.Parallel()
	b := &bounded{next: strings.NewReader("12345678"), left: 4}
	buf := make([]byte, 8)
	if n, err := b.Read(buf); n != 4 || err != nil {
		t.Errorf("Read = %d, %v", n, err)
	}
	if _, err := b.Read(buf); err == nil || !strings.Contains(err.Error(), "larger") {
		t.Errorf("the rest: %v", err)
	}
}

// TestConnectionIsReused: bodies are drained, errors included.
func TestConnectionIsReused(t *testing.T) {
	t.Parallel()
	remotes := map[string]bool{}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		remotes[r.RemoteAddr] = true
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte(strings.Repeat("x", 100_000)))
	}))
	t.Cleanup(s.Close)
	w, err := NewWriter(Config{URL: s.URL, Token: func() (string, error) { return "s3cret-t0ken", nil }})
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		if _, err := w.Get(t.Context(), "person", "1"); err == nil {
			t.Fatal("no error")
		}
	}
	if len(remotes) != 1 {
		t.Errorf("5 requests took %d connections", len(remotes))
	}
}
