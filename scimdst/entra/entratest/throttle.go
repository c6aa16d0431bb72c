package entratest

import (
	"cmp"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"time"
)

// quota counts what was used of the limits.
type quota struct {
	limits                      Limits
	units, writes, demand, logs span
}

// span is what was used since a moment.
type span struct {
	since time.Time
	used  int
}

// take uses some of a limit, or says how long to wait. A negative limit has no
// end.
func (u *span) take(now time.Time, amount, limit int, in time.Duration) (time.Duration, bool) {
	if limit < 0 {
		return 0, true
	}
	if now.Sub(u.since) >= in {
		u.since, u.used = now, 0
	}
	if u.used+amount > limit {
		return in - now.Sub(u.since), false
	}
	u.used += amount
	return 0, true
}

// charge takes the request's cost off the quotas and returns the headers that
// say so.
//
// Source: learn.microsoft.com/graph/throttling-limits, identity and access.
func (s *Server) charge(r route, c *call) (http.Header, error) {
	now, l := s.world.now(), s.quota.limits
	if r.quota != "" {
		return nil, s.chargeOwn(r.quota, now)
	}
	if r.cost == 0 {
		return nil, nil
	}
	cost := cost(r, c)
	limit := cmp.Or(l.Units, s.units())
	if c.Method != http.MethodGet {
		if wait, ok := s.quota.writes.take(now, 1, l.Writes, l.WritesIn); !ok {
			return nil, tooMany(wait, s.scope(c, "Write"), "WriteLimitExceeded")
		}
	}
	wait, ok := s.quota.units.take(now, cost, limit, l.UnitsIn)
	if !ok {
		return nil, tooMany(wait, s.scope(c, "ReadWrite"), "ResourceUnitLimitExceeded")
	}
	h := http.Header{"X-Ms-Resource-Unit": {strconv.Itoa(cost)}}
	if share := float64(s.quota.units.used) / float64(limit); limit > 0 && share >= 0.8 {
		h.Set("x-ms-throttle-limit-percentage", fmt.Sprintf("%.1f", share))
	}
	return h, nil
}

func (s *Server) chargeOwn(which string, now time.Time) error {
	l := s.quota.limits
	u, limit, in := &s.quota.logs, l.Logs, l.LogsIn
	if which == "demand" {
		u, limit, in = &s.quota.demand, l.OnDemand, l.OnDemandIn
	}
	if wait, ok := u.take(now, 1, limit, in); !ok {
		return tooMany(wait, "", "")
	}
	return nil
}

// cost is what a request takes: less by one with $select, more by one with
// $expand, less by one for a page under 20; never less than 1.
func cost(r route, c *call) int {
	n := r.cost
	if c.option("$select") != "" {
		n--
	}
	if top, err := strconv.Atoi(c.option("$top")); err == nil && top < 20 {
		n--
	}
	return max(n, 1)
}

// units is the limit by the tenant's size.
func (s *Server) units() int {
	switch n := len(s.world.users); {
	case n < 50:
		return 3500
	case n <= 500:
		return 5000
	default:
		return 8000
	}
}

func (s *Server) scope(c *call, what string) string {
	return fmt.Sprintf("Tenant_Application/%s/%s/%s", what, c.client.ID, s.options.Tenant)
}

func tooMany(wait time.Duration, scope, information string) error {
	h := http.Header{"Retry-After": {strconv.Itoa(int(math.Ceil(wait.Seconds())))}}
	if scope != "" {
		h.Set("x-ms-throttle-scope", scope)
		h.Set("x-ms-throttle-information", information)
	}
	return &graphError{status: http.StatusTooManyRequests, code: "TooManyRequests", message: "Please retry again later.", header: h}
}
