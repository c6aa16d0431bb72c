package scimdst_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"ldap2scim/plan"
	"ldap2scim/scimdst"
	"ldap2scim/scimdst/scimtest"
)

// TestErrorAnswersTheCaller: what each status means for a write and a read.
func TestErrorAnswersTheCaller(t *testing.T) {
	t.Parallel()
	const rate = `{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"detail":"Rate Limit exceeded","status":"500"}`
	for _, tc := range []struct {
		status                        int
		body                          string
		temporary, unknown, throttled bool
		hint                          string
	}{
		{301, "", false, false, false, "Redirects"},
		{400, "", false, false, false, "refuses"},
		{400, rate, true, false, true, "slow down"},
		{401, "", false, false, false, "token"},
		{403, "", false, false, false, "token"},
		{404, "", false, false, false, "plan again"},
		{408, "", true, true, false, "refuses"},
		{409, "", false, false, false, "plan again"},
		{412, "", false, false, false, "plan again"},
		{413, "", false, false, false, "members_per_request"},
		{429, "", true, false, true, "requests_per_second"},
		{500, "", true, true, false, "later"},
		{500, rate, true, true, true, "requests_per_second"},
		{501, "", false, true, false, "later"},
		{502, "", true, true, false, "later"},
		{503, "", true, true, false, "later"},
		{504, "", true, true, false, "later"},
	} {
		w := handle(t, always(tc.status, scim, tc.body))
		var e *scimdst.Error
		if _, err := w.Do(t.Context(), ada(), nil); !errors.As(err, &e) {
			t.Fatalf("status %d: %v", tc.status, err)
		}
		if e.Status != tc.status || e.Temporary() != tc.temporary || e.Unknown() != tc.unknown || e.Throttled() != tc.throttled {
			t.Errorf("%d: status %d, temporary %t, unknown %t, throttled %t", tc.status, e.Status, e.Temporary(), e.Unknown(), e.Throttled())
		}
		if !strings.Contains(e.Hint(), tc.hint) {
			t.Errorf("%d: the hint is %q, want one about %q", tc.status, e.Hint(), tc.hint)
		}
		if _, err := w.Get(t.Context(), plan.Person, "1"); !errors.As(err, &e) || e.Unknown() {
			t.Errorf("%d: reading is unknown: %v", tc.status, err)
		}
	}
}

func TestErrorText(t *testing.T) {
	t.Parallel()
	_, w := start(t, scimtest.Options{})
	create(t, w, ada())
	_, err := w.Do(t.Context(), person("other", adaName), nil)
	want := `create person ada@example.com: POST /Users: 409 Conflict (uniqueness): userName "ada@example.com" is taken`
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

func TestDetailIsFitToPrint(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("ä", 2000)
	for name, tc := range map[string]struct{ body, want string }{
		"SCIM":               {`{"detail":"no\n\u001b[31mway\u202e","status":"400"}`, "no [31mway"},
		"text":               {"  sorry,\r\n\tno ", "sorry, no"},
		"JSON of other kind": {`{"error":"no"}`, `{"error":"no"}`},
		"nothing":            {"", ""},
		"long":               {long, long[:500] + "…"},
		"not UTF-8":          {"a\xff\xfeb", "ab"},
		"detail of no kind":  {`{"detail":{"a":1}}`, `{"detail":{"a":1}}`},
		"a whole web page":   {"<html>" + strings.Repeat("x", 100_000), "<html>" + strings.Repeat("x", 494) + "…"},
	} {
		w := handle(t, always(400, scim, tc.body))
		_, err := w.Do(t.Context(), ada(), nil)
		var e *scimdst.Error
		if !errors.As(err, &e) || e.Detail != tc.want {
			t.Errorf("%s: the detail is %q, want %q", name, e.Detail, tc.want)
		}
	}
}

func TestRetryAfterIsRead(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]time.Duration{
		"3": 3 * time.Second, "0.5": 500 * time.Millisecond, "": 0,
		"Mon, 23 Nov 2026 17:00:30 GMT": 30 * time.Second,
	} {
		s, w := start(t, scimtest.Options{})
		h := http.Header{"Retry-After": {value}, "Date": {"Mon, 23 Nov 2026 17:00:00 GMT"}}
		s.Inject(scimtest.Fault{Trouble: scimtest.StatusBefore, Status: 429, Header: h})
		_, err := w.Do(t.Context(), ada(), nil)
		var e *scimdst.Error
		if !errors.As(err, &e) || e.RetryAfter() != want {
			t.Errorf("Retry-After %q: %v, %s, want %s", value, err, e.RetryAfter(), want)
		}
	}
}

// TestTransportFailures: what net/http reports, by whether the request may
// have arrived and whether it may go better next time.
func TestTransportFailures(t *testing.T) {
	t.Parallel()
	s, _ := start(t, scimtest.Options{})
	s.Inject(scimtest.Fault{Trouble: scimtest.Hang, Times: -1})
	slow := config(s.URL)
	slow.Timeout = 50 * time.Millisecond

	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := config("http://" + l.Addr().String())
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}

	var e *scimdst.Error
	_, err = writer(t, slow).Do(t.Context(), ada(), nil)
	if !errors.As(err, &e) || !e.Temporary() || !e.Unknown() || !strings.Contains(e.Hint(), "timeout") {
		t.Errorf("too slow: %v, temporary %t, unknown %t, %s", err, e.Temporary(), e.Unknown(), e.Hint())
	}
	_, err = writer(t, nobody).Do(t.Context(), ada(), nil)
	if !errors.As(err, &e) || !e.Temporary() || e.Unknown() || !errors.Is(err, syscall.ECONNREFUSED) || !strings.Contains(e.Hint(), "listens") {
		t.Errorf("refused: %v, temporary %t, unknown %t, %s", err, e.Temporary(), e.Unknown(), e.Hint())
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = writer(t, config(s.URL)).Do(ctx, ada(), nil)
	if !errors.As(err, &e) || e.Temporary() || e.Unknown() || !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled before: %v, temporary %t, unknown %t", err, e.Temporary(), e.Unknown())
	}
}

// TestCancelWhileSent: a change that is under way is finished when its caller
// wants to end; a reading is not.
func TestCancelWhileSent(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	w := handle(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		cancel()
		always(http.StatusCreated, scim, user1)(w, r)
	})
	if outcome, err := w.Do(ctx, ada(), nil); err != nil || outcome.RemoteID != "1" {
		t.Errorf("a change: %+v, %v", outcome, err)
	}
	ctx, stop := context.WithCancel(t.Context())
	w = handle(t, func(_ http.ResponseWriter, r *http.Request) {
		stop()
		<-r.Context().Done()
	})
	var e *scimdst.Error
	if _, err := w.Get(ctx, plan.Person, "1"); !errors.As(err, &e) || !errors.Is(err, context.Canceled) || e.Temporary() || e.Unknown() {
		t.Errorf("a reading: %v", err)
	}
}

// TestNoErrorHoldsTheToken is law 8, for a service and a network that repeat
// everything they are told.
func TestNoErrorHoldsTheToken(t *testing.T) {
	t.Parallel()
	split := token[:4] + "\u202e" + token[4:]
	handlers := map[string]http.HandlerFunc{
		"detail":         always(400, scim, `{"detail":"bad token `+token+`","scimType":"`+token+`"}`),
		"escaped detail": always(400, scim, `{"detail":"bad token \u0073`+token[1:]+`"}`),
		"text":           always(500, "text/plain", strings.Repeat("x", 495)+token),
		"hidden":         always(400, scim, `{"detail":"`+split+`"}`),
		"content type":   always(200, "text/"+token, token),
		"not SCIM":       always(200, scim, `{"`+token+`"`),
		"a total":        always(200, scim, `{"totalResults":"`+token+`"}`),
		"an id":          always(200, scim, `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"`+token+`"}`),
		"an external id": always(201, scim, `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"1","externalId":"`+token+`"}`),
		"redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://127.0.0.1:1/?"+token, http.StatusFound)
		},
		"no HTTP": func(w http.ResponseWriter, _ *http.Request) {
			conn, _, err := http.NewResponseController(w).Hijack()
			if err == nil {
				_, _ = fmt.Fprintf(conn, "%s\r\n\r\n", token)
				_ = conn.Close()
			}
		},
		"a broken header": func(w http.ResponseWriter, _ *http.Request) {
			conn, _, err := http.NewResponseController(w).Hijack()
			if err == nil {
				_, _ = fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\n%s\r\n\r\n", token)
				_ = conn.Close()
			}
		},
	}
	for name, h := range handlers {
		w := handle(t, h)
		for what, err := range everything(t.Context(), w) {
			if err != nil {
				mustNotHold(t, name+": "+what, err)
			}
		}
	}
	for name, give := range map[string]func() (string, error){
		"the source repeats it": func() (string, error) { return token, errors.New("no use for " + token) },
		"a line break":          func() (string, error) { return token + "\r\nX-Evil: 1", nil },
		"empty":                 func() (string, error) { return "", nil },
	} {
		c := config("http://127.0.0.1:1")
		c.Token = give
		for what, err := range everything(t.Context(), writer(t, c)) {
			if err == nil {
				t.Errorf("%s: %s: no error", name, what)
				continue
			}
			mustNotHold(t, name+": "+what, err)
		}
	}
}

// everything asks for all that a Writer can do.
func everything(ctx context.Context, w *scimdst.Writer) map[string]error {
	errs := map[string]error{}
	_, errs["create"] = w.Do(ctx, ada(), nil)
	_, errs["update"] = w.Do(ctx, update("1", "title", "", "x"), nil)
	_, errs["get"] = w.Get(ctx, plan.Person, "1")
	_, errs["list"] = w.List(ctx, plan.Person, func(plan.Resource) error { return nil })
	_, errs["check"] = w.Check(ctx)
	_, _, errs["look"] = w.Look(ctx, ada(), nil)
	for what, err := range errs {
		if err == nil && what == "create" {
			delete(errs, what) // some of the answers are good for a creation
		}
	}
	return errs
}

// mustNotHold looks at an error as deep as it goes, and as any verb prints it.
func mustNotHold(t *testing.T, what string, err error) {
	t.Helper()
	for e := err; e != nil; e = errors.Unwrap(e) {
		if text := fmt.Sprintf("%v %+v %#v", e, e, e); strings.Contains(text, token) {
			t.Errorf("%s: %s", what, text)
		}
	}
}
