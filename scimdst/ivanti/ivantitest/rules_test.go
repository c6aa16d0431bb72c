package ivantitest_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"ldap2scim/scimdst/ivanti/ivantitest"
	"ldap2scim/scimdst/scimtest"
)

func start(t *testing.T, o ivantitest.Options) *ivantitest.Server {
	t.Helper()
	s, err := ivantitest.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func tenant() ivantitest.Options {
	return ivantitest.Options{
		LDAP: ivantitest.LDAP{Name: "corp", Disabled: false, AppleIDs: ivantitest.AppleIDSetting{On: true}, People: []ivantitest.Person{
			{GUID: "11111111-2222-4333-8444-555555555555", UID: "ada", Email: "ada@example.com", First: "Ada", Last: "L", Display: "Ada L", Custom: map[string]string{"custAttr1": "CC-1"}, Groups: []string{"Staff"}},
			{UID: "bob", Email: "bob@example.com", First: "Bob", Last: "M", Display: strings.Repeat("b", 129)},
		}},
		Accounts:      []ivantitest.Account{{UID: "root", Source: ivantitest.Local}, {UID: "ext", Source: "SALESFORCE"}},
		Groups:        map[string]string{"Helpdesk": ivantitest.Local},
		Devices:       []ivantitest.Device{{ID: 1, UID: "bob", State: "RETIRE_PENDING", UserEnrolled: true}, {ID: 2, UID: "ada", State: "ACTIVE"}},
		IdPAttributes: []string{"custAttr1"},
		AppleIDs:      ivantitest.AppleIDSetting{On: true},
	}
}

// person is a resource as a client sends it; a change takes or alters a part.
func person(uid string, changes ...func(map[string]any)) map[string]any {
	p := map[string]any{
		"schemas": []any{"urn:ietf:params:scim:schemas:core:2.0:User"}, "userName": uid, "active": true, "displayName": uid,
		"name":          map[string]any{"givenName": "G", "familyName": "F"},
		"emails":        []any{map[string]any{"type": "work", "value": uid + "@example.com"}},
		scimtest.Ivanti: map[string]any{"custAttr1": "CC-2"},
	}
	for _, change := range changes {
		change(p)
	}
	return p
}

func set(key string, value any) func(map[string]any) {
	return func(p map[string]any) { p[key] = value }
}

// send returns the status, and the id or the detail.
func send(t *testing.T, s *ivantitest.Server, method, path, token string, body any) (int, string) {
	t.Helper()
	b, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), method, s.SCIM.URL+path, strings.NewReader(string(b)))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var out struct{ ID, Detail string }
	if text, err := io.ReadAll(resp.Body); err != nil || len(text) > 0 && json.Unmarshal(text, &out) != nil {
		t.Fatalf("%s, %v", text, err)
	}
	return resp.StatusCode, out.ID + out.Detail
}

// TestRules: each rule of the vendor's page, by a request that runs into it.
func TestRules(t *testing.T) {
	t.Parallel()
	s := start(t, tenant())
	token := s.SCIM.Token
	refused := func(what, path string, body map[string]any, detail string) {
		t.Helper()
		if status, got := send(t, s, http.MethodPost, path, token, body); status/100 != 4 || !strings.Contains(got, detail) {
			t.Errorf("%s: %d %s, want %q", what, status, got, detail)
		}
	}
	refused("while the LDAP server is enabled", "/Users", person("ada"), "belongs to an LDAP server that is enabled")
	s.EnableLDAP(false)
	refused("without an email", "/Users", person("ada", set("emails", []any{})), "email address is mandatory")
	refused("with a blank name", "/Users", person("ada", set("name", map[string]any{"givenName": " ", "familyName": "L"})), "must not be blank")
	refused("inactive", "/Users", person("ada", set("active", false)), "inactive users")
	refused("with an unknown attribute", "/Users", person("ada", set(scimtest.Ivanti, map[string]any{"custAttr9": "x"})), "custAttr9 does not exist")
	refused("of a source that no page speaks of", "/Users", person("ext"), "SALESFORCE")
	refused("a group of another source", "/Groups", map[string]any{"displayName": "helpdesk"}, "duplicate groups")
	if n := len(s.SCIM.Users()) + len(s.SCIM.Groups()); n != 0 {
		t.Fatalf("%d were stored", n)
	}

	ids := map[string]string{}
	for _, uid := range []string{"ADA", "bob", "root", "new"} {
		status, id := send(t, s, http.MethodPost, "/Users", token, person(uid))
		if status != http.StatusCreated {
			t.Fatalf("%s: %d %s", uid, status, id)
		}
		ids[uid] = id
	}
	for uid, want := range map[string]ivantitest.Account{
		"ada":  {ID: 1003, Source: ivantitest.SCIM, AppleID: "ADA@example.com", LDAP: map[string]string{"custAttr1": "CC-1"}},
		"root": {ID: 1001, Source: ivantitest.SCIM, AppleID: "root@example.com"},
		"new":  {ID: 1005, Source: ivantitest.SCIM, AppleID: "new@example.com"},
		"bob":  {ID: 1004, Source: ivantitest.SCIM, AppleID: "bob@example.com"},
	} {
		a, known := s.Account(uid)
		if !known || a.ID != want.ID || a.Source != want.Source || a.AppleID != want.AppleID || fmt.Sprint(a.LDAP) != fmt.Sprint(want.LDAP) || a.IdP["custAttr1"] != "CC-2" {
			t.Errorf("%s: %+v", uid, a)
		}
	}

	status, group := send(t, s, http.MethodPost, "/Groups", token, map[string]any{"displayName": "Staff", "members": []any{map[string]any{"value": ids["bob"]}}})
	if status != http.StatusCreated {
		t.Fatalf("a group that was LDAP's: %d %s", status, group)
	}
	refused("groups within groups", "/Groups", map[string]any{"displayName": "All", "members": []any{map[string]any{"value": group}}}, "nested")
	patch := func(path, op, at string, value any) (int, string) {
		return send(t, s, http.MethodPatch, path, token, map[string]any{
			"schemas": []any{"urn:ietf:params:scim:api:messages:2.0:PatchOp"}, "Operations": []any{map[string]any{"op": op, "path": at, "value": value}},
		})
	}
	if status, got := patch("/Users/"+ids["bob"], "replace", "userName", "robert"); status != http.StatusBadRequest {
		t.Errorf("renamed: %d %s", status, got)
	}
	if status, _ := patch("/Users/"+ids["bob"], "replace", "name.givenName", ""); status != http.StatusBadRequest {
		t.Error("a name was made blank")
	}
	if status, got := patch("/Users/"+ids["bob"], "replace", "displayName", ""); status != http.StatusOK {
		t.Errorf("%d %s", status, got)
	}
	if status, got := patch("/Users/"+ids["bob"], "replace", scimtest.Ivanti+":custAttr1", ""); status != http.StatusOK {
		t.Errorf("%d %s", status, got)
	}
	if bob, _ := s.Account("bob"); bob.Display != "bob" || bob.IdP["custAttr1"] != "CC-2" {
		t.Errorf("a blank cleared something: %+v", bob)
	}
	send(t, s, http.MethodDelete, "/Groups/"+group, token, nil)
	if bob, _ := s.Account("bob"); !bob.Disabled {
		t.Error("the member of a group that was deleted, and of no other, is not disabled")
	}
	send(t, s, http.MethodDelete, "/Users/"+ids["new"], token, nil)
	if a, known := s.Account("new"); !known || !a.Disabled {
		t.Errorf("after a deletion: %+v %v", a, known)
	}
}

// TestAppleID: the setting decides, unless a device freezes what there is.
func TestAppleID(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		setting  ivantitest.AppleIDSetting
		ada, bob string
	}{
		"off":       {ivantitest.AppleIDSetting{}, "", "bob@example.com"},
		"subdomain": {ivantitest.AppleIDSetting{On: true, Subdomain: true}, "ada@appleid.example.com", "bob@example.com"},
		"attribute": {ivantitest.AppleIDSetting{On: true, Attribute: "custAttr1"}, "CC-2@x.example", "bob@example.com"},
		"as it was": {ivantitest.AppleIDSetting{On: true}, "ada@example.com", "bob@example.com"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := tenant()
			o.AppleIDs = tt.setting
			s := start(t, o)
			s.EnableLDAP(false)
			for _, uid := range []string{"ada", "bob"} {
				if status, got := send(t, s, http.MethodPost, "/Users", s.SCIM.Token, person(uid, set(scimtest.Ivanti, map[string]any{"custAttr1": "CC-2@x.example"}))); status != http.StatusCreated {
					t.Fatalf("%d %s", status, got)
				}
			}
			ada, _ := s.Account("ada")
			bob, _ := s.Account("bob")
			if ada.AppleID != tt.ada || bob.AppleID != tt.bob {
				t.Errorf("%q and %q", ada.AppleID, bob.AppleID)
			}
		})
	}
}

// TestSync: an enabled server takes over what the directory says, and says so.
func TestSync(t *testing.T) {
	t.Parallel()
	s := start(t, tenant())
	if bob, _ := s.Account("bob"); bob.Display != "" || bob.Source != ivantitest.LDAPs {
		t.Errorf("%+v", bob)
	}
	s.SetPerson(ivantitest.Person{UID: "cy", Email: "cy@example.com"})
	s.RemovePerson("bob")
	s.Pass(14 * time.Minute)
	if _, known := s.Account("cy"); known {
		t.Error("synced before the interval was over")
	}
	s.Pass(time.Minute)
	bob, _ := s.Account("bob")
	if _, known := s.Account("cy"); !known || !bob.NoSync {
		t.Errorf("not synced: %v, %+v", known, bob)
	}
	n := len(s.Trail())
	s.EnableLDAP(false)
	s.SetPerson(ivantitest.Person{UID: "dee"})
	s.Pass(time.Hour)
	if _, known := s.Account("dee"); known || len(s.Trail()) != n+1 {
		t.Errorf("a server that is disabled syncs: %v", s.Trail()[n:])
	}
	if text := string(s.AuditCEF()); !strings.Contains(text, `|LDAP Server edited|Low|`) || !strings.Contains(text, `"enabled":false`) {
		t.Error(text)
	}
}

// TestTokens: at most two, and each can be switched off.
func TestTokens(t *testing.T) {
	t.Parallel()
	s := start(t, ivantitest.Options{})
	second, err := s.GenerateToken()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.GenerateToken(); err == nil {
		t.Error("there are three")
	}
	works := func(token string) bool {
		status, _ := send(t, s, http.MethodGet, "/Users", token, nil)
		return status == http.StatusOK
	}
	if !works(s.SCIM.Token) || !works(second) || works("other") || works("") {
		t.Error("tokens are not told apart")
	}
	s.ActivateToken(second, false)
	s.RemoveToken(s.SCIM.Token)
	if works(s.SCIM.Token) || works(second) {
		t.Error("a token works that is inactive or gone")
	}
	s.ActivateToken(second, true)
	if !works(second) {
		t.Error("a token that was renewed does not work")
	}
}

// TestLimits: pages and custom attributes.
func TestLimits(t *testing.T) {
	t.Parallel()
	s := start(t, tenant())
	for path, want := range map[string]int{
		"/api/v1/account?rows=500": 200, "/api/v1/account?rows=501": 400, "/api/v1/account?rows=0": 400,
		"/api/v1/group?rows=50": 200, "/api/v1/group?rows=51": 400,
		"/msa/v1/cps/user?uid=a&limit=50": 200, "/msa/v1/cps/user?uid=a&limit=51": 400, "/msa/v1/cps/user?limit=50": 400,
		"/api/v1/device?rows=5": 400, "/api/v1/lists/ldap": 404,
	} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.SetBasicAuth(s.User(), s.Password())
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("%s: %d, want %d", path, resp.StatusCode, want)
		}
	}
	o := tenant()
	o.LDAP.People[0].Custom = map[string]string{"1": "", "2": "", "3": "", "4": "", "5": "", "6": "", "7": "", "8": ""}
	if _, err := ivantitest.Start(o); err == nil {
		t.Error("there are eight custom attributes")
	}
}
