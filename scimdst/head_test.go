package scimdst

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ldap2scim/plan"
)

// FuzzHead: a head and a resource say what encoding/json reads in the same
// text, and nothing is taken that it does not take.
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
		`{` + user + `,"id":"1","USERNAME":"a","userName":"b","name":{"odd":1,"GivenName":"x","givenname":"y"},"emails":[1,{"type":"Work","value":"a"},{"type":"work","value":"b","PRIMARY":true},{"type":"home"}]}`,
		`{` + user + `,"id":"1","groups":[{"value":"b"},{"VALUE":"a"},{},1],"members":[],"urn:X":{"a":1.0,"b":{"c":true,"d":null},"b":{"e":"f"}},"urn:y":"z","flag":false,"\u0041ctive":true}`,
		`{` + user + `,"id":"1","members":[{"value":"b","type":"User"},{"type":"User","VALUE":"a"},{"value":"b"}],"displayName":"g"}`,
		`{` + user + `,"id":"1","members":[{"value":"b"},{"type":"User"}]}`, `{` + user + `,"id":"1","members":{"value":"b"},"é":"x","É":"y"}`,
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
	for _, kind := range []plan.Kind{plan.Person, plan.Group} {
		text := bytes.ReplaceAll(body, []byte(userSchema), []byte(schemaOf(kind)))
		head, headErr := (&resourceReader{kind: kind}).readHead(text)
		got, err := parseResource(kind, text)
		if !json.Valid(text) {
			if err == nil || headErr == nil {
				t.Fatalf("took %q, which is no JSON", text)
			}
			continue
		}
		want, wantErr := treeResource(kind, text)
		if (err == nil) != (wantErr == nil) || headErr != nil && wantErr == nil {
			t.Fatalf("%q: %v, %v, and by encoding/json %v", text, headErr, err, wantErr)
		}
		if wantErr != nil {
			continue
		}
		if d := cmp.Diff(want, got, cmp.AllowUnexported(held{})); d != "" {
			t.Errorf("%q (-by encoding/json +got):\n%s", text, d)
		}
		if head.RemoteID != want.RemoteID || head.ExternalID != want.ExternalID || head.Version != want.Version {
			t.Errorf("%q: got %+v, and by encoding/json %+v", text, head, want)
		}
	}
}
