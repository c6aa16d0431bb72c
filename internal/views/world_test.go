package views_test

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ldap2scim/checkpoints"
	"ldap2scim/migrate"
	"ldap2scim/plan"
)

// exceptions is how many people of the company are blocked.
const exceptions = 10_000

// hostile are names that try to be more than text.
func hostile() []string {
	return []string{
		"<script>alert(1)</script>", `"><img src=x onerror=alert(1)>`, "' onmouseover='alert(1)", "javascript:alert(1)", "</script><!--",
		"=cmd|' /C calc'!A0", "\u202egpj.exe", "nul\x00byte", "\x1b[2Jclear", strings.Repeat("long", 2500),
	}
}

// company is a directory, and a service that holds most of it.
type company struct {
	entries []plan.Entry
	there   []plan.Resource
}

func newCompany() *company {
	c := &company{}
	id := func(i int) plan.ExternalID {
		return plan.ExternalID(fmt.Sprintf("%08d-0000-4000-8000-000000000000", i))
	}
	person := func(i int, uid, mail string) {
		e := plan.Entry{Kind: plan.Person, ID: id(i), DN: "uid=" + uid, Key: "uid=" + uid, Attrs: map[string][]string{"uid": {uid}, "givenname": {"Ada"}, "sn": {"Lovelace"}}}
		if mail != "" {
			e.Attrs["mail"] = []string{mail}
		}
		c.entries = append(c.entries, e)
	}
	for i := range exceptions {
		person(i, fmt.Sprintf("blocked-%05d", i), "")
	}
	for i, name := range hostile() {
		person(20_000+i, name, "")
	}
	var staff []string
	for i := range 40 {
		uid := fmt.Sprintf("staff-%02d", i)
		person(30_000+i, uid, uid+"@example.com")
		staff = append(staff, "uid="+uid)
	}
	c.entries = append(c.entries, plan.Entry{Kind: plan.Group, ID: id(40_000), DN: "cn=Crew", Key: "cn=Crew", Attrs: map[string][]string{"cn": {"Crew"}}, Members: staff})
	return c
}

func (c *company) Read(_ context.Context, yield func(plan.Entry) error) (plan.Proof, error) {
	for _, e := range c.entries {
		if err := yield(e); err != nil {
			return plan.Proof{}, err
		}
	}
	return plan.Proof{Complete: true, Searches: []plan.Search{{Name: "users", Pages: 1}}}, nil
}

func (c *company) List(_ context.Context, k plan.Kind, yield func(plan.Resource) error) (plan.Search, error) {
	for _, r := range c.there {
		if r.Kind != k {
			continue
		}
		if err := yield(r); err != nil {
			return plan.Search{}, err
		}
	}
	return plan.Search{Name: string(k), Pages: 1}, nil
}

// arrive puts what was planned at the service: one person is missing, one has
// another name, two are strangers.
func (c *company) arrive() {
	crew := plan.Resource{Kind: plan.Group, RemoteID: "g", Fields: plan.Fields{plan.DisplayName: "Crew"}}
	for i, e := range c.entries {
		switch {
		case e.Kind == plan.Group:
			crew.ExternalID = e.ID
		case e.First("mail") != "" && e.First("uid") != "staff-05":
			given := "Ada"
			if e.First("uid") == "staff-06" {
				given = hostile()[0]
			}
			r := plan.RemoteID(fmt.Sprint(i))
			c.there = append(c.there, plan.Resource{Kind: plan.Person, ExternalID: e.ID, RemoteID: r, Fields: plan.Fields{
				plan.UserName: e.First("uid"), plan.GivenName: given, plan.FamilyName: "Lovelace", plan.WorkEmail: e.First("mail"), plan.Active: "true",
			}})
			crew.Members = append(crew.Members, r)
		}
	}
	c.there = append(c.there, crew,
		plan.Resource{Kind: plan.Person, ExternalID: "=1+1", RemoteID: "s1", Fields: plan.Fields{plan.UserName: hostile()[1]}},
		plan.Resource{Kind: plan.Person, RemoteID: "s2", Fields: plan.Fields{plan.UserName: "stranger"}})
}

// pages makes the plan's page and the report's, in a folder.
func pages(t *testing.T) map[string]string {
	t.Helper()
	c := newCompany()
	f, err := checkpoints.Open(t.Context(), filepath.Join(t.TempDir(), "state.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() }) //nolint:errcheck // the folder goes with the test
	silent := func(migrate.Event) {}
	snap, err := migrate.Snapshot(t.Context(), f, c, migrate.SnapshotOptions{Source: "ldaps://ldap.example.com"}, silent)
	if err != nil {
		t.Fatal(err)
	}
	p, err := migrate.Plan(t.Context(), f, c, migrate.PlanOptions{Destination: "https://scim.example.com/v2", Rules: plan.Rules{
		Person: []plan.Mapping{{Target: plan.UserName, Source: "uid"}, {Target: plan.GivenName, Source: "givenname"}, {Target: plan.FamilyName, Source: "sn"}, {Target: plan.WorkEmail, Source: "mail"}},
		Group:  []plan.Mapping{{Target: plan.DisplayName, Source: "cn"}}, MembersPerRequest: 100,
	}}, silent)
	if err != nil {
		t.Fatal(err)
	}
	send(t, f, p)
	c.arrive()
	if _, err := migrate.Reconcile(t.Context(), f, c, p, migrate.ReconcileOptions{Destination: "https://scim.example.com/v2", Version: "test", Numbers: []migrate.Numbers{
		{ID: "accounts", Title: "Accounts by source", Columns: []string{"Source", "Before", "After"}, Lines: [][]string{{"LDAP", "40", "0"}, {hostile()[0], "0", "40"}}},
	}}, silent); err != nil {
		t.Fatal(err)
	}
	stored, err := f.LastReport(t.Context(), p.ID)
	if err != nil {
		t.Fatal(err)
	}
	report, err := migrate.Open(t.Context(), f, stored, migrate.ViewOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var planned, reported bytes.Buffer
	view := plan.View{
		Summary: p.Summary, SnapshotTaken: snap.Taken, InventoryTaken: snap.Taken, Source: snap.Source, Destination: "https://scim.example.com/v2",
		Findings: f.Findings(t.Context(), p.ID), Steps: f.Steps(t.Context(), p.ID), Decisions: f.Decisions(t.Context(), p.ID),
		Rows: func(k plan.Kind) iter.Seq2[plan.Row, error] { return f.Rows(t.Context(), p.ID)(k) }, NameOf: f.NameOf(t.Context(), p.ID),
	}
	if err := plan.WriteHTML(&planned, view); err != nil {
		t.Fatal(err)
	}
	if err := report.WriteHTML(&reported); err != nil {
		t.Fatal(err)
	}
	folder, files := t.TempDir(), map[string]string{}
	for name, page := range map[string][]byte{"plan": planned.Bytes(), "report": reported.Bytes()} {
		files[name] = filepath.Join(folder, name+".html")
		if err := os.WriteFile(files[name], page, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// send records the steps of a plan: one failed, the rest done.
func send(t *testing.T, f *checkpoints.File, p checkpoints.Plan) {
	t.Helper()
	run, err := f.StartRun(t.Context(), p.ID, "test", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	marked, err := f.Begin(t.Context(), p.ID, run, 0, 1000, checkpoints.Scope{}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	var results []checkpoints.Result
	for i, m := range marked {
		r := checkpoints.Result{Seq: m.Seq, State: checkpoints.Done, Attempts: 1}
		if m.Step.Name == "staff-05" {
			r = checkpoints.Result{Seq: m.Seq, State: checkpoints.Failed, Attempts: 3, Failure: plan.FailedValue, Error: "create person: POST /Users: 400 Bad Request (invalidValue): " + hostile()[i%len(hostile())]}
		}
		results = append(results, r)
	}
	sent := checkpoints.Tally{Sent: []checkpoints.Sent{{Action: plan.Create, Kind: plan.Person, Requests: 42, Retries: 2}}, Throttled: 1, Waited: time.Second}
	if err := f.Record(t.Context(), p.ID, run, results, sent, time.Now()); err != nil {
		t.Fatal(err)
	}
	if err := f.EndRun(t.Context(), run, "done", sent, time.Now()); err != nil {
		t.Fatal(err)
	}
}
