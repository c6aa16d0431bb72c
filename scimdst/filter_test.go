package scimdst

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	filter "github.com/scim2/filter-parser/v2"
)

func TestEqualsQuotes(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{
		`ada@example.com`:  `userName eq "ada@example.com"`,
		`a"b`:              `userName eq "a\"b"`,
		`a\b`:              `userName eq "a\\b"`,
		`é<&>'`:            `userName eq "é<&>'"`,
		"a\nb":             `userName eq "a\u000Ab"`,
		`x" or id pr or "`: `userName eq "x\" or id pr or \""`,
	} {
		if got := (equals{attribute: "userName", value: value}).String(); got != want {
			t.Errorf("filter for %q is %s, want %s", value, got, want)
		}
	}
}

// FuzzEquals: whatever the value, a parser that is not ours reads one
// comparison with just this value.
func FuzzEquals(f *testing.F) {
	for _, s := range []string{"ada", `"`, `\`, `\"`, "a b", "é", "\x00\x1f\n", "]", `" or "" eq "`, "\u2028", "\U0001F600"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, value string) {
		if !utf8.ValidString(value) || strings.ContainsRune(value, utf8.RuneError) {
			return // JSON cannot carry it
		}
		got, err := filter.ParseFilter([]byte(equals{attribute: "userName", value: value}.String()))
		if err != nil {
			t.Fatalf("filter for %q: %v", value, err)
		}
		e, ok := got.(*filter.AttributeExpression)
		if !ok {
			t.Fatalf("filter for %q is a %T", value, got)
		}
		if back := unescape(t, e.CompareValue.(string)); back != value {
			t.Errorf("filter for %q compares with %q", value, back)
		}
	})
}

// FuzzMember is the same for the path that removes one member.
func FuzzMember(f *testing.F) {
	for _, s := range []string{"2819c223", `"`, `"]`, `x" or value pr or value eq "`, `\`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, id string) {
		if !utf8.ValidString(id) || strings.ContainsRune(id, utf8.RuneError) {
			return
		}
		p, err := filter.ParsePath([]byte(member(id)))
		if err != nil {
			t.Fatalf("path for %q: %v", id, err)
		}
		e, ok := p.ValueExpression.(*filter.AttributeExpression)
		if !ok || p.AttributePath.String() != "members" || p.SubAttribute != nil {
			t.Fatalf("path for %q selects %v", id, p)
		}
		if back := unescape(t, e.CompareValue.(string)); back != id {
			t.Errorf("path for %q selects %q", id, back)
		}
	})
}

// unescape does what the parser leaves to its caller.
func unescape(t *testing.T, raw string) string {
	t.Helper()
	var s string
	if err := json.Unmarshal([]byte(`"`+raw+`"`), &s); err != nil {
		t.Fatalf("%q is no JSON string: %v", raw, err)
	}
	return s
}
