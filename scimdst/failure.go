package scimdst

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"unicode"
)

const (
	longestDetail    = 500
	longestErrorBody = 64 << 10
)

// statusError makes the error of an answer that is not a 2xx.
func (c *client) statusError(of call, resp *http.Response, hide secrets) *Error {
	body, _ := io.ReadAll(io.LimitReader(resp.Body, longestErrorBody)) // what came is enough
	e := parseErrorBody(body)
	e.retryAfter = RetryAfter(resp.Header)
	c.judge(e, of, resp.StatusCode, hide)
	return e
}

// judge completes an error with what its status and its text mean.
func (c *client) judge(e *Error, of call, status int, hide secrets) {
	e.Op, e.Method, e.Path, e.Status = of.op, of.method, of.path, status
	e.Detail, e.ScimType = clean(e.Detail, hide), clean(e.ScimType, hide)
	e.asksToWait = e.retryAfter > 0 && slices.Contains(c.throttled, e.Status)
	switch status {
	case http.StatusRequestTimeout, http.StatusInternalServerError, http.StatusBadGateway,
		http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		e.temporary = true
	default:
		e.temporary = e.Throttled()
	}
	e.unknown = of.writes() && (status >= 500 || status == http.StatusRequestTimeout)
}

// parseErrorBody reads an error as SCIM has it (RFC 7644 §3.12). A body of
// another kind is its own detail.
func parseErrorBody(body []byte) *Error {
	var scim struct {
		ScimType string `json:"scimType"`
		Detail   string `json:"detail"`
	}
	if json.Unmarshal(body, &scim) != nil || scim.Detail == "" && scim.ScimType == "" {
		return &Error{Detail: string(body)}
	}
	return &Error{ScimType: scim.ScimType, Detail: scim.Detail}
}

// clean makes a service's text fit to print: without secrets, on one line,
// not too long. The secrets go first, so that no part of them survives the cut.
func clean(text string, hide secrets) string {
	text = strings.ToValidUTF8(hide.redact(text), "")
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp) {
			return ' '
		}
		return r
	}, text)
	// Once more: what was dropped may have stood inside a secret.
	text = hide.redact(strings.Join(strings.Fields(text), " "))
	if len(text) <= longestDetail {
		return text
	}
	return strings.ToValidUTF8(text[:longestDetail], "") + "…"
}

// secrets are texts that no error and no trace may hold.
type secrets []string

// redact puts in a secret's place what cannot be part of a token (RFC 6750).
func (s secrets) redact(text string) string {
	for _, secret := range s {
		if secret != "" {
			text = strings.ReplaceAll(text, secret, "***")
		}
	}
	return text
}

// transportError makes the error of a request that got no answer. Sent says
// that some of it may have reached the service.
func transportError(ctx context.Context, c call, err error, sent *wire, hide secrets) *Error {
	return &Error{
		Op: c.op, Method: c.method, Path: c.path,
		Err:       hide.without(err),
		temporary: !endedBy(ctx, err) && mayPass(err),
		unknown:   c.writes() && sent.touched(),
	}
}

// answerError makes the error of a 2xx whose body was not right.
func answerError(ctx context.Context, c call, status int, err error, hide secrets) *Error {
	broken := errors.Is(err, io.ErrUnexpectedEOF) || isNetwork(err)
	var not *notTaken
	return &Error{
		Op: c.op, Method: c.method, Path: c.path, Status: status,
		Err:       hide.without(err),
		temporary: !endedBy(ctx, err) && broken,
		unknown:   c.writes() && !errors.As(err, &not),
	}
}

// endedBy tells whether a request ended since its context did.
func endedBy(ctx context.Context, err error) bool {
	return ctx.Err() != nil && errors.Is(err, ctx.Err())
}

// without gives up the chain of causes if their text holds a secret.
func (s secrets) without(err error) error {
	if text := err.Error(); s.redact(text) != text {
		return errors.New(clean(text, s))
	}
	return err
}

func isNetwork(err error) bool {
	var n net.Error
	return errors.As(err, &n)
}

// mayPass reports whether a failure of the transport may be gone next time.
// What certainly will not is listed; net/http has no types for most others. A
// certificate that is not trusted is the trouble of all requests and of no step:
// one that has expired in the middle of a run is renewed.
func mayPass(err error) bool {
	var record tls.RecordHeaderError
	var dns *net.DNSError
	switch {
	case errors.Is(err, errReadOnly), errors.As(err, &record):
		return false
	case errors.As(err, &dns):
		return !dns.IsNotFound
	}
	return true
}
