package entratest

import "testing"

func TestExpressions(t *testing.T) {
	t.Parallel()
	of := func(name string) string {
		return map[string]string{"mail": " ann@example.com ", "IsSoftDeleted": "False", "givenName": "Ann", "surname": "Lee"}[name]
	}
	for text, want := range map[string]string{
		`[givenName]`: "Ann",
		`Switch([IsSoftDeleted], , "False", "True", "True", "False")`: "True",
		`Switch([givenName], , "x", "y")`:                             "",
		`Switch([givenName], "other", "x", "y")`:                      "other",
		`Not([IsSoftDeleted])`:                                        "True",
		`Trim([mail])`:                                                "ann@example.com",
		`Mid([givenName], 2, 5)`:                                      "nn",
		`Join(" ", [givenName], [middle], [surname])`:                 "Ann Lee",
		`ToLower(Join("", [givenName], "X"))`:                         "annx",
		`Coalesce([middle], [surname])`:                               "Lee",
		`"constant"`:                                                  "constant",
	} {
		e, err := parseExpression(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := e.value(of); got != want {
			t.Errorf("%s is %q, want %q", text, got, want)
		}
	}
	for _, text := range []string{`[mail`, `"x`, `Trim([mail]`, `Trim`, `Rot13([mail])`, `Mid([a],1)`, `[a] [b]`, `Not([a],[b])`, `)`} {
		if _, err := parseExpression(text); err == nil {
			t.Errorf("%s is accepted", text)
		}
	}
}
