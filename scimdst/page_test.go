package scimdst

import (
	"testing"

	"ldap2scim/plan"
)

// FuzzPage: a page is a list or an error, never a panic, and whoever it lists
// has an id.
func FuzzPage(f *testing.F) {
	const user = `{"schemas":["` + userSchema + `"],"id":"1","emails":[{"type":"work","value":"x"}]}`
	for _, s := range []string{
		`{"schemas":["` + listSchema + `"],"totalResults":1,"Resources":[` + user + `]}`,
		`{"resources":null,"schemas":["` + listSchema + `"]}`,
		`{"Resources":[{}]}`, `{"totalResults":1e99}`, `[`, `{"Resources":[`, `{"a":`, ``,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		p, err := readPage(body, plan.Person)
		if err != nil {
			if len(p.resources) > 0 {
				t.Errorf("%q: resources beside %v", body, err)
			}
			return
		}
		if p.total < -1 {
			t.Errorf("%q: the total is %d", body, p.total)
		}
		for _, h := range p.resources {
			if h.RemoteID == "" {
				t.Errorf("%q lists somebody without an id", body)
			}
		}
	})
}
