package scimdst

import (
	"errors"
	"net/http"
	"sync"

	"ldap2scim/plan"
)

// limits are the most members of one request that a service was seen to take,
// where that is less than the profile says.
type limits struct {
	mu   sync.Mutex
	seen map[plan.Action]int
}

func (l *limits) of(p Profile, a plan.Action) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	if n := l.seen[a]; n > 0 {
		return min(n, p.limit(a))
	}
	return p.limit(a)
}

func (l *limits) learn(a plan.Action, n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.seen == nil {
		l.seen = map[plan.Action]int{}
	}
	l.seen[a] = n
}

// mayBeTooMany: the request may be refused for the number of its members. A
// 400 may say so or anything else: services mislead about the reason.
func mayBeTooMany(err error) bool {
	var e *Error
	if !errors.As(err, &e) || e.Unknown() || e.Throttled() {
		return false
	}
	return e.Status == http.StatusBadRequest || e.Status == http.StatusRequestEntityTooLarge ||
		e.Status == http.StatusUnprocessableEntity
}
