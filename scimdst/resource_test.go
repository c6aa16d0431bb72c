package scimdst_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"ldap2scim/plan"
	"ldap2scim/scimdst"
	"ldap2scim/scimdst/scimtest"
)

func TestGetFlattens(t *testing.T) {
	t.Parallel()
	const body = `{
		"SCHEMAS": ["URN:ietf:params:scim:schemas:core:2.0:User"],
		"id": "a/b c", "externalID": "x-1", "meta": {"version": "W/\"7\"", "resourceType": "User"},
		"UserName": "ada", "displayname": "Ada", "Active": false, "nickName": "", "title": null, "locale": "en",
		"customFlag": true, "customCount": 12345678901234567890, "password": "never",
		"NAME": {"GivenName": "Ada", "familyName": "Lovelace", "odd": ["x"]},
		"emails": [
			{"type": "work", "value": "first@x"}, {"type": "Work", "value": "primary@x", "primary": true},
			{"type": "work", "value": "third@x"}, {"type": "home", "value": "h@x"}, {"value": "untyped@x"}, "odd"
		],
		"phoneNumbers": [{"type": "mobile", "value": "+1"}],
		"addresses": [{"type": "work", "locality": "London"}],
		"urn:ietf:params:scim:schemas:extension:ENTERPRISE:2.0:User": {"department": "R", "manager": {"value": "7", "odd": {}}, "list": ["x"]},
		"urn:ietf:params:scim:schemas:extension:ivanti:2.0:User": {"costCode": "C", "vip": true},
		"urn:ietf:params:scim:schemas:extension:ivanti:2.0:User:costCode": "elimity's mistake"
	}`
	want := plan.Resource{
		Kind: plan.Person, RemoteID: "a/b c", ExternalID: "x-1", Version: `W/"7"`,
		Fields: plan.Fields{
			plan.UserName: "ada", plan.DisplayName: "Ada", plan.Active: "false", "locale": "en",
			"customFlag": "true", "customCount": "12345678901234567890",
			plan.GivenName: "Ada", plan.FamilyName: "Lovelace",
			plan.WorkEmail: "primary@x", `emails[type eq "home"].value`: "h@x", mobile: "+1",
			department: "R", manager: "7", costCode: "C",
			"urn:ietf:params:scim:schemas:extension:ivanti:2.0:User:vip": "true",
		},
	}
	w := handle(t, always(200, "application/json; charset=utf-8", body))
	got, err := w.Get(t.Context(), plan.Person, "a/b c")
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestGetRefusesAnotherOne(t *testing.T) {
	t.Parallel()
	w := handle(t, always(200, scim, `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"2"}`))
	if got, err := w.Get(t.Context(), plan.Person, "1"); err == nil {
		t.Errorf("asked for 1, got %+v", got)
	}
}

// FuzzFieldsComeBack: what is created with a field is read back with it, for
// any text, by way of a real request.
func FuzzFieldsComeBack(f *testing.F) {
	s, err := scimtest.Start(scimtest.Options{SameGroupNames: true})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = s.Close() })
	w, err := scimdst.NewWriter(scimdst.Config{URL: s.URL, Token: func() (string, error) { return s.Token, nil }})
	if err != nil {
		f.Fatal(err)
	}
	for _, v := range []string{"x", `"`, `\`, "<>&", "é", "\u2028", " ", "true", "null", "\U0001F600", "\x00"} {
		f.Add(v)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if text == "" || !utf8.ValidString(text) || strings.TrimSpace(text) == "" {
			return
		}
		fields := plan.Fields{
			plan.UserName: "u-" + text, "title": text, plan.GivenName: text, plan.WorkEmail: text, mobile: text,
			department: text, costCode: text,
		}
		step := plan.Step{Action: plan.Create, Kind: plan.Person, Object: plan.ExternalID("x" + text), Name: text, After: fields}
		_, found, err := w.Look(t.Context(), step, nil)
		if err != nil {
			t.Fatal(err)
		}
		if found != plan.NotSo {
			return // made in an earlier round
		}
		out, err := w.Do(t.Context(), step, nil)
		if err != nil {
			t.Fatal(err)
		}
		got, err := w.Get(t.Context(), plan.Person, out.RemoteID)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(fields, got.Fields); d != "" {
			t.Error(d)
		}
		if _, found, err = w.Look(t.Context(), step, nil); err != nil || found != plan.AlreadySo {
			t.Errorf("look for %q: %d, %v", text, found, err)
		}
	})
}
