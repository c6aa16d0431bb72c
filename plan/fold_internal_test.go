package plan

import (
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// FuzzFast: what is quick for most texts says of every text what the long way
// says.
func FuzzFast(f *testing.F) {
	for _, s := range []string{"", " Ada ", "ADA@Example.COM", "Straße", "ﬁ", "İ", "K", "e\u0301", "\x00", "a\uFFFD", "\xff", "\xa0x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if got, want := Fold(s), norm.NFC.String(cases.Fold().String(strings.TrimSpace(s))); got != want {
			t.Errorf("Fold(%q) is %q, want %q", s, got, want)
		}
		if got, want := isText(s), utf8.ValidString(s) && !strings.ContainsAny(s, "\x00\uFFFD"); got != want {
			t.Errorf("isText(%q) is %t, want %t", s, got, want)
		}
	})
}
