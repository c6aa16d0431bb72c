package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"ldap2scim/ldapsrc/ldaptest"
	"ldap2scim/scimdst/scimtest"
)

// nth picks the n-th of the requests that match picks.
func nth(n int64, match func(*http.Request) bool) func(*http.Request) bool {
	var seen atomic.Int64
	return func(r *http.Request) bool { return match(r) && seen.Add(1) == n }
}

// TestFirstSignal: what is in flight is finished and recorded, and the same
// command goes on. Meanwhile nobody else gets the state file.
func TestFirstSignal(t *testing.T) {
	t.Parallel()
	s, d := demoSite(t, scimtest.Options{})
	s.run(exitDone, "snapshot")
	s.run(exitDone, "plan")
	gate := holdNext(d.service, nth(50, scimtest.To(http.MethodPost, "/Users")))
	defer gate.open()
	apply := s.start("apply", "--yes", "--allow", "unreconciled-wave")
	<-gate.arrived
	apply.signal(os.Interrupt)
	apply.says(&apply.err, "ldap2scim: ending; what is under way is finished first (once more to leave at once)\n")
	second := s.process(exitLocked, "apply", "--yes", "--allow", "unreconciled-wave")
	second.says(&second.err, "another run holds the state file")
	gate.open()
	apply.exits(exitInterrupted)
	apply.says(&apply.err, "ldap2scim: interrupted; the same command goes on\n")

	people := len(d.service.Users())
	states, steps := s.states(), s.steps()
	done := states["done"]
	// What is done are the people, and the pilot wave's groups and members.
	if done < people+len(d.service.Groups()) || states["sending"] != 0 || people < 50 || people > 100 {
		t.Errorf("the journal has %v, and the service has %d people, of 195", states, people)
	}
	apply.says(&apply.out, fmt.Sprintf("Applied: %d done, 0 failed, %d not sent, 0 unknown.\n", done, steps-done))
	if out := s.run(exitDone, "status"); !strings.Contains(out, ": interrupted.") {
		t.Errorf("status after an interruption:\n%s", out)
	}
	s.goesOn(d, steps-done)
}

// TestSecondSignal leaves at once; what was in flight is looked up later.
func TestSecondSignal(t *testing.T) {
	t.Parallel()
	s, d := demoSite(t, scimtest.Options{})
	s.run(exitDone, "snapshot")
	s.run(exitDone, "plan")
	gate := holdNext(d.service, nth(10, scimtest.To(http.MethodPost, "/Users")))
	defer gate.open()
	apply := s.start("apply", "--yes", "--allow", "unreconciled-wave")
	<-gate.arrived
	apply.signal(os.Interrupt)
	apply.says(&apply.err, "once more to leave at once")
	apply.signal(os.Interrupt)
	apply.exits(exitInterrupted)
	if states := s.states(); states["sending"] == 0 {
		t.Errorf("the journal has %v, want what was in flight as sending", states)
	}
	gate.open() // and the service makes the person after all
	s.run(exitDone, "apply", "--yes", "--allow", "unreconciled-wave")
	s.isWhole(d)
}

// goesOn applies the rest.
func (s *site) goesOn(d *demo, rest int) {
	s.t.Helper()
	out := s.process(exitDone, "apply", "--yes", "--allow", "unreconciled-wave").out.String()
	if want := fmt.Sprintf("Applied: %d done, 0 failed, 0 not sent, 0 unknown.\n", rest); out != want {
		s.t.Errorf("apply again says %q, want %q", out, want)
	}
	s.isWhole(d)
}

// isWhole: everybody is there once, and asked for once.
func (s *site) isWhole(d *demo) {
	s.t.Helper()
	s.run(exitDone, "report", "--check")
	s.run(exitDone, "plan", "--detailed-exitcode")
	people := map[string]int{}
	for _, r := range d.service.Requests() {
		if r.Method == http.MethodPost {
			people[string(r.Body)]++
		}
	}
	for body, times := range people {
		if times != 1 {
			s.t.Errorf("sent %d times: %s", times, body)
		}
	}
	if users, groups := len(d.service.Users()), len(d.service.Groups()); users != 195 || groups != 22 || len(people) != 217 {
		s.t.Errorf("%d people and %d groups after %d creations, want 195 and 22", users, groups, len(people))
	}
}

// steps counts those of the newest plan.
func (s *site) steps() int {
	s.t.Helper()
	rows, err := query(s.t.Context(), s.path("state.db"), "SELECT count(*) FROM steps WHERE plan = (SELECT max(id) FROM plans)")
	if err != nil {
		s.t.Fatal(err)
	}
	n, err := strconv.Atoi(rows[0][0])
	if err != nil {
		s.t.Fatal(err)
	}
	return n
}

// states counts the newest plan's steps in the journal.
func (s *site) states() map[string]int {
	s.t.Helper()
	rows, err := query(s.t.Context(), s.path("state.db"), "SELECT state, count(*) FROM journal WHERE plan = (SELECT max(id) FROM plans) GROUP BY state")
	if err != nil {
		s.t.Fatal(err)
	}
	counts := map[string]int{}
	for _, row := range rows {
		if counts[row[0]], err = strconv.Atoi(row[1]); err != nil {
			s.t.Fatal(err)
		}
	}
	return counts
}

// TestInterruptedReads: the commands that only read end at once, and leave the
// state file as it was.
func TestInterruptedReads(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		args []string
		at   string // which server stops it
	}{
		{[]string{"check"}, "directory"},
		{[]string{"snapshot"}, "directory"},
		{[]string{"plan"}, "service"},
		{[]string{"report"}, "service"},
		{[]string{"run", "--yes"}, "service"},
	} {
		t.Run(strings.Join(tt.args, " "), func(t *testing.T) {
			t.Parallel()
			s, d := demoSite(t, scimtest.Options{})
			s.run(exitDone, "snapshot")
			s.run(exitDone, "plan")
			before := s.states()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if tt.at == "service" {
				d.service.Inject(scimtest.Fault{Trouble: scimtest.Hang, Times: -1, Match: func(*http.Request) bool { cancel(); return true }})
			} else {
				d.directory.Break(ldaptest.Fault{On: ldaptest.Searches, Act: ldaptest.Call, Do: cancel}, ldaptest.Fault{On: ldaptest.Searches, Act: ldaptest.Stall},
					ldaptest.Fault{On: ldaptest.Looks, Act: ldaptest.Call, Do: cancel}, ldaptest.Fault{On: ldaptest.Looks, Act: ldaptest.Stall})
			}
			var out, errs bytes.Buffer
			code := run(ctx, s.args(tt.args), streams{in: strings.NewReader(""), out: &out, err: &errs})
			if code != exitInterrupted || errs.String() != "ldap2scim: interrupted; the same command goes on\n" {
				t.Errorf("exits with %d and says %q", code, errs.String())
			}
			if after := s.states(); fmt.Sprint(after) != fmt.Sprint(before) || len(d.service.Users()) != 0 {
				t.Errorf("the journal had %v and has %v", before, after)
			}
		})
	}
}

// TestInterruptedWatch: status --watch ends when it is told to.
func TestInterruptedWatch(t *testing.T) {
	t.Parallel()
	s, d := demoSite(t, scimtest.Options{})
	s.run(exitDone, "snapshot")
	s.run(exitDone, "plan")
	gate := holdNext(d.service, scimtest.To(http.MethodPost, "/Users"))
	defer gate.open()
	apply := s.start("apply", "--yes", "--allow", "unreconciled-wave")
	<-gate.arrived
	watch := s.start("status", "--watch")
	watch.says(&watch.out, "has not ended")
	watch.signal(os.Interrupt)
	watch.exits(exitInterrupted)
	gate.open()
	apply.exits(exitDone)
	if !slices.Contains(strings.Split(s.run(exitDone, "status", "--watch"), "\n"), "") {
		t.Error("status --watch says nothing after the run")
	}
}
