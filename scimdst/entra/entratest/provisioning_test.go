package entratest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ldap2scim/scimdst/scimtest"
)

// road is a tenant with an application that provisions a SCIM service.
type road struct {
	*site
	mdm                *scimtest.Server
	sp, job, jobs, app string
	rule               string
}

// newRoad makes the application, its job and its secrets, as a client does.
func newRoad(t *testing.T, o Options, mdm scimtest.Options, more ...pair) *road {
	t.Helper()
	r := &road{site: start(t, o)}
	var err error
	if r.mdm, err = scimtest.Start(mdm); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.mdm.Close(); err != nil {
			t.Error(err)
		}
	})
	made := r.want(201, "POST", "/applicationTemplates/"+NonGallery+"/instantiate", `{"displayName":"MDM"}`)
	r.sp = made.body["servicePrincipal"].(map[string]any)["id"].(string)
	r.app = made.body["application"].(map[string]any)["id"].(string)
	r.jobs = "/servicePrincipals/" + r.sp + "/synchronization/jobs"
	r.job = r.jobs + "/" + r.want(201, "POST", r.jobs, `{"templateId":"scim"}`).text("id")
	r.secrets(more...)
	rules := r.want(200, "GET", r.job+"/schema", "").body["synchronizationRules"].([]any)
	r.rule = rules[0].(map[string]any)["id"].(string)
	r.keepDefaults("userName", "active", "displayName", `emails[type eq "work"].value`, "name.givenName", "name.familyName", "externalId", enterpriseUser+":department")
	return r
}

// secrets puts the tenant URL, the token and more.
func (r *road) secrets(more ...pair) {
	r.t.Helper()
	list := []pair{{"BaseAddress", r.mdm.URL + "?aadOptscim062020"}, {"SecretToken", r.mdm.Token}}
	for _, m := range more {
		list = append(slices.DeleteFunc(list, func(p pair) bool { return p.Key == m.Key }), m)
	}
	b, err := json.Marshal(map[string]any{"value": list})
	if err != nil {
		r.t.Fatal(err)
	}
	r.want(204, "PUT", "/servicePrincipals/"+r.sp+"/synchronization/secrets", string(b))
}

// editSchema changes the schema by way of its JSON.
func (r *road) editSchema(f func(map[string]any)) {
	r.t.Helper()
	doc := r.want(200, "GET", r.job+"/schema", "").body
	f(doc)
	b, err := json.Marshal(doc)
	if err != nil {
		r.t.Fatal(err)
	}
	r.want(204, "PUT", r.job+"/schema", string(b))
}

// mappings are the attribute mappings of a kind of object.
func mappings(doc map[string]any, kind string) map[string]any {
	for _, m := range doc["synchronizationRules"].([]any)[0].(map[string]any)["objectMappings"].([]any) {
		if m := m.(map[string]any); m["sourceObjectName"] == kind {
			return m
		}
	}
	return nil
}

func (r *road) keepDefaults(targets ...string) {
	r.t.Helper()
	r.editSchema(func(doc map[string]any) {
		m := mappings(doc, "User")
		m["attributeMappings"] = slices.DeleteFunc(m["attributeMappings"].([]any), func(a any) bool {
			return !slices.Contains(targets, a.(map[string]any)["targetAttributeName"].(string))
		})
	})
}

func (r *road) assign(ids ...string) {
	r.t.Helper()
	for _, id := range ids {
		r.want(201, "POST", "/servicePrincipals/"+r.sp+"/appRoleAssignedTo", fmt.Sprintf(`{"principalId":%q,"resourceId":%q,"appRoleId":%q}`, id, r.sp, roleUser))
	}
}

func (r *road) start() { r.t.Helper(); r.want(204, "POST", r.job+"/start", "") }

func (r *road) cycle() {
	r.t.Helper()
	if err := r.Cycle(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
}

// held is what the service has: people and groups with their members by name.
func (r *road) held() []string {
	names, list := map[string]string{}, []string{}
	for _, u := range r.mdm.Users() {
		names[u.ID] = u.Name
		list = append(list, fmt.Sprintf("%s active=%v", u.Name, u.Body["active"]))
	}
	for _, g := range r.mdm.Groups() {
		var members []string
		for _, id := range g.Members {
			members = append(members, names[id])
		}
		slices.Sort(members)
		list = append(list, g.Name+": "+strings.Join(members, " "))
	}
	return list
}

func (r *road) holds(want ...string) {
	r.t.Helper()
	if diff := cmp.Diff(append([]string{}, want...), r.held()); diff != "" {
		r.t.Errorf("the service holds (-want +got):\n%s", diff)
	}
}

func (r *road) person(name string) string {
	return r.addUser(User{UserPrincipalName: name + "@example.com", DisplayName: name, GivenName: name, Surname: "X", Mail: name + "@example.com", Department: "Sales"})
}

func TestProvisioning(t *testing.T) {
	t.Parallel()
	r := newRoad(t, Options{}, scimtest.Options{RequireEmail: true}, pair{"SyncAll", "false"})
	ann, bob, cy := r.person("ann"), r.person("bob"), r.person("cy")
	r.person("dee") // not assigned
	off := r.addUser(User{UserPrincipalName: "off@example.com", DisplayName: "off", Mail: "off@example.com", Disabled: true})
	inner := r.addGroup(Group{DisplayName: "inner", Members: []string{cy}})
	outer := r.addGroup(Group{DisplayName: "outer", Members: []string{ann, bob, inner}})
	adopted, err := r.mdm.AddUser(map[string]any{"userName": "ANN@example.com", "displayName": "from LDAP", "active": true, "emails": []any{map[string]any{"type": "work", "value": "old@example.com"}}})
	if err != nil {
		t.Fatal(err)
	}
	r.assign(outer, off)
	if code := r.Jobs()[0].Code; code != "Paused" {
		t.Errorf("before the start the job is %s", code)
	}
	r.start()
	if s := r.status(); s["code"] != "NotRun" || s["steadyStateFirstAchievedTime"] != never {
		t.Errorf("after the start: %v", s)
	}
	r.cycle()
	r.holds("ann@example.com active=true", "bob@example.com active=true", "outer: ann@example.com bob@example.com")
	if got := r.Jobs()[0].Links[ann]; got != adopted {
		t.Errorf("ann is %s in the service, want the one that was there, %s", got, adopted)
	}
	if u := r.mdm.Users()[0]; u.Body["displayName"] != "ann" || u.ExternalID != "ann" {
		t.Errorf("ann was not changed: %v", u.Body)
	}
	s := r.status()
	if s["code"] != "Active" || s["steadyStateFirstAchievedTime"] == never || s["quarantine"] != nil {
		t.Errorf("after a cycle: %v", s)
	}
	before := len(r.mdm.Requests())
	r.cycle()
	if got := r.mdm.Requests()[before:]; len(got) != 1 || got[0].Method != "GET" {
		t.Errorf("nothing changed, and the service was asked %d times: %v", len(got), got)
	}
	r.nothingRefused()
}

// status is the job's status as Graph answers it.
func (r *road) status() map[string]any {
	r.t.Helper()
	return r.want(200, "GET", r.job, "").body["status"].(map[string]any)
}

func TestSyncAllTakesEverybody(t *testing.T) {
	t.Parallel()
	r := newRoad(t, Options{}, scimtest.Options{}, pair{"SyncAll", "true"}, pair{"SkipOutOfScopeDeletions", "True"})
	r.person("ann")
	r.person("bob")
	r.start()
	r.cycle()
	r.holds("ann@example.com active=true", "bob@example.com active=true")
	r.secrets(pair{"SyncAll", "false"}, pair{"SkipOutOfScopeDeletions", "True"})
	r.want(204, "POST", r.job+"/restart", `{"criteria":{"resetScope":"Watermark, Escrows, QuarantineState"}}`)
	if s := r.status(); s["steadyStateFirstAchievedTime"] != never {
		t.Errorf("after a restart: %v", s)
	}
	r.cycle()
	r.holds("ann@example.com active=true", "bob@example.com active=true") // spared
	r.secrets(pair{"SyncAll", "false"})
	r.cycle()
	r.holds("ann@example.com active=false", "bob@example.com active=false")
}

func TestDeleteThreshold(t *testing.T) {
	t.Parallel()
	set := pair{"SyncNotificationSettings", `{"Enabled":false,"DeleteThresholdEnabled":true,"DeleteThresholdValue":1}`}
	r := newRoad(t, Options{}, scimtest.Options{}, pair{"SyncAll", "true"}, set)
	r.person("ann")
	r.person("bob")
	r.start()
	r.cycle()
	r.secrets(pair{"SyncAll", "false"}, set)
	r.cycle()
	r.holds("ann@example.com active=true", "bob@example.com active=true")
	if j := r.Jobs()[0]; j.Quarantine != "TooManyDeletes" {
		t.Errorf("the job is %s, %s", j.Code, j.Quarantine)
	}
	r.want(204, "POST", r.job+"/restart", `{"criteria":{"resetScope":"Watermark, Escrows, QuarantineState"}}`)
	r.cycle()
	r.holds("ann@example.com active=true", "bob@example.com active=true") // the threshold holds
	r.want(204, "POST", r.job+"/restart", `{"criteria":{"resetScope":"ForceDeletes, QuarantineState"}}`)
	r.cycle()
	r.holds("ann@example.com active=false", "bob@example.com active=false")
	r.nothingRefused()
	r.fails(400, "not documented", "POST", r.job+"/restart", `{"criteria":{"resetScope":"Everything"}}`)
}

func TestFullRestartIsMoreThanMeetsTheEye(t *testing.T) {
	t.Parallel()
	set := pair{"SyncNotificationSettings", `{"Enabled":false,"DeleteThresholdEnabled":true,"DeleteThresholdValue":1}`}
	r := newRoad(t, Options{}, scimtest.Options{}, pair{"SyncAll", "true"}, set)
	r.person("ann")
	r.person("bob")
	r.start()
	r.cycle()
	r.secrets(pair{"SyncAll", "false"}, set)
	before := len(r.Jobs()[0].Links)
	r.want(204, "POST", r.job+"/restart", `{"criteria":{"resetScope":"Full"}}`)
	if after := len(r.Jobs()[0].Links); before != 2 || after != 0 {
		t.Errorf("%d links before and %d after: the cache is among what Full clears", before, after)
	}
}

func TestEscrowIsTriedAgain(t *testing.T) {
	t.Parallel()
	r := newRoad(t, Options{}, scimtest.Options{RequireEmail: true})
	ann := r.person("ann")
	bare := r.addUser(User{UserPrincipalName: "bare@example.com", DisplayName: "bare"})
	r.assign(ann, bare)
	r.start()
	r.cycle()
	r.holds("ann@example.com active=true")
	if j := r.Jobs()[0]; j.Code != "Active" || len(j.Escrows) != 1 || !strings.Contains(j.Escrows[bare], "emails is required") {
		t.Errorf("job: %+v", j)
	}
	job := strings.TrimPrefix(r.job, r.jobs+"/")
	logs := "/auditLogs/provisioning?$filter=jobId eq '" + job + "' and provisioningStatusInfo/status eq 'failure'"
	rows := r.want(200, "GET", logs, "").values()
	if len(rows) != 1 || rows[0]["sourceIdentity"].(map[string]any)["id"] != bare {
		t.Errorf("rows: %v", rows)
	}
	if err := r.ChangeUser(bare, func(u *User) { u.Mail = "bare@example.com" }); err != nil {
		t.Fatal(err)
	}
	r.cycle()
	r.holds("ann@example.com active=true", "bare@example.com active=true")
	if j := r.Jobs()[0]; len(j.Escrows) != 0 {
		t.Errorf("escrows: %v", j.Escrows)
	}
	r.nothingRefused()
}

func TestQuarantine(t *testing.T) {
	t.Parallel()
	r := newRoad(t, Options{Quarantine: Thresholds{Least: 2}}, scimtest.Options{})
	for i := range 5 {
		r.assign(r.person(fmt.Sprintf("p%d", i)))
	}
	r.start()
	r.mdm.Inject(scimtest.Fault{Trouble: scimtest.StatusBefore, Status: 500, Times: 3, Match: scimtest.To("POST", "/Users")})
	r.cycle()
	s := r.status()
	q, _ := s["quarantine"].(map[string]any)
	if s["code"] != "Quarantine" || q["reason"] != "EncounteredEscrowProportionThreshold" || q["seriesCount"] != 1.0 {
		t.Errorf("status: %v", s)
	}
	before := len(r.mdm.Requests())
	r.cycle()
	if len(r.mdm.Requests()) != before {
		t.Error("a job in quarantine ran before its time")
	}
	r.Advance(6 * time.Hour)
	r.renew()
	r.cycle()
	if s := r.status(); s["code"] != "Active" || len(r.mdm.Users()) != 5 {
		t.Errorf("after six hours: %v, %d people", s, len(r.mdm.Users()))
	}
}

func TestWrongTokenIsQuarantine(t *testing.T) {
	t.Parallel()
	r := newRoad(t, Options{}, scimtest.Options{})
	r.assign(r.person("ann"))
	r.secrets(pair{"SecretToken", "wrong"})
	r.fails(400, "InvalidCredentials", "POST", r.job+"/validateCredentials", `{"useSavedCredentials":true}`)
	r.start()
	r.cycle()
	if j := r.Jobs()[0]; j.Quarantine != "EncounteredQuarantineException" {
		t.Errorf("job: %+v", j)
	}
	r.secrets()
	r.want(204, "POST", r.job+"/validateCredentials", fmt.Sprintf(`{"useSavedCredentials":false,"credentials":[{"key":"BaseAddress","value":%q},{"key":"SecretToken","value":%q}]}`, r.mdm.URL, r.mdm.Token))
	r.start() // ends the quarantine
	r.cycle()
	r.holds("ann@example.com active=true")
	r.nothingRefused()
}

func TestCustomAttributeFlows(t *testing.T) {
	t.Parallel()
	r := newRoad(t, Options{}, scimtest.Options{})
	const target = scimtest.Ivanti + ":custAttr1"
	ann := r.person("ann")
	if err := r.ChangeUser(ann, func(u *User) { u.Attributes[0] = "CC-1" }); err != nil {
		t.Fatal(err)
	}
	r.assign(ann, r.person("bob")) // bob has none
	r.editSchema(func(doc map[string]any) { addCustom(doc, target, "extensionAttribute1") })
	r.start()
	r.cycle()
	get := func(i int) any {
		ext, _ := r.mdm.Users()[i].Body[scimtest.Ivanti].(map[string]any)
		return ext["custAttr1"]
	}
	if get(0) != "CC-1" || get(1) != nil {
		t.Errorf("custAttr1 is %v and %v", get(0), get(1))
	}
	for _, value := range []string{"CC-2", ""} { // null is never sent
		if err := r.ChangeUser(ann, func(u *User) { u.Attributes[0] = value }); err != nil {
			t.Fatal(err)
		}
		r.cycle()
		if get(0) != "CC-2" {
			t.Errorf("after %q custAttr1 is %v", value, get(0))
		}
	}
	r.nothingRefused()
}

// addCustom adds a target attribute and its mapping, as the documents tell.
func addCustom(doc map[string]any, target, source string) {
	for _, d := range doc["directories"].([]any) {
		if d := d.(map[string]any); d["name"] == "customappsso" {
			for _, o := range d["objects"].([]any) {
				if o := o.(map[string]any); o["name"] == enterpriseUser {
					o["attributes"] = append(o["attributes"].([]any), map[string]any{
						"anchor": false, "caseExact": false, "defaultValue": nil, "flowNullValues": false, "metadata": []any{}, "multivalued": false,
						"mutability": "ReadWrite", "name": target, "required": false, "referencedObjects": []any{}, "type": "String",
					})
				}
			}
		}
	}
	m := mappings(doc, "User")
	m["attributeMappings"] = append(m["attributeMappings"].([]any), map[string]any{
		"defaultValue": nil, "exportMissingReferences": false, "flowBehavior": "FlowWhenChanged", "flowType": "Always", "matchingPriority": 0,
		"source":              map[string]any{"expression": "[" + source + "]", "name": source, "parameters": []any{}, "type": "Attribute"},
		"targetAttributeName": target,
	})
}

func TestMembershipFollows(t *testing.T) {
	t.Parallel()
	for name, flag := range map[string]string{"by default": "", "with the flag": "?aadOptscim062020"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			membershipFollows(t, flag)
		})
	}
}

func membershipFollows(t *testing.T, flag string) {
	t.Helper()
	r := newRoad(t, Options{}, scimtest.Options{Quirks: []scimtest.Quirk{scimtest.EntraForms}})
	r.secrets(pair{"BaseAddress", r.mdm.URL + flag})
	ann, bob := r.person("ann"), r.person("bob")
	g := r.addGroup(Group{DisplayName: "g", Members: []string{ann, bob}})
	r.assign(g)
	r.start()
	r.cycle()
	r.holds("ann@example.com active=true", "bob@example.com active=true", "g: ann@example.com bob@example.com")
	r.want(204, "DELETE", "/groups/"+g+"/members/"+bob+"/$ref", "")
	r.cycle()
	r.holds("ann@example.com active=true", "bob@example.com active=false", "g: ann@example.com")
	assigned := r.want(200, "GET", "/servicePrincipals/"+r.sp+"/appRoleAssignedTo?$top=999", "").column("id")
	r.want(204, "DELETE", "/servicePrincipals/"+r.sp+"/appRoleAssignedTo/"+assigned[0], "")
	r.cycle()
	r.holds("ann@example.com active=false", "bob@example.com active=false")
}
