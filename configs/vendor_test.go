package configs_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ldap2scim/configs"
	"ldap2scim/plan"
)

func TestVendorBlocks(t *testing.T) {
	t.Parallel()
	text := strings.Replace(good, "  url: https://scim", "  profile: ivanti\n  url: https://scim", 1)
	text = strings.Replace(text, "custom: {costCode: employeeType}", "custom: {costCode: {attribute: employeeType, was: custAttr1}}\n  custom_length: 255", 1) + `
managed_apple_id:
  before: {pattern: userUPN, attribute: eduPersonPrincipalName, appleid_subdomain: true}
  after: {pattern: custom, attribute: costCode}
checks:
  P05: {severity: warn, reason: shared accounts have one name}
`
	c, err := configs.Parse("f.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	want := plan.Rules{
		CustomLength: 255, Prerequisites: plan.Prerequisites(), Waived: map[plan.Code]string{plan.BlankPersonal: "shared accounts have one name"},
		ManagedAppleID: plan.AppleIDRules{
			Before: plan.AppleIDPattern{From: "edupersonprincipalname", Subdomain: true},
			After:  plan.AppleIDPattern{From: plan.CustomURN + "costCode"},
		},
	}
	got := c.Rules
	for _, m := range got.Person {
		if m.Target == plan.CustomURN+"costCode" && m.Was != "custAttr1" {
			t.Errorf("%+v", m)
		}
	}
	if d := cmp.Diff(want, plan.Rules{CustomLength: got.CustomLength, Prerequisites: got.Prerequisites, Waived: got.Waived, ManagedAppleID: got.ManagedAppleID}); d != "" {
		t.Error(d)
	}
	if !strings.Contains(strings.Join(c.Source.Users.Attributes, " "), "edupersonprincipalname") {
		t.Errorf("reads %v", c.Source.Users.Attributes)
	}
}

// TestVendorDefaults: nothing of the vendor's is asked of another service, and
// the directory's own names stand in.
func TestVendorDefaults(t *testing.T) {
	t.Parallel()
	c, err := configs.Parse("f.yaml", []byte(good))
	if err != nil {
		t.Fatal(err)
	}
	if r := c.Rules; r.Prerequisites != nil || r.Waived != nil || (r.ManagedAppleID != plan.AppleIDRules{}) {
		t.Errorf("%+v", r)
	}
	text := good + "prerequisites: [ldap-disabled]\nmanaged_apple_id: {before: {pattern: email}, after: {pattern: email, appleid_subdomain: true}}\n"
	c, err = configs.Parse("f.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	want := plan.AppleIDRules{Before: plan.AppleIDPattern{From: "mail"}, After: plan.AppleIDPattern{From: plan.WorkEmail, Subdomain: true}}
	if c.Rules.ManagedAppleID != want || len(c.Rules.Prerequisites) != 1 {
		t.Errorf("%+v", c.Rules)
	}
}

func TestVendorMistakes(t *testing.T) {
	t.Parallel()
	for more, want := range map[string]string{
		"checks: {P05: {severity: warn}}":                                      "f.yaml:16: checks.P05: give the reason",
		"checks: {P05: {severity: note, reason: x}}":                           `f.yaml:16: checks.P05.severity: "note" is not possible`,
		"checks: {P5: {severity: warn, reason: x}}":                            "f.yaml:16: checks.P5: there is no such check",
		"checks: {P16: {severity: warn, reason: x}}":                           "f.yaml:16: checks.P16: what it asks for cannot be waived",
		"checks: {P05: {severty: warn}}":                                       "f.yaml:16: checks.P05.severty: unknown key; did you mean severity?",
		"prerequisites: [ldap-enabled]":                                        "f.yaml:16: prerequisites: prerequisite \"ldap-enabled\"",
		"managed_apple_id: {before: {pattern: userUpn}}":                       "f.yaml:16: managed_apple_id.before.pattern: \"userUpn\" is not one of none, email, userUPN; did you mean userUPN?",
		"managed_apple_id: {before: {attribute: mail}}":                        "f.yaml:16: managed_apple_id.before.pattern: missing",
		"managed_apple_id: {before: {pattern: none, appleid_subdomain: true}}": "f.yaml:16: managed_apple_id.before.pattern: none has no",
		"managed_apple_id: {after: {pattern: custom}}":                         "f.yaml:16: managed_apple_id.after.attribute: missing",
		"managed_apple_id: {after: {pattern: custom, attribute: none}}":        "f.yaml:16: managed_apple_id: nothing fills ",
		"managed_apple_id: {after: {pattern: email, attribute: x}}":            "f.yaml:16: managed_apple_id.after.attribute: is for the pattern custom",
	} {
		_, err := configs.Parse("f.yaml", []byte(good+more+"\n"))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s:\ngot  %v\nwant %s", more, err, want)
		}
	}
	eight := strings.Replace(good, "{costCode: employeeType}", "{a: a, b: b, c: c, d: d, e: e, f: f, g: g, h: h}", 1)
	if _, err := configs.Parse("f.yaml", []byte(eight)); err == nil || !strings.Contains(err.Error(), "mapping.custom.h: at most 7 custom attributes are possible, and this is number 8") {
		t.Errorf("got %v", err)
	}
}

// TestBaseIsInSettings: what a kind fills in is what a plan depends on.
func TestBaseIsInSettings(t *testing.T) {
	t.Parallel()
	const text = `state: s.db
source: {kind: ad, url: "ldaps://ldap.example.com", base: "dc=x"}
destination: {url: "https://scim.example.com", token: "env:T"}
`
	one, err1 := configs.Parse("f.yaml", []byte(text))
	two, err2 := configs.Parse("f.yaml", []byte(strings.Replace(text, "dc=x", "dc=y", 1)))
	if err1 != nil || err2 != nil || one.Settings == two.Settings {
		t.Errorf("%v, %v, %s and %s", err1, err2, one.Settings, two.Settings)
	}
}
