package entratest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"ldap2scim/scimdst/scimtest"
)

func TestApplicationIsMadeEachTime(t *testing.T) {
	t.Parallel()
	s := start(t, Options{Replication: 2})
	at := "/applicationTemplates/" + NonGallery + "/instantiate"
	a := s.want(201, "POST", at, `{"displayName":"MDM"}`)
	sp := a.body["servicePrincipal"].(map[string]any)["id"].(string)
	s.fails(404, "Request_ResourceNotFound", "GET", "/servicePrincipals/"+sp, "")
	s.want(200, "GET", "/servicePrincipals/"+sp, "")
	if got := s.want(200, "GET", "/servicePrincipals/"+sp+"/synchronization/templates", "").values(); len(got) != 0 {
		t.Errorf("the templates are there at once: %v", got)
	}
	if got := s.want(200, "GET", "/servicePrincipals/"+sp+"/synchronization/templates", "").column("id"); !slices.Contains(got, "scim") {
		t.Errorf("templates: %v", got)
	}
	s.want(201, "POST", at, `{"displayName":"MDM"}`)
	if got := len(s.Applications()); got != 2 {
		t.Errorf("%d applications, want 2", got)
	}
	s.want(204, "PATCH", "/servicePrincipals/"+sp, `{"tags":["run=1"],"notes":"by ldap2scim"}`)
	s.fails(400, "notes", "PATCH", "/servicePrincipals/"+sp, `{"notes":"`+strings.Repeat("x", 1025)+`"}`)
	found := s.want(200, "GET", "/servicePrincipals?$filter=tags/any(t:t eq 'run=1')&$select=id,tags,notes", "")
	if got := found.column("id"); len(got) != 1 || got[0] != sp {
		t.Errorf("found %v", found.raw)
	}
	found = s.want(200, "GET", "/servicePrincipals?$filter=displayName eq 'mdm'", "")
	if got := found.column("id"); !slices.Contains(got, sp) {
		t.Errorf("found %v", found.raw)
	}
	s.nothingRefused()
}

func TestOwnedBy(t *testing.T) {
	t.Parallel()
	s := start(t, Options{Clients: []Client{
		{ID: "one", Secret: "s", Roles: []string{"Application.ReadWrite.OwnedBy"}},
		{ID: "two", Secret: "s", Roles: []string{"Application.ReadWrite.OwnedBy"}},
	}})
	a := s.want(201, "POST", "/applicationTemplates/"+NonGallery+"/instantiate", `{"displayName":"MDM"}`)
	sp := a.body["servicePrincipal"].(map[string]any)["id"].(string)
	s.want(200, "GET", "/servicePrincipals/"+sp+"/synchronization/jobs", "")
	token, err := s.Token("two")
	if err != nil {
		t.Fatal(err)
	}
	s.token = token
	s.fails(403, "Authorization_RequestDenied", "GET", "/servicePrincipals/"+sp+"/synchronization/jobs", "")
	s.fails(403, "Authorization_RequestDenied", "PATCH", "/servicePrincipals/"+sp, `{"notes":"x"}`)
}

func TestAssignments(t *testing.T) {
	t.Parallel()
	r := newRoad(t, Options{NoPremium: true}, scimtest.Options{})
	ann, g := r.person("ann"), r.addGroup(Group{DisplayName: "g"})
	r.assign(ann)
	at := "/servicePrincipals/" + r.sp + "/appRoleAssignedTo"
	body := func(id, role string) string {
		return fmt.Sprintf(`{"principalId":%q,"resourceId":%q,"appRoleId":%q}`, id, r.sp, role)
	}
	r.fails(400, "Permission being assigned already exists on the object", "POST", at, body(ann, roleUser))
	r.fails(400, "was not found on application", "POST", at, body(ann, "00000000-0000-0000-0000-000000000000"))
	r.fails(403, "P1", "POST", at, body(g, roleUser))
	r.fails(404, "does not exist", "POST", at, body("nobody", roleUser))
	if got := r.want(200, "GET", at+"?$top=999", "").column("principalId"); !slices.Equal(got, []string{ann}) {
		t.Errorf("assigned: %v", got)
	}
	r.nothingRefused()
}

// TestSchemaIsKept: what nobody changed is answered byte for byte.
func TestSchemaIsKept(t *testing.T) {
	t.Parallel()
	r := newRoad(t, Options{}, scimtest.Options{})
	r.want(201, "POST", r.jobs, `{"templateId":"scim"}`)
	at := r.jobs + "/" + r.Jobs()[1].ID + "/schema" // one that nobody changed
	before := r.want(200, "GET", at, "").raw
	for _, odd := range []string{`"AttributeNames, AttributeDataTypes"`, `"SupportedUnknownToSDK"`, `"scope":null`, `\"quoted\\\"`, "\n{\"anchor\"", `"directories@odata.context"`} {
		if !strings.Contains(before, odd) {
			t.Errorf("the schema has no %s", odd)
		}
	}
	edited := strings.Replace(before, `"extensionAttribute15"`, `"extensionAttribute15","x-odd":{"a" : [1.50, null]}`, 1)
	r.want(204, "PUT", at, edited)
	after := r.want(200, "GET", at, "").raw
	if want := strings.Replace(edited, `"version":"v1.1"`, `"version":"v1.2"`, 1); after != want {
		t.Errorf("the schema is not what was put:\n%s", firstDifference(want, after))
	}
	r.nothingRefused()
}

func firstDifference(want, have string) string {
	for i := range min(len(want), len(have)) {
		if want[i] != have[i] {
			return fmt.Sprintf("at %d: %.60q, want %.60q", i, have[i:], want[i:])
		}
	}
	return fmt.Sprintf("%d bytes, want %d", len(have), len(want))
}

func TestSchemaIsChecked(t *testing.T) {
	t.Parallel()
	r := newRoad(t, Options{}, scimtest.Options{})
	whole := []byte(r.want(200, "GET", r.job+"/schema", "").raw)
	change := func(f func(map[string]any)) string {
		var doc map[string]any
		if err := json.Unmarshal(whole, &doc); err != nil {
			t.Fatal(err)
		}
		f(doc)
		b, err := json.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	first := func(doc map[string]any) map[string]any {
		return mappings(doc, "User")["attributeMappings"].([]any)[0].(map[string]any)
	}
	for _, c := range []struct{ want, body string }{
		{"the whole document", `{"@odata.context":"x"}`}, // what the SDK's backing store sends
		{"does not exist on type", change(func(d map[string]any) { d["more"] = 1 })},
		{"not defined", change(func(d map[string]any) { first(d)["targetAttributeName"] = "shoeSize" })},
		{"not defined", change(func(d map[string]any) { addCustom(d, scimtest.Ivanti+":custAttr1", "sAMAccountName") })},
		{"a target twice", change(func(d map[string]any) {
			addCustom(d, scimtest.Ivanti+":a", "city")
			addMapping(d, scimtest.Ivanti+":a", "state")
		})},
		{"a source twice", change(func(d map[string]any) { addCustom(d, scimtest.Ivanti+":a", "mail") })},
		{"no attribute has a matchingPriority", change(func(d map[string]any) { first(d)["matchingPriority"] = 0 })},
		{"not supported", change(func(d map[string]any) {
			first(d)["source"] = map[string]any{"expression": "Rot13([mail])", "name": "Rot13", "type": "Function", "parameters": []any{}}
		})},
		{"scoping filters", change(func(d map[string]any) { mappings(d, "User")["scope"] = map[string]any{"groups": []any{}} })},
		{"id cannot be a target", change(func(d map[string]any) { first(d)["targetAttributeName"] = "id" })},
		{"no longer defined", change(func(d map[string]any) {
			o := d["directories"].([]any)[0].(map[string]any)["objects"].([]any)[0].(map[string]any)
			o["attributes"] = o["attributes"].([]any)[:20]
		})},
	} {
		r.fails(400, c.want, "PUT", r.job+"/schema", c.body)
	}
	r.fails(404, "PATCH", "PATCH", r.job+"/schema", string(whole))
	if now := r.want(200, "GET", r.job+"/schema", "").raw; !bytes.Equal(whole, []byte(now)) {
		t.Error("a refused schema changed it")
	}
}

// addMapping adds a mapping to what is defined.
func addMapping(doc map[string]any, target, source string) {
	addCustom(doc, target+"x", source)
	list := mappings(doc, "User")["attributeMappings"].([]any)
	list[len(list)-1].(map[string]any)["targetAttributeName"] = target
}

func TestOnDemand(t *testing.T) {
	t.Parallel()
	r := newRoad(t, Options{}, scimtest.Options{})
	ann, bob := r.person("ann"), r.person("bob")
	off := r.addUser(User{UserPrincipalName: "off@example.com", Disabled: true})
	r.assign(ann, off)
	// On demand the flag of the tenant URL is not heeded, and the built-in
	// service takes no text for a boolean: a creation has none.
	ask := func(id, want string) {
		t.Helper()
		a := r.want(200, "POST", r.job+"/provisionOnDemand", fmt.Sprintf(`{"parameters":[{"ruleId":%q,"subjects":[{"objectId":%q,"objectTypeName":"User"}]}]}`, r.rule, id))
		var key struct {
			Result  string
			Details struct{ ErrorCode string }
		}
		var value struct{ Action string }
		if json.Unmarshal([]byte(a.text("key")), &key) != nil || json.Unmarshal([]byte(a.text("value")), &value) != nil {
			t.Fatalf("key and value are no JSON in texts: %s", a.raw)
		}
		if got := strings.TrimSpace(key.Result + " " + value.Action + " " + key.Details.ErrorCode); got != want {
			t.Errorf("on demand: %s, want %s", got, want)
		}
	}
	ask(ann, "Success create")
	ask(ann, "Skipped other RedundantExport")
	ask(bob, "Skipped other NotEffectivelyEntitled")
	ask(off, "Skipped other InactiveUser")
	ask(ann, "Skipped other RedundantExport")
	a := r.fails(429, "TooManyRequests", "POST", r.job+"/provisionOnDemand", `{}`)
	if a.header.Get("Retry-After") == "" {
		t.Errorf("headers: %v", a.header)
	}
	r.Advance(10 * time.Second)
	r.fails(400, "no rule", "POST", r.job+"/provisionOnDemand", `{"parameters":[{"ruleId":"x","subjects":[{"objectId":"y","objectTypeName":"User"}]}]}`)
	r.holds("ann@example.com active=true")
	r.nothingRefused()
}

func TestLogsByPageWithinTheirQuota(t *testing.T) {
	t.Parallel()
	r := newRoad(t, Options{}, scimtest.Options{})
	for i := range 5 {
		r.assign(r.person(fmt.Sprintf("p%d", i)))
	}
	r.start()
	r.cycle()
	var names []string
	next := "/auditLogs/provisioning?$top=2&$filter=jobId eq '" + r.Jobs()[0].ID + "' and provisioningAction eq 'create' and activityDateTime gt 2025-12-31T00:00:00Z"
	pages := 0
	for ; next != ""; pages++ {
		a := r.want(200, "GET", next, "")
		for _, row := range a.values() {
			names = append(names, row["sourceIdentity"].(map[string]any)["displayName"].(string))
		}
		next = a.text("@odata.nextLink")
	}
	if got := strings.Join(names, " "); pages != 3 || got != "p4 p3 p2 p1 p0" {
		t.Errorf("%d pages: %s", pages, got)
	}
	r.nothingRefused()
	if got := len(r.want(200, "GET", "/auditLogs/provisioning?$filter=provisioningAction eq 'Create'", "").values()); got != 0 {
		t.Errorf("%d rows: values are told apart by case", got)
	}
	r.want(200, "GET", "/auditLogs/provisioning", "")
	r.fails(429, "TooManyRequests", "GET", "/auditLogs/provisioning", "")
}

func TestPollingRunsTheJob(t *testing.T) {
	t.Parallel()
	r := newRoad(t, Options{Poll: true}, scimtest.Options{})
	r.assign(r.person("ann"))
	r.status() // before the start nothing runs
	r.start()
	if s := r.status(); s["code"] != "NotRun" || len(s["progress"].([]any)) != 1 {
		t.Errorf("at the first look: %v", s)
	}
	if s := r.status(); s["code"] != "Active" {
		t.Errorf("at the second look: %v", s)
	}
	r.holds("ann@example.com active=true")
	r.want(204, "POST", r.job+"/pause", "")
	if s := r.status(); s["code"] != "Paused" {
		t.Errorf("paused: %v", s)
	}
}
