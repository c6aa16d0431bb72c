package plan_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ldap2scim/plan"
)

var update = flag.Bool("update", false, "rewrite golden files")

func seq[T any](all []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, v := range all {
			if !yield(v, nil) {
				return
			}
		}
	}
}

func smallView(t *testing.T) plan.View {
	t.Helper()
	w := &world{entries: []plan.Entry{
		person("p1", "ada", "costcode", "7\u202e\x1b[2J"), person("p2", "bob"), person("p3", "carl", "mail", ""),
		group("g1", "Crew", "p1", "p3"),
		{Kind: plan.Unit, ID: "o1", DN: "ou=x", Key: "ou=x"},
	}}
	w.put(plan.Resource{Kind: plan.Person, RemoteID: "r2", ExternalID: "p2", Fields: plan.Fields{plan.UserName: "bob", plan.GivenName: "Bobby", plan.FamilyName: "Sp2", plan.WorkEmail: "p2@example.com"}})
	w.put(plan.Resource{Kind: plan.Group, RemoteID: "r9", ExternalID: "g1", Fields: plan.Fields{plan.DisplayName: "Crew"}, Members: []plan.RemoteID{"r2"}})
	sum, got := decide(t, w)
	at := time.Date(2026, 8, 20, 14, 2, 0, 0, time.UTC)
	return plan.View{
		Summary: sum, SnapshotTaken: at, InventoryTaken: at.Add(time.Minute), Source: "ldaps://ldap.example.com", Destination: "https://scim.example.com/v2",
		Findings: seq(got.findings), Steps: seq(got.steps), Decisions: seq(got.decisions),
		NameOf: func(id plan.ExternalID) string { return map[plan.ExternalID]string{"p2": "bob"}[id] },
	}
}

func TestViews(t *testing.T) {
	t.Parallel()
	for name, write := range map[string]func(*bytes.Buffer, plan.View) error{
		"plan.txt":  func(b *bytes.Buffer, v plan.View) error { return plan.WriteText(b, v) },
		"plan.json": func(b *bytes.Buffer, v plan.View) error { return plan.WriteJSON(b, v) },
		"short.txt": func(b *bytes.Buffer, v plan.View) error {
			v.MostSteps, v.MostFindings = 1, 1
			return plan.WriteText(b, v)
		},
	} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			if err := write(&b, smallView(t)); err != nil {
				t.Fatal(err)
			}
			file := filepath.Join("testdata", name)
			if *update {
				if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), b.String()); diff != "" {
				t.Errorf("%s differs (-update rewrites it):\n%s", file, diff)
			}
			if strings.HasSuffix(name, ".txt") && strings.ContainsAny(b.String(), "\x1b\u202e") {
				t.Errorf("%s lets a value steer the terminal", name)
			}
			if strings.HasSuffix(name, ".json") && !json.Valid(b.Bytes()) {
				t.Errorf("%s is not JSON", name)
			}
		})
	}
}
