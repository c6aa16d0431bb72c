package scimdst

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// FuzzErrorBody: whatever a service writes, what is kept of it is one short
// line without the token.
func FuzzErrorBody(f *testing.F) {
	for _, s := range []string{
		`{"detail":"x","scimType":"uniqueness"}`, `{"detail":1}`, `null`, `[]`, "", "<html>", "\x1b[31m",
		"t0\u200bken", "t0\xffken", `{"detail":"t0\nken"}`, strings.Repeat("t0ken", 200),
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		const token = "t0ken"
		e := parseErrorBody(body)
		for _, text := range []string{clean(e.Detail, secrets{token}), clean(e.ScimType, secrets{token})} {
			if len(text) > longestDetail+len("…") || !utf8.ValidString(text) || strings.Contains(text, token) {
				t.Errorf("%q became %q", body, text)
			}
			if strings.ContainsFunc(text, unicode.IsControl) {
				t.Errorf("%q has a control character: %q", body, text)
			}
		}
	})
}
