package scimdst_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"ldap2scim/plan"
	"ldap2scim/scimdst"
)

// TestProfiles: each name has a file that is read strictly, and each file a
// name.
func TestProfiles(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("profiles/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range files {
		names = append(names, strings.TrimSuffix(filepath.Base(f), ".yaml"))
	}
	if d := cmp.Diff(scimdst.ProfileNames(), names); d != "" {
		t.Error(d)
	}
	for _, name := range names {
		p, err := scimdst.ProfileOf(name)
		if err != nil {
			t.Error(err)
		}
		if p.Patch == "" || p.Paging == "" || p.PageSize == 0 || p.Members.Add == 0 || p.Members.Remove == 0 ||
			p.Members.Shown == "" || p.ExternalID.Person == "" || p.ExternalID.Group == "" || p.ETag == "" || p.Bulk == "" {
			t.Errorf("%s leaves something open: %+v", name, p)
		}
	}
	if _, err := scimdst.ProfileOf("entra"); err == nil || !strings.Contains(err.Error(), "entra-scim") {
		t.Errorf("an unknown name: %v", err)
	}
}

// TestProfileLinesHaveSources: each value stands beside a comment, or below
// the commented key of its list.
func TestProfileLinesHaveSources(t *testing.T) {
	t.Parallel()
	for _, name := range scimdst.ProfileNames() {
		text, err := os.ReadFile(filepath.Join("profiles", name+".yaml"))
		if err != nil {
			t.Fatal(err)
		}
		listHasSource := false
		for i, line := range strings.Split(string(text), "\n") {
			line = strings.TrimSpace(line)
			said := strings.Contains(line, "# ")
			code, _, _ := strings.Cut(line, " #")
			code = strings.TrimSpace(code)
			switch {
			case line == "" || strings.HasPrefix(line, "#"):
			case strings.HasSuffix(code, ":"):
				listHasSource = said
			case strings.HasPrefix(line, "- "):
				if !said && !listHasSource {
					t.Errorf("profiles/%s.yaml:%d: %s has no source", name, i+1, line)
				}
			case !said:
				t.Errorf("profiles/%s.yaml:%d: %s has no source", name, i+1, line)
			}
		}
	}
}

// TestOverrides: what a configuration sets takes the place of the profile's,
// an empty list too, and all else stays.
func TestOverrides(t *testing.T) {
	t.Parallel()
	const text = `
url: https://host/scim
profile: entra-scim
profile_overrides:
  removal: value
  members: {add: 7}
  quota: {windows: []}
  required: {person: [userName]}
requests_per_second: 3
`
	var c scimdst.Config
	if err := yaml.UnmarshalWithOptions([]byte(text), &c, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	if err := c.Validate(); err != nil {
		t.Fatal(err)
	}
	got, err := c.Effective()
	if err != nil {
		t.Fatal(err)
	}
	want, err := scimdst.ProfileOf("entra-scim")
	if err != nil {
		t.Fatal(err)
	}
	if want.Quota.Windows[0] != (scimdst.Window{Requests: 3000, Per: 150 * time.Second, Of: scimdst.CountedWrites}) {
		t.Errorf("the quota of the profile is %v", want.Quota.Windows)
	}
	want.Removal, want.Members.Add, want.Required.Person = scimdst.RemovalValue, 7, []string{plan.UserName}
	want.Quota = scimdst.Quota{RequestsPerSecond: 3, Windows: []scimdst.Window{}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestWrongOverridesAreNamed(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ yaml, want string }{
		{"patch: rfc", `patch: "rfc" is not one of paths, values, entra, aadoptscim062020`},
		{"paging: pages", "paging:"},
		{"members: {shown: maybe}", "members.shown:"},
		{"members: {add: -1}", "members.add: -1 is negative"},
		{"exact_case: [title]", "exact_case:"},
		{"quota: {windows: [{requests: 0, per: 1s}]}", "quota.windows:"},
		{"quota: {windows: [{requests: 1, per: 1s, of: all of them}]}", "quota.windows.of:"},
		{"quota: {requests_per_second: -1}", "quota.requests_per_second:"},
	} {
		c := config("https://host/scim")
		if err := yaml.UnmarshalWithOptions([]byte(tc.yaml), &c.ProfileOverrides, yaml.Strict()); err != nil {
			t.Fatal(err)
		}
		err := c.Validate()
		if err == nil || !strings.Contains(err.Error(), tc.want) || !strings.HasPrefix(err.Error(), "profile_overrides: ") {
			t.Errorf("%s: %v, want %s", tc.yaml, err, tc.want)
		}
	}
	var p scimdst.Profile
	if err := yaml.UnmarshalWithOptions([]byte("pach: paths"), &p, yaml.Strict()); err == nil {
		t.Error("an unknown key was taken")
	}
	c := config("https://host/scim")
	c.Profile = "gneric"
	if err := c.Validate(); err == nil || !strings.HasPrefix(err.Error(), "profile: ") {
		t.Errorf("an unknown profile: %v", err)
	}
}

// TestProfileAttributes: what a service is known not to take is refused, and
// not lost in silence.
func TestProfileAttributes(t *testing.T) {
	t.Parallel()
	p, err := scimdst.ProfileOf("ivanti")
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]bool{
		plan.UserName: true, plan.WorkEmail: true, department: true, costCode: true, "title": false, mobile: false, manager: false,
	} {
		if got := p.Takes(plan.Person, path); got != want {
			t.Errorf("takes %s: %t", path, got)
		}
		if _, err := p.RequestOf(update("1", path, "", "x"), nil); (err == nil) != want {
			t.Errorf("a change of %s: %v", path, err)
		}
	}
	step := ada()
	if _, err := p.RequestOf(step, nil); err == nil || !strings.Contains(err.Error(), "requires the attribute") {
		t.Errorf("a person without what is required: %v", err)
	}
	for _, path := range []string{plan.GivenName, plan.FamilyName, plan.WorkEmail} {
		step.After[path] = "x"
	}
	if _, err := p.RequestOf(step, nil); err != nil {
		t.Error(err)
	}
}

// TestRequestsOf splits by the profile's limits and loses nobody.
func TestRequestsOf(t *testing.T) {
	t.Parallel()
	p, err := scimdst.ProfileOf("entra-scim")
	if err != nil {
		t.Fatal(err)
	}
	ids := map[plan.ExternalID]plan.RemoteID{"staff": "g"}
	step := plan.Step{Action: plan.AddMembers, Kind: plan.Group, Object: "staff", Name: "staff"}
	for i := range 45 {
		id := plan.ExternalID(rune('A' + i))
		step.Members = append(step.Members, id)
		ids[id] = plan.RemoteID(id)
	}
	for action, want := range map[plan.Action]int{plan.AddMembers: 3, plan.Take: 45} {
		step.Action = action
		list, err := p.RequestsOf(step, ids)
		if err != nil || len(list) != want {
			t.Errorf("%s: %d requests, %v, want %d", action.Word(), len(list), err, want)
		}
		var all string
		for _, r := range list {
			all += string(r.Body)
			if r.Path() != "/groups/g" {
				t.Errorf("the path is %s", r.Path())
			}
		}
		if slices.ContainsFunc(step.Members, func(m plan.ExternalID) bool { return !strings.Contains(all, string(m)) }) {
			t.Error("a member is lost")
		}
	}
}

// TestQuotaWrites: the window that people count in is one of those that a
// migration is bound by.
func TestQuotaWrites(t *testing.T) {
	t.Parallel()
	slack, err := scimdst.ProfileOf("slack")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		quota scimdst.Quota
		want  float64
	}{
		{slack.Quota, 3},
		{scimdst.Quota{}, 0},
		{scimdst.Quota{RequestsPerSecond: 5, Windows: []scimdst.Window{{Requests: 1, Per: time.Second, Of: scimdst.CountedReads}}}, 5},
		{scimdst.Quota{RequestsPerSecond: 5, Windows: []scimdst.Window{{Requests: 60, Per: time.Minute, Of: scimdst.CountedWrites}}}, 1},
	} {
		if got := tt.quota.Writes(); got != tt.want {
			t.Errorf("%+v: %v writes a second, want %v", tt.quota, got, tt.want)
		}
	}
}
