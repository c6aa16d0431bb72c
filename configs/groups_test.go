package configs_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ldap2scim/configs"
	"ldap2scim/plan"
)

func TestGroupsWavesGuards(t *testing.T) {
	t.Parallel()
	text := strings.Replace(good, "  url: https://scim", "  profile: ivanti\n  url: https://scim", 1) + `
groups:
  nested: direct
  each: {"CN=All Staff, OU=Groups,DC=example,DC=com": leave-out, 6f9619ff-8b86-d011-b42d-00cf4fc964ff: flatten}
  collision: suffix-ou
  names: {"ou=Sales,dc=example,dc=com": Sales}
  units: {make: subtree, under: ["OU=People,dc=example,dc=com"], name: "{ou}", keep_empty: true}
waves:
  - {name: pilot, groups: ["cn=Pilot,dc=example,dc=com"], people: [ada]}
  - {name: half, percent: 50}
guards: {blocked_percent: 20, floor: 3}
price_per_request: 0.002
`
	c, err := configs.Parse("f.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	want := plan.Rules{
		Groups: plan.GroupRules{
			Nested: plan.Direct, Collision: plan.SuffixUnit, KeepForeign: true, Names: map[string]string{"ou=sales,dc=example,dc=com": "Sales"},
			Each:  map[string]plan.Nesting{"cn=all staff,ou=groups,dc=example,dc=com": plan.LeaveOut, "6f9619ff-8b86-d011-b42d-00cf4fc964ff": plan.Flatten},
			Units: plan.UnitRules{Make: plan.Subtree, Under: []string{"ou=people,dc=example,dc=com"}, Depth: -1, Name: "{ou}", KeepEmpty: true},
		},
		Waves:  []plan.Wave{{Name: "pilot", Groups: []string{"cn=pilot,dc=example,dc=com"}, People: []string{"ada"}}, {Name: "half", Percent: 50}},
		Guards: plan.Guards{BlockedPercent: 20, Floor: 3}, Quota: plan.Quota{RequestsPerSecond: 25, Price: 0.002},
	}
	got := plan.Rules{Groups: c.Rules.Groups, Waves: c.Rules.Waves, Guards: c.Rules.Guards, Quota: c.Rules.Quota}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	faster, err := configs.Parse("f.yaml", []byte(strings.Replace(text, "  profile: ivanti", "  profile: ivanti\n  requests_per_second: 5", 1)))
	if err != nil {
		t.Fatal(err)
	}
	if faster.Rules.Quota.RequestsPerSecond != 5 || faster.Settings != c.Settings {
		t.Error("a rate makes a plan stale, or has no effect")
	}
}

// TestQuota: the estimate goes by the narrowest of the rate and the windows that
// count writes, with what the file changes in the profile.
func TestQuota(t *testing.T) {
	t.Parallel()
	for destination, want := range map[string]float64{
		"profile: generic":                                     0,
		"profile: ivanti":                                      25,
		"profile: slack":                                       3,  // 180 changes of people a minute
		"profile: entra-scim":                                  20, // 3000 writes in 150 s
		"profile: slack\n  requests_per_second: 2":             2,
		"profile: slack\n  requests_per_second: 40":            3,
		"profile_overrides: {quota: {requests_per_second: 7}}": 7,
		"profile_overrides: {quota: {windows: [{requests: 90, per: 1m}, {requests: 1, per: 1m, of: reads}]}}": 1.5,
	} {
		c, err := configs.Parse("f.yaml", []byte(strings.Replace(good, "  url: https://scim", "  "+destination+"\n  url: https://scim", 1)))
		if err != nil {
			t.Errorf("%s: %v", destination, err)
			continue
		}
		if got := c.Rules.Quota.RequestsPerSecond; got != want {
			t.Errorf("%s: got %v requests a second, want %v", destination, got, want)
		}
	}
}

func TestGroupMistakes(t *testing.T) {
	t.Parallel()
	for more, want := range map[string]string{
		"groups: {nested: flaten}":       `f.yaml:16: groups: nested groups: "flaten" is not one of`,
		"groups: {collision: rename}":    `f.yaml:16: groups.collision: name collisions: "rename"`,
		"groups: {units: {make: all}}":   `f.yaml:16: groups.units: groups of units: "all"`,
		"waves: [{name: pilot}]":         `f.yaml:16: waves: wave "pilot" takes nobody`,
		"waves: [{percent: 5}]":          `f.yaml:16: waves: a wave has no name`,
		"waves: [{name: a, precent: 5}]": `precent: unknown key; did you mean percent?`,
		"guards: {floor: many}":          "f.yaml:16: guards.floor: wrong type",
	} {
		if _, err := configs.Parse("f.yaml", []byte(good+more+"\n")); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s:\ngot  %v\nwant %s", more, err, want)
		}
	}
}
