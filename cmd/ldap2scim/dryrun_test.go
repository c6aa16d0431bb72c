package main

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ldap2scim/plan"
	"ldap2scim/scimdst/scimtest"
)

// TestDryRunIsWhatApplySends is law 7, with every kind of step. Requests that do
// not wait for one another may be sent in any order.
func TestDryRunIsWhatApplySends(t *testing.T) {
	t.Parallel()
	s, d := demoSite(t, scimtest.Options{})
	if _, err := d.service.AddUser(map[string]any{"userName": ordinary(2).uid, "displayName": "of an earlier try"}); err != nil {
		t.Fatal(err)
	}
	s.run(exitDone, "snapshot")
	seen := s.applyAsDryRun(d.service, "plan")

	// A second plan, in which the service has given every id.
	for dn, attrs := range map[string]map[string][]string{
		ordinary(0).dn(): {"cn": {"Ada \"of\" <Almeida> & Sons\u2028"}},
		ordinary(1).dn(): {"nsAccountLock": {"TRUE"}},
		"cn=Chess,ou=clubs,ou=groups," + companySuffix: {"member": {ordinary(0).dn()}, "cn": {"Chess & Checkers"}},
	} {
		if err := d.directory.Modify(dn, attrs); err != nil {
			t.Fatal(err)
		}
	}
	s.run(exitDone, "snapshot")
	seen += s.applyAsDryRun(d.service, "plan")

	// Both are undone, the newer one first.
	first, err := query(t.Context(), s.path("state.db"), "SELECT digest FROM plans ORDER BY id LIMIT 1")
	if err != nil {
		t.Fatal(err)
	}
	s.applyAsDryRun(d.service, "rollback")
	seen += s.applyAsDryRun(d.service, "rollback", "--remove-created", "--plan", first[0][0])
	cleared, err := query(t.Context(), s.path("state.db"), "SELECT count(*) FROM steps WHERE json_array_length(body, '$.clear') > 0")
	if err != nil || cleared[0][0] == "0" {
		t.Errorf("no step clears a value: %v, %v", cleared, err)
	}

	for _, a := range []plan.Action{plan.Create, plan.Update, plan.Adopt, plan.AddMembers, plan.Take, plan.Remove} {
		if !strings.ContainsRune(seen, rune(a)) {
			t.Errorf("neither plan has a step to %s", a.Word())
		}
	}
	if out := s.run(exitDone, "apply", "--dry-run"); out != "" {
		t.Errorf("the dry run of what is done prints %q", out)
	}
}

// applyAsDryRun makes a plan with a command, and holds what apply sends against the dry run. It
// returns the symbols of the plan's steps.
func (s *site) applyAsDryRun(service *scimtest.Server, command ...string) string {
	s.t.Helper()
	s.run(exitDone, command...)
	before := len(service.Requests())
	dry := s.run(exitDone, "apply", "--dry-run")
	if after := len(service.Requests()); after != before {
		s.t.Errorf("the dry run sent %d requests", after-before)
	}
	s.run(exitDone, "apply", "--yes", "--allow", hazardList())
	var sent []string
	for _, r := range service.Requests()[before:] {
		if r.Method != http.MethodGet {
			sent = append(sent, fmt.Sprintf("%s %s\n%s\n", r.Method, r.Path, r.Body))
		}
	}
	given := map[string]string{}
	for _, r := range append(service.Users(), service.Groups()...) {
		given[r.ExternalID] = r.ID
	}
	dry = regexp.MustCompile(`\{id of ([^}]*)\}`).ReplaceAllStringFunc(dry, func(stands string) string {
		return given[strings.TrimSuffix(strings.TrimPrefix(stands, "{id of "), "}")]
	})
	var shown []string
	for pair := range slices.Chunk(slices.Collect(strings.Lines(dry)), 2) {
		shown = append(shown, strings.Join(pair, ""))
	}
	slices.Sort(shown)
	slices.Sort(sent)
	if diff := cmp.Diff(shown, sent); diff != "" {
		s.t.Errorf("dry run and apply differ (-dry run +apply):\n%s", diff)
	}
	if dry == "" {
		s.t.Error("the plan has no step")
	}
	rows, err := query(s.t.Context(), s.path("state.db"), "SELECT DISTINCT action FROM steps")
	if err != nil {
		s.t.Fatal(err)
	}
	symbols := ""
	for _, row := range rows {
		symbols += row[0]
	}
	return symbols
}

// hazardList allows everything.
func hazardList() string { return strings.ReplaceAll(hazardNames(), " ", "") }
