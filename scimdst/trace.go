package scimdst

import (
	"net/http"
	"slices"
	"strings"
)

// Exchange is one request and its answer, without what is secret and without
// bodies, which are about people.
type Exchange struct {
	Method string
	// URL is the whole of it. A filter in it names somebody.
	URL string
	// Sent and Received are the headers. Those that say who asks, and cookies,
	// have their values replaced.
	Sent, Received http.Header
	// BodySize is that of the request in bytes, or -1 when it is not known.
	BodySize int64
	// Status is 0 when there was no answer, and Err says why.
	Status int
	Err    error
}

// traced tells of each exchange, when the head of the answer has come.
type traced struct {
	next http.RoundTripper
	tell func(Exchange)
	// secret are the names of further headers that are not told.
	secret []string
}

func (t *traced) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := t.next.RoundTrip(r)
	e := Exchange{Method: r.Method, URL: r.URL.Redacted(), Sent: t.redacted(r.Header), BodySize: r.ContentLength, Err: err}
	if resp != nil {
		e.Status, e.Received = resp.StatusCode, t.redacted(resp.Header)
	}
	t.tell(e)
	return resp, err
}

func (t *traced) redacted(h http.Header) http.Header {
	h = h.Clone()
	for name := range h {
		isSecret := slices.ContainsFunc(t.secret, func(s string) bool { return strings.EqualFold(s, name) })
		switch {
		case isSecret, name == "Authorization", name == "Cookie", name == "Set-Cookie", name == "Proxy-Authorization", name == "Www-Authenticate":
			h[name] = []string{"***"}
		}
	}
	return h
}
