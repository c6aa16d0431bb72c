package scimtest_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ldap2scim/scimdst/scimtest"
)

const (
	ivanti   = "urn:ietf:params:scim:schemas:extension:ivanti:2.0:User"
	patchTop = `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[`
)

// client is raw HTTP: the service is judged without scimdst.
type client struct {
	t *testing.T
	*scimtest.Server
}

func start(t *testing.T, o scimtest.Options) client {
	t.Helper()
	s, err := scimtest.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return client{t: t, Server: s}
}

// do sends a request with the token, and more headers as name, value.
func (c client) do(method, path, body string, headers ...string) (int, map[string]any) {
	c.t.Helper()
	req, err := http.NewRequestWithContext(c.t.Context(), method, c.URL+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+c.Token)
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	var m map[string]any
	if len(text) > 0 && json.Unmarshal(text, &m) != nil {
		c.t.Fatalf("%s %s: %s", method, path, text)
	}
	return resp.StatusCode, m
}

func (c client) user(body string) string {
	c.t.Helper()
	status, m := c.do("POST", "/Users", body)
	if status != http.StatusCreated {
		c.t.Fatalf("POST: %d %v", status, m)
	}
	return m["id"].(string)
}

func TestFilters(t *testing.T) {
	t.Parallel()
	c := start(t, scimtest.Options{})
	ada := `{"userName":"Ada","externalId":"X1","active":true,"name":{"givenName":"Ada"},"title":"Dr. \"A\"","emails":[{"type":"work","value":"ada@x"},{"type":"home","value":"h@y"}],"` + ivanti + `":{"costCode":"C1"}}`
	for _, body := range []string{ada, `{"userName":"bob","externalId":"x1","active":false,"emails":[{"type":"work","value":"bob@x"},{"type":"home","value":"ada@x"}]}`, `{"userName":"carol"}`} {
		c.user(body)
	}
	for filter, want := range map[string]string{
		`userName eq "ADA"`:                           "Ada",
		`USERNAME Eq "ada"`:                           "Ada",
		`externalId eq "x1"`:                          "bob",
		`externalId eq "X1"`:                          "Ada",
		`userName ne "ada"`:                           "bob carol",
		`userName co "a"`:                             "Ada carol",
		`userName sw "c"`:                             "carol",
		`userName ew "B"`:                             "bob",
		`userName gt "b"`:                             "bob carol",
		`userName ge "bob" and userName lt "c"`:       "bob",
		`userName le "bob"`:                           "Ada bob",
		`active eq true`:                              "Ada",
		`active eq "true"`:                            "",
		`title pr`:                                    "Ada",
		`not (title pr)`:                              "bob carol",
		`title eq "Dr. \"A\""`:                        "Ada",
		`name.givenName eq "ada"`:                     "Ada",
		`emails.value eq "ada@x"`:                     "Ada bob",
		`emails eq "bob@x"`:                           "bob",
		`emails[type eq "work" and value eq "ada@x"]`: "Ada",
		`userName eq "bob" or userName eq "carol"`:    "bob carol",

		`(userName eq "bob" or title pr) and active eq true`:   "Ada",
		ivanti + `:costCode eq "c1"`:                           "Ada",
		`urn:ietf:params:scim:schemas:core:2.0:User:title pr`:  "Ada",
		`meta.resourceType eq "User" and not (active eq true)`: "bob carol",
	} {
		status, m := c.do("GET", "/Users?filter="+url.QueryEscape(filter), "")
		var names []string
		for _, r := range m["Resources"].([]any) {
			names = append(names, r.(map[string]any)["userName"].(string))
		}
		if got := strings.Join(names, " "); status != 200 || got != want {
			t.Errorf("%s: %d %q, want %q", filter, status, got, want)
		}
	}
	for _, filter := range []string{`userName`, `nonsense eq "x"`, `userName eq ada`, `userName eq "a`, `urn:x:y eq "1"`} {
		if status, m := c.do("GET", "/Users?filter="+url.QueryEscape(filter), ""); status != 400 || m["scimType"] != "invalidFilter" {
			t.Errorf("%s: %d %v, want invalidFilter", filter, status, m)
		}
	}
}

// TestPatch starts each time from the same person.
func TestPatch(t *testing.T) {
	t.Parallel()
	c := start(t, scimtest.Options{})
	const from = `{"userName":"u","name":{"givenName":"A","familyName":"B"},"emails":[{"type":"work","value":"w","primary":true}]}`
	for _, tc := range []struct{ ops, path, want string }{
		{`{"op":"Replace","path":"title","value":"T"}`, "title", `"T"`},
		{`{"op":"add","path":"TITLE","value":"T"}`, "title", `"T"`},
		{`{"op":"replace","path":"name.givenName","value":"X"}`, "name", `{"familyName":"B","givenName":"X"}`},
		{`{"op":"replace","path":"name","value":{"givenName":"X"}}`, "name", `{"familyName":"B","givenName":"X"}`},
		{`{"op":"remove","path":"name.givenName"}`, "name", `{"familyName":"B"}`},
		{`{"op":"remove","path":"name"}`, "name", `null`},
		{`{"op":"replace","value":{"title":"T","name.givenName":"X"}}`, "name", `{"familyName":"B","givenName":"X"}`},
		{`{"op":"replace","path":"emails[type eq \"work\"].value","value":"n"}`, "emails", `[{"primary":true,"type":"work","value":"n"}]`},
		{`{"op":"replace","path":"emails[type eq \"work\"]","value":{"value":"n"}}`, "emails", `[{"primary":true,"type":"work","value":"n"}]`},
		{`{"op":"add","path":"emails","value":[{"type":"home","value":"h","primary":true}]}`, "emails", `[{"primary":false,"type":"work","value":"w"},{"primary":true,"type":"home","value":"h"}]`},
		{`{"op":"add","path":"emails","value":[{"type":"work","value":"w"}]}`, "emails", `[{"primary":true,"type":"work","value":"w"}]`},
		{`{"op":"replace","path":"emails","value":[{"type":"home","value":"h"}]}`, "emails", `[{"type":"home","value":"h"}]`},
		{`{"op":"remove","path":"emails[type eq \"home\"]"}`, "emails", `[{"primary":true,"type":"work","value":"w"}]`},
		{`{"op":"add","path":"` + ivanti + `:costCode","value":"1"},{"op":"replace","value":{"` + ivanti + `":{"badge":"2"}}}`, ivanti, `{"badge":"2","costCode":"1"}`},
		{`{"op":"add","path":"` + ivanti + `","value":{"ownOne":"1"}},{"op":"add","path":"` + ivanti + `:OWNONE","value":"2"}`, ivanti, `{"ownOne":"2"}`},
		{`{"op":"add","path":"` + ivanti + `:badge","value":"1"},{"op":"remove","path":"` + ivanti + `:badge"}`, ivanti, `null`},
	} {
		id := c.user(from)
		status, m := c.do("PATCH", "/Users/"+id, patchTop+tc.ops+"]}")
		got, err := json.Marshal(m[tc.path])
		if err != nil || status != 200 || string(got) != tc.want {
			t.Errorf("%s: %d, %s is %s, want %s", tc.ops, status, tc.path, got, tc.want)
		}
		c.do("DELETE", "/Users/"+id, "")
	}
	id := c.user(from)
	for ops, want := range map[string]string{
		`{"op":"move","path":"title","value":"x"}`:                          "invalidSyntax",
		`{"op":"add","path":"nothing","value":"x"}`:                         "invalidPath",
		`{"op":"add","path":"title["}`:                                      "invalidValue",
		`{"op":"add","path":"title[","value":"x"}`:                          "invalidPath",
		`{"op":"add","path":"active","value":"True"}`:                       "invalidValue",
		`{"op":"add","path":"id","value":"x"}`:                              "mutability",
		`{"op":"replace","path":"emails[type eq \"x\"].value","value":"n"}`: "noTarget",
		`{"op":"remove"}`: "noTarget",
		`{"op":"remove","path":"emails","value":[{"value":"w"}]}`:                               "invalidValue",
		`{"op":"remove","path":"userName"}`:                                                     "invalidValue",
		`{"op":"add","path":"title","value":"kept?"},{"op":"add","path":"nothing","value":"x"}`: "invalidPath",
	} {
		if status, m := c.do("PATCH", "/Users/"+id, patchTop+ops+"]}"); status != 400 || m["scimType"] != want {
			t.Errorf("%s: %d %v, want %s", ops, status, m, want)
		}
	}
	if _, m := c.do("GET", "/Users/"+id, ""); m["title"] != nil {
		t.Errorf("a PATCH that failed left title %v", m["title"])
	}
}

func TestRules(t *testing.T) {
	t.Parallel()
	c := start(t, scimtest.Options{RequireEmail: true})
	mail := func(name string) string { return `{"userName":"` + name + `","emails":[{"value":"a@x"}]}` }
	id := c.user(mail("ada"))
	_, g := c.do("POST", "/Groups", `{"displayName":"Staff","members":[{"value":"`+id+`"}]}`)
	for _, tc := range []struct {
		method, path, body string
		headers            []string
		status             int
		scimType           string
	}{
		{"POST", "/Users", mail("ADA"), nil, 409, "uniqueness"},
		{"POST", "/Users", `{"userName":"bob"}`, nil, 400, "invalidValue"},
		{"POST", "/Users", `{"emails":[{"value":"a@x"}]}`, nil, 400, "invalidValue"},
		{"POST", "/Users", `{`, nil, 400, "invalidSyntax"},
		{"POST", "/Users", `{"userName":1}`, nil, 400, "invalidValue"},
		{"POST", "/Groups", `{"displayName":"STAFF"}`, nil, 409, "uniqueness"},
		{"POST", "/Groups", `{"displayName":"x","members":[{"value":"nobody"}]}`, nil, 400, "invalidValue"},
		{"GET", "/Users/nobody", "", nil, 404, ""},
		{"GET", "/Nothing", "", nil, 404, ""},
		{"PUT", "/Users", "", nil, 405, ""},
		{"GET", "/Users", "", []string{"Authorization", "Bearer wrong"}, 401, ""},
		{"PUT", "/Users/" + id, mail("ada"), []string{"If-Match", `W/"9"`}, 412, ""},
		{"PUT", "/Users/" + id, mail("ada"), []string{"If-Match", `W/"1"`}, 200, ""},
		{"GET", "/Users?startIndex=x", "", nil, 400, "invalidValue"},
	} {
		status, m := c.do(tc.method, tc.path, tc.body, tc.headers...)
		scimType, _ := m["scimType"].(string)
		if status != tc.status || scimType != tc.scimType {
			t.Errorf("%s %s %s: %d %v, want %d %s", tc.method, tc.path, tc.body, status, m, tc.status, tc.scimType)
		}
	}
	if got := c.Groups()[0]; got.ID != g["id"] || len(got.Members) != 1 {
		t.Errorf("the group is %+v", got)
	}
	if status, _ := c.do("DELETE", "/Users/"+id, ""); status != 204 || len(c.Users()) != 0 || len(c.Groups()[0].Members) != 0 {
		t.Errorf("DELETE: %d, left %+v %+v", status, c.Users(), c.Groups())
	}
	twice := start(t, scimtest.Options{SameGroupNames: true})
	for range 2 {
		if status, m := twice.do("POST", "/Groups", `{"displayName":"Staff"}`); status != 201 {
			t.Errorf("a second group of one name: %d %v", status, m)
		}
	}
}

func TestListAndProjection(t *testing.T) {
	t.Parallel()
	c := start(t, scimtest.Options{PageCap: 2})
	for _, n := range []string{"a", "b", "c"} {
		c.user(`{"userName":"` + n + `","title":"T","name":{"givenName":"G","familyName":"F"}}`)
	}
	for query, want := range map[string]string{
		"":                          "1 2 3 a b",
		"startIndex=3&count=100":    "3 1 3 c",
		"startIndex=4":              "4 0 3",
		"startIndex=-1&count=1":     "1 1 3 a",
		"count=0":                   "1 0 3",
		"startIndex=2&attributes=x": "2 2 3 - -",
	} {
		_, m := c.do("GET", "/Users?"+query, "")
		got := []string{jsonOf(m["startIndex"]), jsonOf(m["itemsPerPage"]), jsonOf(m["totalResults"])}
		for _, r := range m["Resources"].([]any) {
			name, ok := r.(map[string]any)["userName"].(string)
			if !ok {
				name = "-"
			}
			got = append(got, name)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %v, want %s", query, got, want)
		}
	}
	_, m := c.do("GET", "/Users?count=1&attributes=title,name.givenName", "")
	got := m["Resources"].([]any)[0].(map[string]any)
	delete(got, "id")
	delete(got, "schemas")
	if d := cmp.Diff(map[string]any{"title": "T", "name": map[string]any{"givenName": "G"}}, got); d != "" {
		t.Error(d)
	}
	_, m = c.do("GET", "/Users?count=1&excludedAttributes=title,name.givenName,id,meta", "")
	got = m["Resources"].([]any)[0].(map[string]any)
	if got["title"] != nil || got["meta"] != nil || got["id"] == nil || jsonOf(got["name"]) != `{"familyName":"F"}` {
		t.Errorf("without what is excluded: %v", got)
	}
}

func jsonOf(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

func TestDiscovery(t *testing.T) {
	t.Parallel()
	c := start(t, scimtest.Options{})
	for path, want := range map[string]string{
		"/ServiceProviderConfig": "patch", "/ResourceTypes": "Resources", "/Schemas": "Resources", "/Schemas/" + ivanti: "attributes",
	} {
		if status, m := c.do("GET", path, ""); status != 200 || m[want] == nil {
			t.Errorf("%s: %d %v", path, status, m)
		}
	}
}

// TestSameRequestsSameAnswers: ids and times come from counters.
func TestSameRequestsSameAnswers(t *testing.T) {
	t.Parallel()
	a, b := start(t, scimtest.Options{}), start(t, scimtest.Options{})
	for _, c := range []client{a, b} {
		c.user(`{"userName":"a"}`)
		c.user(`{"userName":"b"}`)
	}
	x := strings.ReplaceAll(jsonOf(a.Users()), a.URL, "")
	y := strings.ReplaceAll(jsonOf(b.Users()), b.URL, "")
	if d := cmp.Diff(x, y); d != "" {
		t.Error(d)
	}
}
