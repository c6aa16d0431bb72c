package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"ldap2scim/migrate"
	"ldap2scim/plan"
	"ldap2scim/scimdst/entra/graph"
	"ldap2scim/scimdst/scimtest"
)

// documentedEvents are those of docs/watching.md, with their members.
func documentedEvents(t *testing.T) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	for _, row := range tableOf(t, "../../docs/watching.md", "| event | members | when |") {
		members := []string{}
		for _, m := range strings.Split(row[1], ", ") {
			if m = strings.Trim(m, "` "); m != "" {
				members = append(members, m)
			}
		}
		all[strings.Trim(row[0], "`")] = members
	}
	return all
}

// tableOf returns the cells of a table in a document.
func tableOf(t *testing.T, path, head string) [][]string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(text), head+"\n")
	if !found {
		t.Fatalf("%s has no table %s", path, head)
	}
	table, _, _ := strings.Cut(rest, "\n\n")
	var rows [][]string
	for _, line := range strings.Split(table, "\n")[1:] {
		var cells []string
		for _, cell := range strings.Split(strings.Trim(line, "|"), "|") {
			cells = append(cells, strings.TrimSpace(cell))
		}
		rows = append(rows, cells)
	}
	return rows
}

// decodeEvent reads a line strictly, and returns its name and members.
func decodeEvent(t *testing.T, line []byte) (string, map[string]any) {
	t.Helper()
	var head struct {
		Time  time.Time
		Event string
	}
	var members map[string]any
	if err := errors.Join(json.Unmarshal(line, &head), json.Unmarshal(line, &members)); err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	if head.Time.IsZero() || head.Time.Location() != time.UTC {
		t.Errorf("%s: no time in UTC", line)
	}
	if !bytes.HasPrefix(line, []byte(`{"time":"`)) {
		t.Errorf("%s: the time is not first", line)
	}
	delete(members, "time")
	delete(members, "event")
	return head.Event, members
}

// TestEventsAreDocumented: every event, and each of its members, is in the
// document, and the document has no others. None of them holds a name, a value
// or an error's text.
func TestEventsAreDocumented(t *testing.T) {
	t.Parallel()
	path := t.TempDir() + "/events"
	f, err := openEvents(path)
	if err != nil {
		t.Fatal(err)
	}
	step := stepOf("s")
	step.After = plan.Fields{plan.UserName: "ada@example.com"}
	secret := errors.New("Ada Lovelace is known here as ada@example.com")
	f.write(aMoment, "run-started", startedFields{Plan: "93279a41", Steps: 3})
	events := []migrate.Event{
		migrate.Read{Kind: plan.Person, N: 100},
		migrate.Restarted{Err: secret},
		migrate.Settling{For: time.Second},
		migrate.Again{Err: secret, For: time.Second},
		migrate.Marked{N: 32},
		migrate.Sending{Step: step, Attempt: 1},
		migrate.Withheld{Step: step, Attempt: 1},
		migrate.Answered{Step: step, Outcome: plan.Outcome{RemoteID: "ada@example.com"}},
		migrate.Waiting{Step: step, Err: secret, For: time.Second},
		migrate.LookedUp{Step: step, Found: plan.Foreign},
		migrate.Refused{Step: step, Err: secret},
		migrate.Recorded{N: 1},
		migrate.Steered{Rate: 2, Paused: true},
		migrate.Paced{Rate: 17.5, AtATime: 3},
		migrate.Down{Err: secret, Until: aMoment},
		migrate.Back{},
	}
	for _, e := range events {
		f.observe(e)
	}
	var said bytes.Buffer
	p := &program{streams: streams{err: &said}}
	p.watch.events = f
	p.sayCost(func() graph.Usage {
		return graph.Usage{Requests: 7, Writes: 3, Units: 21, Throttled: 1, Scope: "Tenant_Application", Information: "WriteLimitExceeded", Limit: 0.9}
	})
	if want := "Microsoft Graph: 7 requests, 3 of them writing, 21 resource units, 1 throttled, at most 90 % of the quota; the last was throttled by Tenant_Application WriteLimitExceeded.\n"; said.String() != want {
		t.Errorf("it says %q, want %q", said.String(), want)
	}
	f.write(aMoment, "run-ended", endedFields{})
	if err := f.close(); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, private := range []string{"Ada", "Lovelace", "ada@example.com"} {
		if bytes.Contains(text, []byte(private)) {
			t.Errorf("the events hold %q:\n%s", private, text)
		}
	}
	got := map[string][]string{}
	for line := range bytes.Lines(text) {
		name, members := decodeEvent(t, line)
		got[name] = slices.Sorted(maps.Keys(members))
	}
	want := documentedEvents(t)
	for _, members := range want {
		slices.Sort(members)
	}
	for name := range want {
		if got[name] == nil {
			got[name] = []string{}
		}
	}
	for name, members := range got {
		if len(members)+len(want[name]) > 0 && !reflect.DeepEqual(members, want[name]) {
			t.Errorf("event %s has %v, and is documented with %v", name, members, want[name])
		}
	}
	if len(got) != len(events)+3 || len(want) != len(got) {
		t.Errorf("%d events written, %d documented, %d made", len(got), len(want), len(events)+3)
	}
}

// TestEventsOfARun: what a whole run with refusals says adds up, line by line.
func TestEventsOfARun(t *testing.T) {
	t.Parallel()
	s, d := demoSite(t, scimtest.Options{})
	s.run(exitDone, "snapshot")
	s.run(exitDone, "plan")
	d.service.Inject(scimtest.Fault{Trouble: scimtest.StatusBefore, Status: http.StatusTooManyRequests, Match: nth(3, scimtest.To(http.MethodPost, "/Users"))})
	d.service.Inject(scimtest.Fault{Trouble: scimtest.StatusBefore, Status: http.StatusBadRequest, Match: nth(9, scimtest.To(http.MethodPost, "/Users"))})
	s.write("events", `{"time":"2026-11-23T19:46:30Z","event":"of another run"}`+"\n")
	out := s.run(exitPartly, "apply", "--yes", "--allow", "unreconciled-wave", "--events", s.path("events"))
	text, err := os.ReadFile(s.path("events"))
	if err != nil {
		t.Fatal(err)
	}
	documented := documentedEvents(t)
	documented["of another run"] = nil
	count := map[string]int{}
	var ended map[string]any
	for line := range bytes.Lines(text) {
		name, members := decodeEvent(t, line)
		count[name]++
		for member := range members {
			if !slices.Contains(documented[name], member) {
				t.Errorf("%s: %s is not documented", line, member)
			}
		}
		if name == "run-ended" {
			ended = members
		}
	}
	failed := int(ended["failed"].(float64))
	if count["run-started"] != 1 || count["of another run"] != 1 || count["waiting"] != 1 || count["refused"] != failed || count["answered"] != int(ended["done"].(float64)) {
		t.Errorf("events %v, at the end %v", count, ended)
	}
	if count["sending"] != count["answered"]+count["waiting"]+1 { // one was refused after it was sent; the rest lack what was not made
		t.Errorf("events %v", count)
	}
	if want := "Applied: "; !strings.HasPrefix(out, want) || failed == 0 {
		t.Errorf("apply says %q, and the events %v", out, ended)
	}
}

func TestEventsThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	if got := s.process(exitFailed, "apply", "--events", s.path("no/such/folder")); !strings.Contains(got.err.String(), "open the file of events") {
		t.Errorf("%s", got.err.String())
	}
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Fatal("this system has no /dev/full")
	}
	f, err := openEvents("/dev/full")
	if err != nil {
		t.Fatal(err)
	}
	f.observe(migrate.Back{})
	f.observe(migrate.Back{})
	if err := f.close(); err == nil || !strings.HasPrefix(err.Error(), "write events: ") {
		t.Errorf("got %v", err)
	}
}
