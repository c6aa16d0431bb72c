package entratest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ldap2scim/scimdst/scimtest"
)

// sample is a documented request with its answer.
type sample struct {
	Source  string
	Request struct {
		Method, Path string
		Headers      map[string]string
		Body         json.RawMessage
	}
	Answer struct {
		Status int
		Body   any
	}
	// More are members that the sample was shortened by, and that are on the
	// resource's page; Absent are documented ones that this server has not.
	More, Absent []string
	// Options are query options that the page has beside those of the example,
	// and Also members of the body that other pages have.
	Options, Also []string
	Note          string
}

// TestSamples: each documented request is accepted, and its answer has the
// documented members and no others.
func TestSamples(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/samples/*.json")
	if err != nil || len(files) < 47 {
		t.Fatalf("%d samples, %v", len(files), err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var s sample
			if err := decode(text, &s); err != nil {
				t.Fatal(err)
			}
			if !strings.HasPrefix(s.Source, "https://github.com/microsoftgraph/") && !strings.HasPrefix(s.Source, "https://github.com/MicrosoftDocs/") {
				t.Errorf("the source is %q", s.Source)
			}
			r, names := sampleRoad(t, name)
			fill := strings.NewReplacer(names...)
			var headers []string
			for key, value := range s.Request.Headers {
				headers = append(headers, key, value)
			}
			a := r.want(s.Answer.Status, s.Request.Method, fill.Replace(s.Request.Path), fill.Replace(string(s.Request.Body)), headers...)
			if s.Answer.Body == nil {
				if a.body != nil {
					t.Errorf("there is a body: %s", a.raw)
				}
			} else {
				s.compare(t, "", s.Answer.Body, a.body)
			}
			r.nothingRefused()
		})
	}
}

// sampleRoad is a tenant in which the sample's request makes sense.
func sampleRoad(t *testing.T, name string) (*road, []string) {
	t.Helper()
	clients := []Client{{ID: ClientID, Secret: "s", Roles: AllRoles()}, {ID: "poor", Secret: "s", Roles: []string{"User.Read.All"}}}
	r := newRoad(t, Options{Clients: clients, Quarantine: Thresholds{Least: 1}}, scimtest.Options{RequireEmail: true})
	user := r.addUser(User{UserPrincipalName: "ann@example.com", DisplayName: "ann", Mail: "ann@example.com", Phone: "425-555-0100"})
	other := r.addUser(User{UserPrincipalName: "bare@example.com", DisplayName: "bare"})
	r.addUser(User{UserPrincipalName: "gone@example.com", DisplayName: "gone", Deleted: true})
	group, full := r.addGroup(Group{DisplayName: "g"}), r.addGroup(Group{DisplayName: "full", Members: []string{user}})
	r.assign(user)
	if name == "provisioningobjectsummary-list-failure" || name == "synchronizationjob-get" || name == "synchronizationjob-list" {
		r.assign(other) // whom the service refuses
	}
	if name != "synchronization-post-jobs" && name != "synchronizationjob-provisionondemand" {
		r.start()
		r.cycle()
	}
	extension, _ := r.want(http.StatusCreated, http.MethodPost, "/applications/"+r.app+"/extensionProperties", `{"name":"tracker","dataType":"String","targetObjects":["User"]}`).body["name"].(string)
	var schema struct{ Directories, SynchronizationRules json.RawMessage }
	if err := json.Unmarshal([]byte(r.want(http.StatusOK, http.MethodGet, r.job+"/schema", "").raw), &schema); err != nil {
		t.Fatal(err)
	}
	switch name {
	case "synchronizationjob-get", "synchronizationjob-list": // the samples are of a job in quarantine for its credentials
		r.secrets(pair{"SecretToken", "wrong"})
		r.start()
		r.cycle()
	case "json-batching-denied":
		token, err := r.Token("poor")
		if err != nil {
			t.Fatal(err)
		}
		r.token = token
	}
	return r, []string{
		`"{directories}"`, string(schema.Directories), `"{synchronizationRules}"`, string(schema.SynchronizationRules), "{extension}", extension,
		"{sp}", r.sp, "{job}", strings.TrimPrefix(r.job, r.jobs+"/"), "{app}", r.app, "{rule}", r.rule, "{user}", user, "{other}", other,
		"{group}", group, "{full}", full, "{scim}", r.mdm.URL, "{token}", r.mdm.Token,
	}
}

// compare holds what came against what is documented, member by member. Null
// stands for any value, an empty object and an empty list for any of theirs.
func (s sample) compare(t *testing.T, at string, want, have any) {
	t.Helper()
	if want == nil || have == nil {
		return
	}
	switch want := want.(type) {
	case map[string]any:
		have, ok := have.(map[string]any)
		if !ok {
			t.Errorf("%s is %T, want an object", at, have)
			return
		}
		if len(want) > 0 {
			s.members(t, at, want, have)
		}
	case []any:
		have, ok := have.([]any)
		if !ok {
			t.Errorf("%s is %T, want a list", at, have)
			return
		}
		if len(want) > 0 && len(have) == 0 && !strings.Contains(at, ".") {
			t.Errorf("%s is empty, so nothing is compared", at)
		}
		for i := range have {
			if len(want) > 0 {
				s.compare(t, at+"[]", want[0], have[i])
			}
		}
	case string:
		have, ok := have.(string)
		if !ok {
			t.Errorf("%s is %v, want a text", at, have)
			return
		}
		s.inText(t, at, want, have)
	default:
		if fmt.Sprintf("%T", want) != fmt.Sprintf("%T", have) {
			t.Errorf("%s is %T, want %T", at, have, want)
		}
	}
}

// inText compares JSON in texts.
func (s sample) inText(t *testing.T, at, want, have string) {
	t.Helper()
	var a, b map[string]any
	if json.Unmarshal([]byte(want), &a) != nil {
		return
	}
	if err := json.Unmarshal([]byte(have), &b); err != nil {
		t.Errorf("%s is no JSON: %v", at, err)
		return
	}
	delete(a, "details") // there are some only when something was wrong
	delete(b, "details")
	s.members(t, at, a, b)
}

func (s sample) members(t *testing.T, at string, want, have map[string]any) {
	t.Helper()
	dot := at
	if at != "" {
		dot += "."
	}
	for name, value := range want {
		got, ok := have[name]
		if !ok && !slices.Contains(s.Absent, dot+name) {
			t.Errorf("%s%s is documented and not there", dot, name)
		}
		s.compare(t, dot+name, value, got)
	}
	for name := range have {
		if _, ok := want[name]; !ok && !slices.Contains(s.More, dot+name) {
			t.Errorf("%s%s is there and not documented", dot, name)
		}
	}
}
