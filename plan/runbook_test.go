package plan_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ldap2scim/plan"
)

// bookOf makes the runbook of what a world comes to.
func bookOf(t *testing.T, w *world) plan.Runbook {
	t.Helper()
	sum, got := decide(t, w)
	day := time.Date(2026, 11, 3, 9, 0, 0, 0, time.UTC)
	b, err := plan.MakeRunbook(plan.View{
		Summary: sum, Source: "ldaps://ldap.example.com", Destination: "https://mdm.example.com/scim", SnapshotTaken: day, InventoryTaken: day,
		Steps: seq(got.steps), Decisions: seq(got.decisions), Findings: seq(got.findings),
	}, w.rules, w.records)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// hard is a world with everything that a runbook must say, and names that
// could be taken for markup.
func hard() *world {
	w := &world{rules: vendorRules(func(r *plan.Rules) {
		r.Prerequisites = plan.Prerequisites()
		r.Groups.Units = plan.UnitRules{Make: plan.Subtree, Name: "OU {ou}", Depth: -1}
		r.Person = append(r.Person,
			plan.Mapping{Target: plan.CustomURN + "mailAgain", Expression: `first("mail")`},
			plan.Mapping{Target: plan.DisplayName, First: []string{"displayname", "cn"}},
			plan.Mapping{Target: "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department", Constant: "R&D | <b>all</b>"},
			plan.Mapping{Target: plan.CustomURN + "low", Expression: `lower(first("mail"))`},
			plan.Mapping{Target: plan.CustomURN + "own", Expression: `first("mail") + "x"`})
		r.Waves = []plan.Wave{{Name: "pilot", People: []string{"p1"}}}
	})}
	w.entries = append(append(one("costcode", "7"), person("p2", "u2")), group("g1", "Staff `*_<i>` | x", "p1", "p2"))
	w.attested = []plan.Attestation{{Of: plan.AppleIDSaved, By: "Ann", At: time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC), Evidence: "shot.png"}}
	w.seen = []plan.Evidence{{Of: plan.LDAPDisabled, Kind: "audit-trail", Bearing: plan.Contradicts, At: time.Date(2026, 11, 3, 8, 0, 0, 0, time.UTC), Sentence: `the LDAP server "corp" synced`}}
	w.records = plan.Records{Searched: 3, References: []plan.Reference{{File: "wifi.mobileconfig", Place: "line 3, column 9", Kind: plan.ToVariable, What: "${userDN}", After: "it has no value", Instead: "an IdP custom attribute"}}}
	return w
}

// TestRunbook holds both forms against their golden files.
func TestRunbook(t *testing.T) {
	t.Parallel()
	book := bookOf(t, hard())
	for name, write := range map[string]func(*strings.Builder) error{
		"runbook.md":   func(b *strings.Builder) error { return book.WriteMarkdown(b) },
		"runbook.html": func(b *strings.Builder) error { return book.WriteHTML(b) },
	} {
		var b strings.Builder
		if err := write(&b); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join("testdata", name)
		if *update {
			if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(string(want), b.String()); d != "" {
			t.Errorf("%s (-update rewrites it): %s", name, d)
		}
		if name == "runbook.html" && strings.Contains(b.String(), "<b>all") || strings.Contains(b.String(), "://cdn") || regexp.MustCompile(`(src|href)=`).MatchString(b.String()) {
			t.Errorf("%s holds markup of a value, or what needs a network", name)
		}
	}
}

// TestRunbookBoxes: the boxes are those of attest, and each source is used for
// one row alone.
func TestRunbookBoxes(t *testing.T) {
	t.Parallel()
	w := hard()
	sum, _ := decide(t, w)
	book := bookOf(t, w)
	var boxes []string
	done := 0
	direct := map[string]int{}
	for _, p := range book.Parts {
		for _, i := range p.Items {
			if i.Attest != "" {
				boxes = append(boxes, i.Attest)
			}
			if i.Done {
				done++
			}
		}
		if p.Table == nil || p.Table.Columns[0] != "target attribute" {
			continue
		}
		for _, row := range p.Table.Rows {
			if row[1] == "Direct" {
				direct[row[2]]++
			}
		}
	}
	for _, p := range sum.Prerequisites {
		if want := "ldap2scim attest " + p.Subject() + " --by NAME"; !strings.Contains(strings.Join(boxes, "\n")+"\n", want+"\n") {
			t.Errorf("there is no box for %s", want)
		}
	}
	if len(boxes) != len(sum.Prerequisites) || done != 1 {
		t.Errorf("%d boxes, %d done", len(boxes), done)
	}
	for source, n := range direct {
		if n > 1 {
			t.Errorf("%s is the source of %d rows", source, n)
		}
	}
}

// TestRunbookWork: what only Entra Connect can write is a line of work, and
// what the tenant itself must have is no group to assign.
func TestRunbookWork(t *testing.T) {
	t.Parallel()
	w := &world{rules: existing(rules())}
	for i := range 60 {
		e := person(fmt.Sprintf("p%02d", i), fmt.Sprintf("u%02d", i), "costcode", "c1")
		w.entries = append(w.entries, e)
		w.there(e, plan.Fields{plan.FactOwner: "Entra Connect"})
	}
	var work *plan.RunbookTable
	var b strings.Builder
	book := bookOf(t, w)
	for _, p := range book.Parts {
		if strings.HasPrefix(p.Title, "Work for") {
			work = p.Table
		}
		if p.Table != nil && slices.ContainsFunc(p.Table.Rows, func(row []string) bool { return row[0] == "assignments" }) {
			t.Errorf("%s has a setting in its table", p.Title)
		}
	}
	if work == nil || len(work.Rows) != 50 || !strings.Contains(work.Rows[0][1], "only Entra Connect can write it") {
		t.Fatalf("work %+v", work)
	}
	if err := book.WriteMarkdown(&b); err != nil || !strings.Contains(b.String(), "The first 50 of 60 lines") {
		t.Errorf("%v, and it does not say that there are more", err)
	}
}
