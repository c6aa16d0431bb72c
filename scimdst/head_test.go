package scimdst

import (
	"encoding/json"
	"strings"
	"testing"

	"ldap2scim/plan"
)

// FuzzHead: a head says what encoding/json reads in the same text, and nothing
// is taken that it does not take.
func FuzzHead(f *testing.F) {
	const user = `"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"]`
	for _, s := range []string{
		`{` + user + `,"id":"1"}`, `{` + user + `,"id":"1","externalId":"x","meta":{"version":"W/\"1\"","resourceType":"User"}}`,
		` {"SCHEMAS" : [1, "URN:ietf:params:scim:schemas:core:2.0:User" ] , "Id":"é\u00e9\ud83d\ude00","EXTERNALID":null,"meta":[]} `,
		`{` + user + `,"id":"a","ID":"b","iD":"c","id":"d"}`, `{` + user + `,"ID":"b","Id":"a","iD":"c"}`, `{` + user + `,"\u0069d":"1"}`,
		`{` + user + `,"id":"1"`, `{` + user + `,"id":"1"}}`, `{` + user + `,"id":1}`, `{"id":"1"}`, `{"id":"1","schemas":{}}`, `{}`, `[]`, `""`, ``, `null`,
		`{` + user + `,"id":"1","n":[0,-0,1.5,-1e9,2E+3,0.1e-2],"o":{"a":{},"b":[[],[{}]],"c":true,"d":false,"e":null}}`,
		`{` + user + `,"id":"1","n":01}`, `{` + user + `,"id":"1","n":1.}`, `{` + user + `,"id":"1","n":-}`, `{` + user + `,"id":"1","n":1e}`,
		`{` + user + `,"id":"1","n":tru}`, `{` + user + `,"id":"\x"}`, `{` + user + `,"id":"\u12"}`, "{" + user + ",\"id\":\"\xff\"}", "{" + user + ",\"id\":\"\n\"}",
		`{` + user + `,"id":"1",}`, `{` + user + `,,"id":"1"}`, `{` + user + ` "id":"1"}`, `{` + user + `,"id" "1"}`, `{` + user + `,id:"1"}`,
		`{` + user + `,"id":"1","ſchemas":[]}`, `{"ſchemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"1"}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(headIsAlike)
}

// TestDeepHead: at the depth at which encoding/json gives up.
func TestDeepHead(t *testing.T) {
	t.Parallel()
	for _, depth := range []int{9999, 10000} {
		deep := strings.Repeat("[", depth) + strings.Repeat("]", depth)
		headIsAlike(t, []byte(`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"1","deep":`+deep+`}`))
	}
}

func headIsAlike(t *testing.T, body []byte) {
	t.Helper()
	got, err := parseHead(plan.Person, body)
	want, wantErr := parseResource(plan.Person, body)
	if !json.Valid(body) {
		if err == nil {
			t.Fatalf("took %q, which is no JSON", body)
		}
		return
	}
	if (err == nil) != (wantErr == nil) {
		t.Fatalf("%q: %v, and by encoding/json %v", body, err, wantErr)
	}
	if got.RemoteID != want.RemoteID || got.ExternalID != want.ExternalID || got.Version != want.Version {
		t.Errorf("%q: got %+v, and by encoding/json %+v", body, got, want)
	}
}
