package entratest

import (
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ldap2scim/scimdst/scimtest"
)

// TestSCIMSamples: what the engine sends has the form of the documented
// requests of Entra ID.
func TestSCIMSamples(t *testing.T) {
	t.Parallel()
	sent := map[string][]string{}
	for _, flag := range []string{"", "?aadOptscim062020"} {
		sent[flag] = engineRequests(t, flag)
	}
	files, err := filepath.Glob("testdata/scim/*.json")
	if err != nil || len(files) < 13 {
		t.Fatalf("%d samples, %v", len(files), err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var s struct {
			Source, Flag string
			Request      struct {
				Method, Path string
				Body         json.RawMessage
			}
		}
		if err := decode(text, &s); err != nil {
			t.Fatal(err)
		}
		want := form(t, s.Request.Method, s.Request.Path, s.Request.Body)
		if !slices.Contains(sent[s.Flag], want) {
			t.Errorf("%s: the engine sent nothing of the form\n%s\nbut\n%s", filepath.Base(file), want, strings.Join(sent[s.Flag], "\n"))
		}
	}
}

// engineRequests are the forms of all requests of a person who is found and
// changed, one who is created, a group, and of their end.
func engineRequests(t *testing.T, flag string) []string {
	t.Helper()
	r := newRoad(t, Options{}, scimtest.Options{})
	r.editSchema(func(doc map[string]any) {
		addCustom(doc, "nickName", "extensionAttribute1")
		addMapping(doc, enterpriseUser+":employeeNumber", "employeeId")
		list := mappings(doc, "User")
		list["attributeMappings"] = slices.DeleteFunc(list["attributeMappings"].([]any), func(a any) bool {
			return a.(map[string]any)["targetAttributeName"] == enterpriseUser+":department"
		})
		list["attributeMappings"] = append(list["attributeMappings"].([]any), map[string]any{
			"defaultValue": nil, "exportMissingReferences": false, "flowBehavior": "FlowWhenChanged", "flowType": "Always", "matchingPriority": 0,
			"source":              map[string]any{"expression": `Join(" ", [givenName], [surname])`, "name": "Join", "parameters": []any{}, "type": "Function"},
			"targetAttributeName": "name.formatted",
		})
	})
	rec := recorded(t, r, flag)
	rec.person = `{"id":"1","userName":"ann@example.com","active":true,"displayName":"ann","externalId":"ann","emails":[{"type":"work","value":"old@example.com"}],"name":{"familyName":"Old","givenName":"ann","formatted":"ann X"},"` + enterpriseUser + `":{"employeeNumber":"1"}}`
	ann := r.addUser(User{UserPrincipalName: "ann@example.com", DisplayName: "ann", GivenName: "ann", Surname: "X", Mail: "ann@example.com", EmployeeID: "1"})
	bob := r.addUser(User{UserPrincipalName: "bob@example.com", GivenName: "bob", Surname: "X", Mail: "bob@example.com"}) // as the sample, without a displayName
	r.assign(r.addGroup(Group{DisplayName: "g", Members: []string{ann, bob}}))
	r.start()
	r.cycle()
	for _, change := range []func(*User){
		func(u *User) { u.Attributes[0] = "Babs" },
		func(u *User) {
			u.DisplayName, u.GivenName, u.Surname, u.Mail, u.EmployeeID = "b", "b", "b Y", "b@example.com", "2"
		},
		func(u *User) { u.Disabled = true },
	} {
		if err := r.ChangeUser(ann, change); err != nil {
			t.Fatal(err)
		}
		r.cycle()
	}
	var forms []string
	for _, line := range rec.take() {
		at, body, _ := strings.Cut(line, " {")
		if body != "" {
			body = "{" + body
		}
		method, path, _ := strings.Cut(at, " ")
		forms = append(forms, form(t, method, strings.TrimPrefix(path, "/scim"), json.RawMessage(body)))
	}
	return forms
}

// form is a request without its values: what remains is the method, the path,
// the members, the operations with their paths, the types and the schemas.
func form(t *testing.T, method, path string, body json.RawMessage) string {
	t.Helper()
	path, err := url.PathUnescape(path)
	if err != nil {
		t.Fatal(err)
	}
	path = regexp.MustCompile(`eq ".*"`).ReplaceAllString(path, `eq ""`)
	path = regexp.MustCompile(`^/(Users|Groups)/[^?]+`).ReplaceAllString(path, "/$1/{id}")
	if len(body) == 0 {
		return method + " " + path
	}
	var v any
	if err := json.Unmarshal(body, &v); err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(bare("", v))
	if err != nil {
		t.Fatal(err)
	}
	return method + " " + path + " " + string(b)
}

func bare(name string, v any) any {
	switch v := v.(type) {
	case map[string]any:
		object := map[string]any{}
		for key, value := range v {
			if key == "formatted" || key == "name.formatted" || strings.HasPrefix(key, "urn:") && name == "" {
				continue // not in all samples
			}
			object[key] = bare(key, value)
		}
		return object
	case []any:
		list := []any{}
		for _, e := range v {
			if e = bare(name, e); !slices.ContainsFunc(list, func(o any) bool { return cmp.Equal(o, e) }) {
				list = append(list, e)
			}
		}
		return list
	case string:
		if name == "path" {
			return regexp.MustCompile(`value eq "[^"]*"`).ReplaceAllString(v, `value eq ""`)
		}
		if name != "op" && name != "schemas" && name != "type" && name != "resourceType" && (name != "value" || v != "False") {
			return ""
		}
	}
	return v
}
