package checkpoints

import (
	"encoding/json"
	"testing"
)

// What is written is what encoding/json writes, to the byte.
func FuzzJSON(f *testing.F) {
	for _, s := range []string{"", "Håkon", "a\"b\\c", "<&>", "\u2028\u2029", "\x00\x1f\x7f\n", "\xff\xfe", "\xe2\x80", "€"} {
		f.Add(s, "mail")
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
		}
	})
}
