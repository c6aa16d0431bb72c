package checkpoints

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What is written is what encoding/json writes, to the byte, and what is read is
// what it reads.
func FuzzJSON(f *testing.F) {
	for _, s := range []string{"", "Håkon", "a\"b\\c", "<&>", "\u2028\u2029", "\x00\x1f\x7f\n", "\xff\xfe", "\xe2\x80", "€"} {
		f.Add(s, "mail")
	}
	for _, s := range []string{
		`{}`, `{"a":[]}`, `{"a":["b","c"],"d":["e"]}`, `{"a":["b"]`, `{"a":["b" ]}`, `{"a":["b"],}`, `{"a":["b"]}x`, "{\"a\":[\"\n\"]}",
		`{"e[type eq \"work\"].value":["\"b\"","c\""]}`, `{"a":["b\\"]}`, `{"a":["\\\"b"]}`, `{"a":["\"]}`, `{"a\u0022":["\/"]}`,
	} {
		f.Add(s, strings.ReplaceAll(s, "[", ""))
	}
	f.Fuzz(func(t *testing.T, s, name string) {
		for _, v := range []map[string][]string{{name: {s, name}, "": {}}, {}} {
			want, err := json.Marshal(v)
			if err != nil {
				t.Fatal(err)
			}
			if got := appendObject(nil, v, appendList); string(got) != string(want) {
				t.Errorf("got %s, want %s", got, want)
			}
			sameObject(t, string(want))
		}
		sameObject(t, s)
		sameObject(t, name)
	})
}

// sameObject fails when what is read without encoding/json is not what it reads.
func sameObject(t *testing.T, s string) {
	t.Helper()
	var single []string
	for _, list := range []func(string) ([]string, string, bool){plainList[string], func(rest string) ([]string, string, bool) { return plainValues(&single, rest) }} {
		if got, ok := plainObject(s, list); ok {
			var want map[string][]string
			if err := json.Unmarshal([]byte(s), &want); err != nil || !cmp.Equal(want, got) {
				t.Errorf("%q: got %q, want %q, %v", s, got, want, err)
			}
		}
	}
	if got, ok := plainObject(s, plainString); ok {
		var want map[string]string
		if err := json.Unmarshal([]byte(s), &want); err != nil || !cmp.Equal(want, got) {
			t.Errorf("%q: got %q, want %q, %v", s, got, want, err)
		}
	}
}
