package ldapsrc

import (
	"context"
	"errors"
	"fmt"

	"github.com/go-ldap/ldap/v3"
)

// Error is a failure of the directory, or of the way to it.
type Error struct {
	// Op and Subject say what was done and to what: "bind as", "cn=reader,…".
	Op, Subject string
	// Err is the cause: an [*ldap.Error] when the server refused, otherwise
	// of crypto/x509, net or io.
	Err error
	// Advice says what to do, or is empty.
	Advice string
}

func (e *Error) Error() string { return e.Op + " " + e.Subject + ": " + e.Err.Error() }

func (e *Error) Unwrap() error { return e.Err }

// Hint returns a sentence on how to mend it, or "".
func (e *Error) Hint() string { return e.Advice }

// fail makes the error that a caller sees.
func (s *Source) fail(ctx context.Context, op, subject string, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("%s %s: %w", op, subject, ctx.Err())
	}
	if already, ok := errors.AsType[*Error](err); ok {
		return already // of a connection that was made again
	}
	return &Error{Op: op, Subject: subject, Err: err, Advice: s.config.advice(err)}
}

// incomplete returns, in words, why a search that ended with code was not read
// to its end, or "" when the code is not one of those.
func incomplete(r result) string {
	switch r.code {
	case ldap.LDAPResultTimeLimitExceeded:
		return "the server stopped at its time limit (result 3)"
	case ldap.LDAPResultSizeLimitExceeded:
		return "the server stopped at its size limit (result 4); the limit for this bind_dn has to be lifted"
	case ldap.LDAPResultReferral:
		return "the server referred to " + first(r.referrals, "another server") + ", which was not followed (result 10)"
	case ldap.LDAPResultAdminLimitExceeded:
		return "the server stopped at an administrative limit (result 11); a lower page_size or a lifted limit may help"
	}
	return ""
}

func first(list []string, otherwise string) string {
	if len(list) == 0 {
		return otherwise
	}
	return list[0]
}
