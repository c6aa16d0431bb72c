package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// exposition is OpenMetrics text in the making (OpenMetrics 1.0.0).
type exposition struct{ text strings.Builder }

// family begins a metric: counter or gauge, with its unit where it has one.
func (x *exposition) family(kind, name, unit, help string) {
	fmt.Fprintf(&x.text, "# TYPE %s %s\n", name, kind)
	if unit != "" {
		fmt.Fprintf(&x.text, "# UNIT %s %s\n", name, unit)
	}
	fmt.Fprintf(&x.text, "# HELP %s %s\n", name, help)
}

// sample is one value of the family. The labels are whole: outcome="done".
func (x *exposition) sample(name, labels string, value float64) {
	if labels != "" {
		labels = "{" + labels + "}"
	}
	fmt.Fprintf(&x.text, "%s%s %s\n", name, labels, strconv.FormatFloat(value, 'f', -1, 64))
}

func (x *exposition) gauge(name, unit, help string, value float64) {
	x.family("gauge", name, unit, help)
	x.sample(name, "", value)
}

func (x *exposition) counter(name, unit, help string, value float64) {
	x.family("counter", name, unit, help)
	x.sample(name+"_total", "", value)
}

// openMetrics is where the run stands, by what docs/watching.md names.
func (t *tally) openMetrics(now time.Time) string {
	x := &exposition{}
	x.family("counter", "ldap2scim_steps", "", "Steps of the plan that this run has settled.")
	x.sample("ldap2scim_steps_total", `outcome="done"`, float64(t.done))
	x.sample("ldap2scim_steps_total", `outcome="failed"`, float64(t.failed))
	x.sample("ldap2scim_steps_total", `outcome="unknown"`, float64(t.unknown))
	x.family("counter", "ldap2scim_requests", "", "Requests that were sent for steps, by what became of them.")
	for _, r := range results() {
		x.sample("ldap2scim_requests_total", fmt.Sprintf("result=%q", string(r)), float64(t.requests[r]))
	}
	x.counter("ldap2scim_retries", "", "Requests that were sent once more for the same step.", float64(t.retries))
	x.counter("ldap2scim_throttled_seconds", "seconds", "Time in which a step waited because there had been too many requests.", t.throttledFor(now).Seconds())
	x.gauge("ldap2scim_steps_pending", "", "Steps that this run has not settled.", float64(t.pending()))
	x.gauge("ldap2scim_steps_sending", "", "Steps whose request is under way.", float64(t.count(turnSending)))
	x.gauge("ldap2scim_steps_waiting", "", "Steps that wait to be sent once more.", float64(t.count(turnWaiting, turnRefused)))
	x.gauge("ldap2scim_concurrency_limit", "", "The most requests at a time that the destination was seen to take, 0 when it has refused none.", float64(t.atATime))
	x.gauge("ldap2scim_request_rate", "", "Requests a second in the last ten seconds.", t.sent.rate(now))
	x.gauge("ldap2scim_quota_rate", "", "Requests a second that the profile and the operator allow, 0 for any number.", t.allowed())
	x.gauge("ldap2scim_learnt_rate", "", "Requests a second after the last refusal for their number, 0 when there was none.", t.learnt)
	x.gauge("ldap2scim_paused", "", "1 while the operator has paused the run.", truthOf(t.paused))
	x.gauge("ldap2scim_down", "", "1 while nothing gets through to the destination.", truthOf(t.down))
	x.gauge("ldap2scim_start_time_seconds", "seconds", "When the run began, since the Unix epoch.", float64(t.started.UnixMilli())/1000)
	return x.text.String() + "# EOF\n"
}

func truthOf(so bool) float64 {
	if so {
		return 1
	}
	return 0
}
