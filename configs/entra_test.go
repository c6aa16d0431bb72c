package configs_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"ldap2scim/configs"
	"ldap2scim/plan"
	"ldap2scim/scimdst/entra"
)

// road is a configuration of the road through Entra ID.
func road(t *testing.T) string {
	t.Helper()
	text, err := configs.Example("ad", "entra")
	if err != nil {
		t.Fatal(err)
	}
	return strings.NewReplacer("  # custom:", "  custom:", "  #   custAttr1: employee", "    custAttr1: employee").Replace(text)
}

// TestEntra: the block becomes settings, what Entra ID is asked is read from
// the directory, and no secret is in it.
func TestEntra(t *testing.T) {
	t.Setenv("SCIM_TOKEN", "hush")
	c, err := configs.Parse("f.yaml", []byte(road(t)))
	if err != nil {
		t.Fatal(err)
	}
	if c.Entra.Tenant != "example.onmicrosoft.com" || c.DestinationName() != "entra:example.onmicrosoft.com" || c.Retry.Patience != time.Minute {
		t.Errorf("%+v", c)
	}
	if token, err := c.Entra.Service.Token(); token != "hush" || err != nil {
		t.Errorf("token %q, %v", token, err)
	}
	for _, name := range []string{"objectsid", "samaccountname", "ms-ds-consistencyguid"} {
		if !slices.Contains(c.Source.Users.Attributes, name) {
			t.Errorf("%s is not read of people", name)
		}
	}
	if !slices.Contains(c.Source.Groups.Attributes, "objectsid") || !c.Rules.Groups.KeepForeign {
		t.Errorf("groups: %v, %+v", c.Source.Groups.Attributes, c.Rules.Groups)
	}
	if !slices.ContainsFunc(c.Rules.Settings, func(s plan.SettingRule) bool { return s.ID == entra.Extension("custAttr1") }) {
		t.Errorf("no setting for the custom attribute: %+v", c.Rules.Settings)
	}
}

func TestEntraMistakes(t *testing.T) {
	t.Parallel()
	for change, want := range map[string]string{
		"tenant: example.onmicrosoft.com\n    #": "destination.entra.tenant: missing",
		"method: client-secret":                  `auth.method: "client-secrte" is not one of`,
		"secret: env:ENTRA_SECRET":               "destination.entra.auth.secret: a secret is not written here",
		"url: https://scim.example.com/scim":     "destination.entra.service.url: only https",
		"scope: assigned":                        `destination.entra.scope: "some" is not one of`,
		"canary: 5":                              "destination.entra.canray: unknown key; did you mean canary?",
		"    # attributes:":                      "destination.entra.attributes.custAttr2: there is no mapping.custom.custAttr2",
		"  entra:\n":                             "destination.url: leave it out",
		"application: Ivanti":                    `destination.entra.attributes.custAttr1: "extensionAttribute16" is no place`,
	} {
		to := map[string]string{
			"tenant: example.onmicrosoft.com\n    #": "#", "method: client-secret": "method: client-secrte", "secret: env:ENTRA_SECRET": "secret: hunter2",
			"url: https://scim.example.com/scim": "url: http://scim.example.com/scim", "scope: assigned": "scope: some", "canary: 5": "canray: 5",
			"    # attributes:": "    attributes: {custAttr2: extensionAttribute1}\n    #", "  entra:\n": "  url: https://x.example\n  entra:\n",
			"application: Ivanti": "attributes: {custAttr1: extensionAttribute16}\n    application: Ivanti",
		}[change]
		text := strings.Replace(road(t), change, to, 1)
		if _, err := configs.Parse("f.yaml", []byte(text)); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: got %v, want %s", change, err, want)
		}
	}
}

// TestEntraSourceTwice: two custom attributes in one place of Entra ID are
// refused, at the line of the second.
func TestEntraSourceTwice(t *testing.T) {
	t.Parallel()
	text := strings.Replace(road(t), "    # attributes:", "    attributes:\n      custAttr1: extensionAttribute3\n      custAttr2: extensionAttribute3\n    #", 1)
	text = strings.Replace(text, "    custAttr1: employee", "    custAttr2: title\n    custAttr1: employee", 1)
	line := 1 + strings.Count(text[:strings.Index(text, "custAttr2: extensionAttribute3")], "\n")
	want := fmt.Sprintf("f.yaml:%d: destination.entra.attributes.custAttr2: extensionAttribute3 keeps custAttr1 already", line)
	if _, err := configs.Parse("f.yaml", []byte(text)); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
}
