package scimdst

import (
	"bytes"
	"encoding/json"
	"testing"

	"ldap2scim/plan"
)

// FuzzBody: a body is what encoding/json makes of the same content, whatever
// the order in which it came together.
func FuzzBody(f *testing.F) {
	for _, s := range []string{"x", "", `"`, `\`, "<>&", "é", "\u2028\u2029", "\t\n\x00\x7f", "\xff", "a\xc3", "\U0001F600", "\ufffd"} {
		f.Add("a", s, "b", s)
		f.Add(s, "a", "schemas", s)
	}
	f.Fuzz(func(t *testing.T, name1, value1, name2, value2 string) {
		inner := &object{}
		inner.set(name2, text(value2))
		inner.set(name1, text(value1))
		got := &object{}
		got.set(name2, array{text(value1), truth(true), memberList{`{"value":`, []plan.RemoteID{plan.RemoteID(value2), plan.RemoteID(value1)}}, truth(false), inner})
		got.set(name1, inner)
		got.set("", texts(value1, value2))

		in := map[string]any{name2: value2}
		in[name1] = value1
		want := map[string]any{name2: []any{value1, true, []any{map[string]string{"value": value2}, map[string]string{"value": value1}}, false, in}}
		want[name1] = in
		want[""] = []string{value1, value2}
		var b bytes.Buffer
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(want); err != nil {
			t.Fatal(err)
		}
		if theirs, ours := b.String(), string(got.appendTo(nil))+"\n"; ours != theirs {
			t.Errorf("got %s, and encoding/json gives %s", ours, theirs)
		}
	})
}
