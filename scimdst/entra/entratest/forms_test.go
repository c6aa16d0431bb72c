package entratest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ldap2scim/scimdst/scimtest"
)

// recorder is a SCIM service that has one person and one group, takes all, and
// writes down what it was sent.
type recorder struct {
	mu     sync.Mutex
	log    []string
	person string // the JSON of the person who is there
}

func (rec *recorder) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	rec.mu.Lock()
	defer rec.mu.Unlock()
	line := r.Method + " " + r.URL.RequestURI()
	if len(body) > 0 {
		line += " " + string(body)
	}
	rec.log = append(rec.log, line)
	w.Header().Set("Content-Type", "application/scim+json")
	switch {
	case r.Method == http.MethodGet && strings.Contains(r.URL.Query().Get("filter"), "ann@"):
		fmt.Fprintf(w, `{"totalResults":1,"Resources":[%s]}`, rec.person)
	case r.Method == http.MethodGet:
		fmt.Fprint(w, `{"totalResults":0,"Resources":[]}`)
	case r.Method == http.MethodPost:
		w.WriteHeader(http.StatusCreated)
		fmt.Fprint(w, `{"id":"9"}`)
	default:
		w.WriteHeader(http.StatusNoContent)
	}
}

func (rec *recorder) take() []string {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	log := rec.log
	rec.log = nil
	return log
}

// recorded points a road at a recorder instead of its service.
func recorded(t *testing.T, r *road, flag string) *recorder {
	t.Helper()
	rec := &recorder{}
	s := httptest.NewServer(rec)
	t.Cleanup(s.Close)
	r.secrets(pair{"BaseAddress", s.URL + "/scim" + flag})
	return rec
}

func ops(t *testing.T, path string, list ...any) string {
	t.Helper()
	b, err := json.Marshal(map[string]any{"schemas": []string{patchSchema}, "Operations": list})
	if err != nil {
		t.Fatal(err)
	}
	return "PATCH " + path + " " + string(b)
}

type m = map[string]any

func TestFormsOfEntra(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		flag                           string
		change, disable, remove, added []any
	}{
		{
			flag: "",
			change: []any{
				m{"op": "Add", "path": "displayName", "value": "ann"},
				m{"op": "Replace", "path": `emails[type eq "work"].value`, "value": "ann@example.com"},
				m{"op": "Add", "path": "externalId", "value": "ann"},
				m{"op": "Replace", "path": "name.familyName", "value": "X"},
				m{"op": "Add", "path": enterpriseUser + ":department", "value": "Sales"},
			},
			disable: []any{m{"op": "Replace", "path": "active", "value": "False"}},
			added:   []any{m{"op": "Add", "path": "members", "value": []any{m{"$ref": nil, "value": "1"}, m{"$ref": nil, "value": "9"}}}},
			remove:  []any{m{"op": "Remove", "path": "members", "value": []any{m{"$ref": nil, "value": "1"}}}},
		},
		{
			flag: "?aadOptscim062020",
			change: []any{
				m{"op": "add", "path": "displayName", "value": "ann"},
				m{"op": "replace", "path": `emails[type eq "work"].value`, "value": "ann@example.com"},
				m{"op": "add", "path": "externalId", "value": "ann"},
				m{"op": "add", "path": enterpriseUser + ":department", "value": "Sales"},
				m{"op": "replace", "path": "name.familyName", "value": "X"},
			},
			disable: []any{m{"op": "replace", "path": "active", "value": false}},
			added:   []any{m{"op": "add", "path": "members", "value": []any{m{"$ref": nil, "value": "1"}, m{"$ref": nil, "value": "9"}}}},
			remove:  []any{m{"op": "remove", "path": `members[value eq "1"]`}},
		},
	} {
		t.Run(c.flag, func(t *testing.T) {
			t.Parallel()
			r := newRoad(t, Options{}, scimtest.Options{})
			ann := r.person("ann")
			g := r.addGroup(Group{DisplayName: "g", Members: []string{ann, r.person("bob")}})
			r.assign(g)
			rec := recorded(t, r, c.flag)
			rec.person = `{"id":"1","userName":"ann@example.com","active":true,"emails":[{"type":"work","value":"old@example.com"}],"name":{"familyName":"Old","givenName":"ann"}}`
			r.start()
			r.cycle()
			want := []string{
				`GET /scim/Users?filter=userName%20eq%20%22ann%40example.com%22`,
				ops(t, "/scim/Users/1", c.change...),
				`GET /scim/Users?filter=userName%20eq%20%22bob%40example.com%22`,
				`POST /scim/Users {"active":true,"displayName":"bob","emails":[{"primary":true,"type":"work","value":"bob@example.com"}],"externalId":"bob","meta":{"resourceType":"User"},` +
					`"name":{"familyName":"X","givenName":"bob"},"roles":[],"schemas":["` + coreUser + `","` + enterpriseUser + `"],"` + enterpriseUser + `":{"department":"Sales"},"userName":"bob@example.com"}`,
				`GET /scim/Groups?excludedAttributes=members&filter=displayName%20eq%20%22g%22`,
				`POST /scim/Groups {"displayName":"g","externalId":"` + g + `","meta":{"resourceType":"Group"},"schemas":["` + coreGroup + `","` + groupExtension + `"]}`,
				ops(t, "/scim/Groups/9", c.added...),
			}
			same(t, want, rec.take())
			if err := r.ChangeUser(ann, func(u *User) { u.Disabled = true }); err != nil {
				t.Fatal(err)
			}
			r.cycle()
			same(t, []string{ops(t, "/scim/Users/1", c.disable...), ops(t, "/scim/Groups/9", c.remove...)}, rec.take())
		})
	}
}

// same compares requests, the JSON of their bodies by what it says.
func same(t *testing.T, want, have []string) {
	t.Helper()
	read := func(lines []string) []any {
		var list []any
		for _, line := range lines {
			at, body, _ := strings.Cut(line, " {")
			var v any
			if body != "" {
				if err := json.Unmarshal([]byte("{"+body), &v); err != nil {
					t.Fatalf("%v in %s", err, line)
				}
			}
			list = append(list, m{at: v})
		}
		return list
	}
	if diff := cmp.Diff(read(want), read(have)); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}
