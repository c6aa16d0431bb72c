package scimdst

import (
	"bytes"
	"context"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
)

const (
	mediaType = "application/scim+json" // RFC 7644 §3.1
	// longestDrain is what is read of a body that nobody wants, so that its
	// connection can be used again.
	longestDrain = 256 << 10
)

// call is one request to be made.
type call struct {
	op     string
	method string
	path   string // below the base, escaped
	query  url.Values
	body   []byte
	// ifMatch is the version that the object must have, or "".
	ifMatch string
	// password is in the body and nowhere else.
	password string
}

func (c call) writes() bool { return c.method != http.MethodGet }

// client sends calls to one service. It is safe for concurrent use.
type client struct {
	base   *url.URL
	access access
	// refused is [Config.Refused], or nil.
	refused func()
	// headers are further ones, and what in them is secret.
	headers func() (http.Header, secrets, error)
	// way is not an http.Client, which follows redirects and keeps cookies.
	way http.RoundTripper
	// rooms holds *room for answers.
	rooms *sync.Pool
	// throttled are the statuses beside 429 that ask to slow down where they
	// come with a Retry-After.
	throttled []int
}

// send makes one request and hands a 2xx to read, which need not close the
// body and keeps nothing of it. Redirects are not followed: the token must not
// go elsewhere. Every error is an *Error.
func (c *client) send(ctx context.Context, call call, read func(*answer) error) error {
	header, hide, err := c.access.ask()
	more, further, err := c.further(err)
	hide = append(hide, further...)
	if call.password != "" {
		hide = append(hide, call.password)
	}
	if err != nil {
		var may interface{ Temporary() bool }
		passes := errors.As(err, &may) && may.Temporary()
		return &Error{
			Op: call.op, Method: call.method, Path: call.path, Err: hide.without(err),
			temporary: passes, noAccess: !passes,
		}
	}
	var sent wire
	req, err := c.request(httptrace.WithClientTrace(ctx, sent.trace()), call, header, more)
	if err != nil {
		return &Error{Op: call.op, Method: call.method, Path: call.path, Err: hide.without(err)}
	}
	resp, err := c.way.RoundTrip(req)
	if err != nil {
		return transportError(ctx, call, err, &sent, hide)
	}
	defer func() {
		// Only for the sake of the connection: what was wanted has been read.
		_, _ = io.CopyN(io.Discard, resp.Body, longestDrain)
		_ = resp.Body.Close()
	}()
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		e := c.statusError(call, resp, hide)
		if c.refused != nil && (e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden) {
			c.refused()
		}
		if e.Status == http.StatusUnauthorized && c.access.refused != nil && c.access.refused(header) {
			e.renewable, e.temporary = true, true
		}
		return e
	}
	if c.access.took != nil {
		c.access.took(header)
	}
	a := answer{Response: resp, rooms: c.rooms}
	defer a.release()
	if err := read(&a); err != nil {
		return answerError(ctx, call, resp.StatusCode, err, hide)
	}
	return nil
}

// further returns the further headers, unless there is an error already.
func (c *client) further(err error) (http.Header, secrets, error) {
	if err != nil || c.headers == nil {
		return nil, nil, err
	}
	return c.headers()
}

// request makes the request. Who is the value of the Authorization header, or
// "" for none.
func (c *client) request(ctx context.Context, call call, who string, more http.Header) (*http.Request, error) {
	target, err := c.target(call)
	if err != nil {
		return nil, err
	}
	var body io.Reader
	if call.body != nil {
		body = bytes.NewReader(call.body) // one that net/http knows goes in one piece with the head
	}
	req, err := http.NewRequestWithContext(ctx, call.method, "", body)
	if err != nil {
		return nil, err
	}
	req.URL, req.Host = target, target.Host
	maps.Copy(req.Header, more)
	req.Header["Accept"] = []string{mediaType + ", application/json;q=0.9"}
	if call.body != nil {
		req.Header["Content-Type"] = []string{mediaType}
	}
	if call.ifMatch != "" {
		req.Header["If-Match"] = []string{call.ifMatch} // RFC 7644 §3.14
	}
	if who != "" {
		req.Header["Authorization"] = []string{who}
	}
	return req, nil
}

// target is where the call goes. Where nothing is escaped it need not be parsed.
func (c *client) target(call call) (*url.URL, error) {
	if len(call.query) == 0 && isPlain(call.path) && c.base.RawPath == "" {
		u := *c.base
		u.Path += call.path
		return &u, nil
	}
	target := c.base.String() + call.path
	if len(call.query) > 0 {
		target += "?" + escapeQuery(call.query)
	}
	return url.Parse(target)
}

// isPlain: the path says the same with and without escapes.
func isPlain(path string) bool {
	for _, c := range []byte(path) {
		if !isLetter(c) && !isDigit(c) && c != '/' && c != '-' && c != '_' && c != '.' {
			return false
		}
	}
	return true
}

// escapeQuery writes a space as %20: not everybody reads the + of HTML forms.
func escapeQuery(q url.Values) string { return strings.ReplaceAll(q.Encode(), "+", "%20") }

// wire notes whether a request may have left this machine.
type wire struct{ written atomic.Bool }

func (w *wire) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{WroteHeaders: func() { w.written.Store(true) }}
}

func (w *wire) touched() bool { return w.written.Load() }
