package entra

import (
	"cmp"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Error is a request that did not go as it should. Its text holds no secret.
type Error struct {
	Method string
	// Path is that of the request, without its query.
	Path string
	// Status is that of the answer, or 0 when there was none.
	Status int
	// Code and Message are what Graph said.
	Code, Message string
	// Wait is how long Graph asked to wait, or 0.
	Wait time.Duration
	// Err is the cause where it was not an answer.
	Err error
	// replicating: what is asked about was just made, and is not seen yet.
	replicating bool
}

func (e *Error) Error() string {
	parts := []string{e.Method + " " + e.Path}
	if e.Status != 0 {
		parts = append(parts, strings.TrimSpace(fmt.Sprintf("%d %s", e.Status, cmp.Or(e.Code, http.StatusText(e.Status)))))
	}
	if e.Message != "" {
		parts = append(parts, e.Message)
	}
	if e.Err != nil {
		parts = append(parts, e.Err.Error())
	}
	return strings.Join(parts, ": ")
}

func (e *Error) Unwrap() error { return e.Err }

// Temporary reports whether the same request may succeed later.
func (e *Error) Temporary() bool {
	switch e.Status {
	case 0, http.StatusRequestTimeout, http.StatusTooManyRequests, http.StatusConflict, http.StatusLocked,
		http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return e.replicating
}

// RetryAfter is how long Graph asked to wait, or 0.
func (e *Error) RetryAfter() time.Duration { return e.Wait }

// Throttled reports whether there were too many requests.
func (e *Error) Throttled() bool { return e.Status == http.StatusTooManyRequests }

// Unknown reports whether a request that writes may have had its effect.
func (e *Error) Unknown() bool {
	if e.Method == http.MethodGet {
		return false
	}
	return e.Status == 0 || e.Status >= http.StatusInternalServerError && e.Status != http.StatusServiceUnavailable || e.Status == http.StatusRequestTimeout
}

// AccessDenied reports whether the token is refused (401), so that no request
// will be taken.
func (e *Error) AccessDenied() bool { return e.Status == http.StatusUnauthorized }

// Forbidden reports whether a permission is missing (403), for this request or
// for all of its kind.
func (e *Error) Forbidden() bool { return e.Status == http.StatusForbidden }

// Said is what Graph said.
func (e *Error) Said() string { return e.Message }

// Hint says what to do.
func (e *Error) Hint() string {
	switch e.Status {
	case http.StatusUnauthorized:
		return "Sign in again: the token has expired, or is for another tenant or cloud than destination.entra says."
	case http.StatusForbidden:
		if names := needed(e.Method, e.Path); names != "" {
			return "Grant the application " + names + ", as an application permission with admin consent; ldap2scim check lists what is missing."
		}
		return "Grant the missing permission, with admin consent; ldap2scim check lists what is missing."
	}
	return ""
}

// already tells whether an answer says that what was to be added is there.
func (e *Error) already() bool {
	return e.Status == http.StatusBadRequest && strings.Contains(e.Message, "already exist")
}

// RefusedError is something that was answered and means no: it is final.
type RefusedError struct {
	What   string
	Advice string
}

func (e *RefusedError) Error() string { return e.What }

// Hint says what to do.
func (e *RefusedError) Hint() string { return e.Advice }

// notYet is something that was made and is not seen yet.
type notYet struct {
	what string
	wait time.Duration
}

func (e *notYet) Error() string { return e.what + " is not seen yet" }

func (e *notYet) Temporary() bool { return true }

func (e *notYet) RetryAfter() time.Duration { return e.wait }
