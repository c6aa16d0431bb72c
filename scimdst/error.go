package scimdst

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"syscall"
	"time"
)

// Error is a request that did not go as it should. Its text never holds the
// token.
type Error struct {
	// Op says what was being done and to whom: create person ada@example.com.
	Op     string
	Method string
	// Path is below the base URL and without the query.
	Path string
	// Status is that of the answer, or 0 when there was none. A 2xx here means
	// that the answer's body was not what it should have been.
	Status int
	// ScimType is the service's error code (RFC 7644 §3.12), or "".
	ScimType string
	// Detail is what the service said: one line of at most 500 bytes, or "".
	Detail string
	// Err is the cause where it was not an answer, or what was wrong with it.
	Err error

	retryAfter time.Duration
	temporary  bool
	unknown    bool
	// asksToWait: the profile knows this status as one that asks to slow down,
	// and there was a Retry-After.
	asksToWait bool
	// renewable: the token was taken before, and can be renewed.
	renewable bool
	// noAccess: there was no token to be sent, and waiting a little for one
	// does not help.
	noAccess bool
}

func (e *Error) Error() string {
	parts := []string{e.Op, e.Method + " " + e.Path}
	if e.Status != 0 {
		status := fmt.Sprintf("%d %s", e.Status, http.StatusText(e.Status))
		if e.ScimType != "" {
			status += " (" + e.ScimType + ")"
		}
		parts = append(parts, strings.TrimSpace(status))
	}
	if e.Detail != "" {
		parts = append(parts, e.Detail)
	}
	if e.Err != nil {
		parts = append(parts, e.Err.Error())
	}
	return strings.Join(parts, ": ")
}

func (e *Error) Unwrap() error { return e.Err }

// Temporary reports whether the same request may succeed later: throttling,
// 408, 500, 502, 503, 504, and most failures of the network.
func (e *Error) Temporary() bool { return e.temporary }

// RetryAfter is how long the service asked to wait, at most a day, or 0 when
// it said nothing.
func (e *Error) RetryAfter() time.Duration { return e.retryAfter }

// Unknown reports whether a writing request may have had its effect although
// it failed. Look says whether it did.
func (e *Error) Unknown() bool { return e.unknown }

// AccessDenied reports whether the service does not take the token (401), so
// that it would refuse any other request too, or there is none to be had. A
// token that was taken before is renewed where it can be.
func (e *Error) AccessDenied() bool {
	return e.Status == http.StatusUnauthorized && !e.renewable || e.noAccess
}

// Forbidden reports whether the service refuses for want of a right (403),
// which may be about one object or about all.
func (e *Error) Forbidden() bool { return e.Status == http.StatusForbidden }

// Throttled reports whether the service asked to slow down: 429, or another
// error whose text says so.
func (e *Error) Throttled() bool {
	if e.Status == http.StatusTooManyRequests {
		return true
	}
	return e.Status >= 400 && (e.asksToWait ||
		says(e.Detail, "rate limit", "ratelimit", "rate_limit", "too many requests", "throttl"))
}

// Duplicate reports whether the service refused a name or id because somebody
// has it: 409, or another error that says so (RFC 7644 §3.12 has uniqueness).
// After a 500 the outcome is unknown all the same.
func (e *Error) Duplicate() bool {
	if e.Status == http.StatusConflict || strings.EqualFold(e.ScimType, "uniqueness") {
		return true
	}
	return e.Status >= 400 && says(e.Detail, "already exist", "already taken", "already in use", "already been taken",
		"duplicate", "is taken", "must be unique", "not unique", "_taken")
}

// Drifted reports whether the object was changed by somebody else since it was
// planned: the service refused the step (412), or it was seen before the step
// was sent.
func (e *Error) Drifted() bool {
	_, seen := errors.AsType[*drifted](e.Err)
	return seen || e.Status == http.StatusPreconditionFailed
}

// says reports whether the text has one of the words, in any case.
func says(text string, words ...string) bool {
	text = strings.ToLower(text)
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, w) })
}

// Hint says in one sentence what to do.
func (e *Error) Hint() string {
	if e.Throttled() {
		return "The service asks to slow down: lower requests_per_second."
	}
	if e.Drifted() {
		return "The object changed since it was planned: plan again."
	}
	if e.TookOthers() != nil {
		return "The service takes more than it is asked to: do not let it take members away, and plan again to add who is gone."
	}
	switch e.Status {
	case 0:
		return e.transportHint()
	case http.StatusUnauthorized, http.StatusForbidden:
		return "Check the token: it may be wrong, expired, or without the right to provision."
	case http.StatusNotFound:
		return "The object is gone or url is not the base of the SCIM service: check url and plan again."
	case http.StatusConflict:
		return "Something in the service already has this name or id: plan again so that it is seen."
	case http.StatusRequestEntityTooLarge:
		return "The request is too large for the service: lower members_per_request."
	}
	switch {
	case e.Status >= 500:
		return "The service is in trouble: try again later, and ask its operator if it stays so."
	case e.Status >= 400:
		return "The service refuses this request as it is: read its message and correct the mapping."
	case e.Status >= 300:
		return "Redirects are not followed: set url to the address that the service really has."
	}
	return "The answer is not what SCIM asks for: check url, and what stands between here and the service."
}

func (e *Error) transportHint() string {
	var cert *tls.CertificateVerificationError
	var timeout interface{ Timeout() bool }
	switch {
	case errors.As(e.Err, &cert):
		return "The certificate is not trusted: set ca_file to the authority that issued it."
	case errors.Is(e.Err, syscall.ECONNREFUSED):
		return "Nothing listens there: check url, and that the service is up."
	case errors.As(e.Err, &timeout) && timeout.Timeout():
		return "The service took too long: raise timeout, or lower page_size."
	}
	return "Check url, the network and the proxy."
}
