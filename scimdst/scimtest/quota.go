package scimtest

import (
	"net/http"
	"strconv"
	"time"
)

// Quota bounds the writing requests of any stretch of time of the length Per.
// More are answered with 429.
type Quota struct {
	Requests int
	// Clock says what time it is.
	Clock func() time.Time
	Per   time.Duration
	// Hints adds a Retry-After, in whole seconds.
	Hints bool

	log []time.Time
}

// Refused returns how many requests were refused for the quota.
func (s *Server) Refused() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.refused
}

// exceeds returns the answer to a request that is too much, or nil; the
// server's lock is held.
func (q *Quota) exceeds(r *http.Request) *reply {
	if q.Requests == 0 || r.Method == http.MethodGet {
		return nil
	}
	now := q.Clock()
	for len(q.log) > 0 && now.Sub(q.log[0]) >= q.Per {
		q.log = q.log[1:]
	}
	if len(q.log) < q.Requests {
		q.log = append(q.log, now)
		return nil
	}
	rep := errorReply(problem(http.StatusTooManyRequests, "", "too many requests"))
	if q.Hints {
		left := q.log[0].Add(q.Per).Sub(now)
		rep.header = http.Header{"Retry-After": {strconv.Itoa(int((left + time.Second - 1) / time.Second))}}
	}
	return &rep
}
