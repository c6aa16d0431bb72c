package migrate

import (
	"context"
	"errors"
	"time"
)

// sign is what an answer says of the destination, whatever it says of the
// step.
type sign int

const (
	// taken: it does its work, be it by refusing this one request.
	taken sign = iota
	// trouble: there was no answer, or one that says that the service is in
	// trouble.
	trouble
	// tooMany: it asks for fewer requests.
	tooMany
	// forbidden: it refuses this request for want of a right, which may be true
	// of all.
	forbidden
	// denied: it refuses who asks.
	denied
	// unsent: nothing was asked, so nothing is known.
	unsent
)

func signOf(err error) sign {
	switch {
	case err == nil:
		return taken
	case isThrottled(err):
		return tooMany
	case is(err, refusing.AccessDenied):
		return denied
	case is(err, forbidding.Forbidden):
		return forbidden
	case isTemporary(err), isUnknown(err):
		return trouble
	case isEnd(err):
		return unsent
	}
	return taken
}

// isWithheld tells whether a request did not go out, since ctx ended before.
func isWithheld(ctx context.Context, err error) bool {
	return ctx.Err() != nil && isEnd(err) && !isUnknown(err) && !isTemporary(err)
}

// isEnd tells whether an error is that of a context.
func isEnd(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// is asks the first error of the chain that has the method.
func is[T any](err error, says func(T) bool) bool {
	var t T
	return errors.As(err, &t) && says(t)
}

func isTemporary(err error) bool { return is(err, temporary.Temporary) }

func isThrottled(err error) bool { return is(err, throttled.Throttled) }

func isUnknown(err error) bool { return is(err, uncertain.Unknown) }

// hint is how long the destination asked to wait, or 0.
func hint(err error) time.Duration {
	var ra retryAfter
	if errors.As(err, &ra) {
		return ra.RetryAfter()
	}
	return 0
}
