package scimdst

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
)

const (
	mediaType     = "application/scim+json" // RFC 7644 §3.1
	largestAnswer = 64 << 20
	longestBlank  = 1 << 20
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
	base   string
	access access
	// headers are further ones, and what in them is secret.
	headers func() (http.Header, secrets, error)
	http    *http.Client
	// throttled are the statuses beside 429 that ask to slow down where they
	// come with a Retry-After.
	throttled []int
}

// send makes one request and hands a 2xx to read, which need not close the
// body. Every error is an *Error.
func (c *client) send(ctx context.Context, call call, read func(*http.Response) error) error {
	header, hide, err := c.access.ask()
	more, further, err := c.further(err)
	hide = append(append(hide, further...), call.password)
	if err != nil {
		var may interface{ Temporary() bool }
		return &Error{
			Op: call.op, Method: call.method, Path: call.path, Err: hide.without(err),
			temporary: errors.As(err, &may) && may.Temporary(),
		}
	}
	var sent wire
	req, err := c.request(httptrace.WithClientTrace(ctx, sent.trace()), call, more)
	if err != nil {
		return &Error{Op: call.op, Method: call.method, Path: call.path, Err: hide.without(err)}
	}
	if header != "" {
		req.Header.Set("Authorization", header)
	}
	resp, err := c.http.Do(req)
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
		if e.Status == http.StatusUnauthorized && c.access.refused != nil && c.access.refused(header) {
			e.renewable, e.temporary = true, true
		}
		return e
	}
	if c.access.took != nil {
		c.access.took(header)
	}
	if err := read(resp); err != nil {
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

func (c *client) request(ctx context.Context, call call, more http.Header) (*http.Request, error) {
	target := c.base + call.path
	if len(call.query) > 0 {
		target += "?" + escapeQuery(call.query)
	}
	var body io.Reader
	if call.body != nil {
		body = bytes.NewReader(call.body)
	}
	req, err := http.NewRequestWithContext(ctx, call.method, target, body)
	if err != nil {
		return nil, err
	}
	maps.Copy(req.Header, more)
	req.Header.Set("Accept", mediaType+", application/json;q=0.9")
	if call.body != nil {
		req.Header.Set("Content-Type", mediaType)
	}
	if call.ifMatch != "" {
		req.Header.Set("If-Match", call.ifMatch) // RFC 7644 §3.14
	}
	return req, nil
}

// escapeQuery writes a space as %20: not everybody reads the + of HTML forms.
func escapeQuery(q url.Values) string { return strings.ReplaceAll(q.Encode(), "+", "%20") }

// wire notes whether a request may have left this machine.
type wire struct{ written atomic.Bool }

func (w *wire) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{WroteHeaders: func() { w.written.Store(true) }}
}

func (w *wire) touched() bool { return w.written.Load() }

// readJSON returns the body of an answer that must be SCIM.
func readJSON(resp *http.Response) ([]byte, error) {
	body, err := scimBody(resp)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(body)
}

// scimBody returns the body of an answer that calls itself SCIM. Plain
// application/json is let through: many services say no more.
func scimBody(resp *http.Response) (io.Reader, error) {
	kind, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if err != nil || kind != mediaType && kind != "application/json" {
		return nil, fmt.Errorf("the answer is %q and not %s", resp.Header.Get("Content-Type"), mediaType)
	}
	return &bounded{next: resp.Body, left: largestAnswer}, nil
}

// bounded fails, unlike io.LimitReader, when there is more than allowed, or
// when too much of it in a row is blank: a JSON decoder looks at that again and
// again.
type bounded struct {
	next  io.Reader
	left  int
	blank int
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, fmt.Errorf("the answer is larger than %d MiB", largestAnswer>>20)
	}
	n, err := b.next.Read(p[:min(len(p), b.left)])
	b.left -= n
	if b.blank += n; len(bytes.TrimLeft(p[:n], " \t\r\n")) > 0 {
		b.blank = 0
	}
	if b.blank > longestBlank {
		return 0, errors.New("the answer goes on and on with nothing in it")
	}
	return n, err
}
