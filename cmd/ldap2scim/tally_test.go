package main

import (
	"errors"
	"strings"
	"testing"
	"time"

	"ldap2scim/configs"
	"ldap2scim/migrate"
	"ldap2scim/plan"
	"ldap2scim/scimdst"
	"ldap2scim/scimdst/entra"
)

// refusal is an error of a request.
type refusal struct{ throttled, unknown bool }

func (refusal) Error() string     { return "no" }
func (r refusal) Throttled() bool { return r.throttled }
func (r refusal) Unknown() bool   { return r.unknown }

var aMoment = time.Date(2026, 11, 23, 19, 46, 30, 0, time.UTC)

func stepOf(id string) plan.Step {
	return plan.Step{ID: plan.StepID(id), Action: plan.Create, Kind: plan.Person, Object: plan.ExternalID("object of " + id), Name: "Ada Lovelace"}
}

// TestTally follows steps through everything that can become of them.
func TestTally(t *testing.T) {
	t.Parallel()
	g := newTally(aMoment)
	g.total, g.quota = 10, 20
	now := aMoment
	tell := func(events ...migrate.Event) {
		for _, e := range events {
			now = now.Add(time.Second)
			g.observe(now, e)
		}
	}
	a, b, c, d, e := stepOf("a"), stepOf("b"), stepOf("c"), stepOf("d"), stepOf("e")
	tell(
		migrate.LookedUp{Step: d, Found: plan.AlreadySo}, // of an earlier run: nothing was sent
		migrate.Sending{Step: a, Attempt: 1}, migrate.Answered{Step: a},
		migrate.Sending{Step: b, Attempt: 1}, migrate.Waiting{Step: b, Err: refusal{throttled: true}}, // 1 s
		migrate.Sending{Step: b, Attempt: 2}, migrate.Waiting{Step: b, Err: errors.New("reset")},
		migrate.Sending{Step: b, Attempt: 3}, migrate.Refused{Step: b, Err: refusal{}, Failure: plan.FailedValue},
		// Of unknown outcome, looked up in vain and then found: done once.
		migrate.Sending{Step: c, Attempt: 1}, migrate.Waiting{Step: c, Err: refusal{unknown: true}},
		migrate.Waiting{Step: c, Err: errors.New("the look-up failed")},
		migrate.LookedUp{Step: c, Found: plan.AlreadySo}, migrate.Answered{Step: c},
		migrate.Sending{Step: e, Attempt: 1}, migrate.Refused{Step: e, Err: refusal{unknown: true}},
	)
	if g.done != 3 || g.failed != 1 || g.unknown != 1 || g.pending() != 5 || g.retries != 2 || len(g.steps) != 0 {
		t.Errorf("%+v", g)
	}
	want := map[result]int{resultAccepted: 1, resultThrottled: 1, resultTemporary: 1, resultUnknown: 2, resultRefused: 1}
	for r, n := range want {
		if g.requests[r] != n {
			t.Errorf("%d requests %s, want %d", g.requests[r], r, n)
		}
	}
	if got := g.throttledFor(now); got != time.Second {
		t.Errorf("throttled for %s", got)
	}
	tell(migrate.Sending{Step: a, Attempt: 1}, migrate.Waiting{Step: a, Err: refusal{throttled: true}}, migrate.Sending{Step: b, Attempt: 1})
	if got := g.throttledFor(now); got != 2*time.Second || g.count(turnSending) != 1 || g.count(turnWaiting, turnRefused) != 1 {
		t.Errorf("throttled for %s; %+v", got, g)
	}
	if g.steered = 5; g.allowed() != 5 {
		t.Errorf("allowed %v", g.allowed())
	}
	if g.steered = 50; g.allowed() != 20 {
		t.Errorf("allowed %v", g.allowed())
	}
}

// TestRecent: a rate of the last ten seconds, whatever was before, and however
// long nothing happened.
func TestRecent(t *testing.T) {
	t.Parallel()
	r := newRecent(aMoment)
	now := aMoment
	for range 1000 { // 100 seconds of 10 a second
		now = now.Add(100 * time.Millisecond)
		r.add(now, 1)
	}
	if got := r.rate(now); got < 9.4 || got > 10.6 {
		t.Errorf("%v a second", got)
	}
	for range 20 { // and then 10 of 2
		now = now.Add(500 * time.Millisecond)
		r.add(now, 1)
	}
	if got := r.rate(now); got < 1.9 || got > 2.9 {
		t.Errorf("%v a second", got)
	}
	if got := r.rate(now.Add(time.Hour)); got != 0 {
		t.Errorf("%v a second after an hour", got)
	}
	young := newRecent(aMoment)
	young.add(aMoment.Add(time.Second), 5)
	if got := young.rate(aMoment.Add(2 * time.Second)); got != 2.5 {
		t.Errorf("%v a second in the first two", got)
	}
}

func TestBar(t *testing.T) {
	t.Parallel()
	g := newTally(aMoment)
	g.total, g.done, g.failed, g.quota = 200, 88, 2, 20
	g.steps["a"] = turnRefused
	now := aMoment.Add(5 * time.Second)
	g.sent.add(now, 50)
	g.ended.add(now, 50)
	const words = "45% · 88 of 200 done · 2 failed · 1 waiting · 10.0/s of 20.0 · ETA 11s"
	for width, want := range map[int]string{
		200: "apply [=============-----------------]  " + words,
		100: "apply [========-----------]  " + words,
		80:  "apply  " + words,
		40:  "apply  45% · 88 of 200 done · 2 failed ",
	} {
		if got := g.bar(now, width, monochrome); got != want {
			t.Errorf("in %d columns: %q, want %q", width, got, want)
		}
		stripped := strings.NewReplacer("\x1b[32m", "", "\x1b[31m", "", "\x1b[0m", "").Replace(g.bar(now, width, coloured))
		if stripped != want {
			t.Errorf("without its colours: %q, want %q", stripped, want)
		}
	}
	if got := g.line(now); got != "apply: "+words {
		t.Errorf("line %q", got)
	}
	if got := g.bar(now, 200, coloured); !strings.Contains(got, "\x1b[31m2 failed\x1b[0m") {
		t.Errorf("what failed does not stand out: %q", got)
	}
	g.unknown, g.paused, g.learnt = 3, true, 17.5
	if got, want := g.line(now), "apply: 46% · 88 of 200 done · 2 failed · 1 waiting · 3 unknown · 10.0/s of 20.0, learnt 17.5 · paused"; got != want {
		t.Errorf("line %q, want %q", got, want)
	}
	g.paused, g.down = false, true
	if got := g.line(now); !strings.HasSuffix(got, " · waiting for the destination") {
		t.Errorf("line %q", got)
	}
	if got := newTally(aMoment).line(aMoment); got != "apply: 0 of 0 done · 0 failed · 0 waiting · 0.0/s" {
		t.Errorf("line of nothing %q", got)
	}
}

// TestQuotaOf: the quota is that of the destination that is written to.
func TestQuotaOf(t *testing.T) {
	t.Parallel()
	service := scimdst.Config{Profile: "slack"}
	if got := quotaOf(configs.Config{Destination: service}); got <= 0 {
		t.Errorf("a service with a quota: %v", got)
	}
	if got := quotaOf(configs.Config{Destination: service, Entra: &entra.Config{WritesPerSecond: 7}}); got != 7 {
		t.Errorf("on the road through Entra ID: %v", got)
	}
}
