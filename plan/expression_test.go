package plan_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"ldap2scim/plan"
)

// mapped returns rules whose display name is filled as m says.
func mapped(m plan.Mapping) plan.Rules {
	r := rules()
	m.Target = plan.DisplayName
	r.Person = append(r.Person, m)
	return r
}

func TestExpressions(t *testing.T) {
	t.Parallel()
	entry := person("p1", "ada", "ou", "R&D", "title", " Dr. ")
	entry.Attrs["mail"] = []string{"Ada@Example.com", "ada@example.org"}
	for source, want := range map[string]string{
		`first("uid")`:                                    "ada",
		`first("UID")`:                                    "ada",
		`first("none")`:                                   "",
		`attrs["uid"][0]`:                                 "ada",
		`attrs.uid[0]`:                                    "ada",
		`"none" in attrs ? "yes" : "no"`:                  "no",
		`has(attrs.uid) ? "yes" : "no"`:                   "yes",
		`first("givenName") + " " + first("sn")`:          "Gp1 Sp1",
		`first("title").trim()`:                           "Dr.",
		`lower(first("mail"))`:                            "ada@example.com",
		`"ÀÉ" == "x" ? "" : lower("ÀÉ")`:                  "àé",
		`first("mail").replace("Example", "x")`:           "Ada@x.com",
		`first("mail").split("@")[1]`:                     "Example.com",
		`values("mail").filter(m, m.endsWith(".org"))[0]`: "ada@example.org",
		`values("none").join(",")`:                        "",
		`dn`:                                              "uid=ada+id=p1,dc=x",
		`kind`:                                            "person",
		`first("uid").matches("^a.a$") ? "y" : "n"`:       "y",
	} {
		t.Run(source, func(t *testing.T) {
			t.Parallel()
			w := &world{entries: []plan.Entry{entry}, rules: mapped(plan.Mapping{Expression: source})}
			_, got := decide(t, w)
			if len(got.steps) != 1 || got.steps[0].After[plan.DisplayName] != want {
				t.Errorf("steps %+v, findings %+v; want %q", got.steps, got.findings, want)
			}
		})
	}
}

// TestExpressionMistakes: found when the rules are validated, with the place.
func TestExpressionMistakes(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]plan.ExpressionError{
		`first("uid"`:                          {1, 12, "Syntax error"},
		"first(\"uid\") +\n  frist(\"sn\")":    {2, 8, "undeclared reference to 'frist'"},
		`first("uid") + 1`:                     {1, 14, "no matching overload"},
		`1 + 1`:                                {1, 1, "it gives int where string is needed"},
		`values("mail")`:                       {1, 1, "it gives list(string) where string is needed"},
		`first(dn)`:                            {1, 7, "in quotes"},
		`attrs[dn][0]`:                         {1, 1, "name the attribute in quotes"},
		`attrs.map(k, k)[0]`:                   {1, 1, "name the attribute in quotes"},
		`attrs["givenName"][0]`:                {1, 1, "write givenname"},
		`{"a": "x", "b": "y"}.map(k, k)[0]`:    {1, 1, "the order of a map is not fixed"},
		`dyn({"a": "x"}).map(k, string(k))[0]`: {1, 4, "the order of a map is not fixed"},
		`string(now())`:                        {1, 11, "undeclared reference to 'now'"},
		strings.Repeat("a", 5000):              {1, 1, "size"},
		strings.Repeat("(", 100) + strings.Repeat(")", 100): {1, 1, "recursion"},
	} {
		t.Run(source[:min(40, len(source))], func(t *testing.T) {
			t.Parallel()
			err := mapped(plan.Mapping{Expression: source}).Validate()
			at, ok := errors.AsType[*plan.ExpressionError](err)
			m, whose := errors.AsType[*plan.MappingError](err)
			if !ok || !whose || m.Target != plan.DisplayName || at.Line != want.Line || at.Column != want.Column || !strings.Contains(at.What, want.What) {
				t.Errorf("got  %v\nwant %v", err, &want)
			}
		})
	}
}

// TestExpressionLimits: what fails for one entry blocks that entry, and an
// expression that costs too much ends.
func TestExpressionLimits(t *testing.T) {
	t.Parallel()
	list := "[" + strings.Repeat("1,", 99) + "1]"
	for source, want := range map[string]string{
		`attrs["none"][0]`:           "no such key: none",
		`first("uid").split("@")[1]`: "index out of bounds: 1",
		list + `.map(a, ` + list + `.map(b, ` + list + `.map(c, a)))[0][0][0] == 1 ? "x" : "y"`: "cost limit exceeded",
	} {
		w := &world{entries: []plan.Entry{person("p1", "u1")}, rules: mapped(plan.Mapping{Expression: source})}
		_, got := decide(t, w)
		if len(got.steps) != 0 || got.decisions[0].Class != plan.Blocked || !strings.Contains(got.findings[0].Sentence, want) {
			t.Errorf("%s: %+v, %+v", source, got.decisions, got.findings)
		}
	}
}

func TestAttributesOfExpressions(t *testing.T) {
	t.Parallel()
	r := mapped(plan.Mapping{Expression: `first("Title") + attrs["ou"][0] + (has(attrs.l) ? values("st").join("") : "") + ("c" in attrs ? "" : "")`})
	want := []string{"c", "costcode", "givenname", "l", "mail", "nsaccountlock", "ou", "sn", "st", "title", "uid"}
	if got := r.Attributes(plan.Person); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// FuzzExpressions: whatever is written, it compiles or not; what compiles
// gives the same for the same entry, or an error, and looks at no attribute
// that it did not say.
func FuzzExpressions(f *testing.F) {
	f.Add(`first("uid") + attrs.sn[0]`, "ada")
	f.Add(`values("mail").map(m, m.upperAscii()).join("%s".format([1.5]))`, "\xff")
	f.Add(`{"a": [1]}.a == [1] ? dn : kind`, "")
	f.Fuzz(func(t *testing.T, source, uid string) {
		r := mapped(plan.Mapping{Expression: source})
		if r.Validate() != nil {
			return
		}
		reads := r.Attributes(plan.Person)
		all := person("p1", uid, "extra", "x")
		only := all
		only.Attrs = map[string][]string{}
		for name, values := range all.Attrs {
			if slices.Contains(reads, name) {
				only.Attrs[name] = values
			}
		}
		first, _ := decide(t, &world{entries: []plan.Entry{all}, rules: r})
		second, _ := decide(t, &world{entries: []plan.Entry{only}, rules: r})
		if first.Digest != second.Digest {
			t.Errorf("%s looks at more than %v, or changes its mind", source, reads)
		}
	})
}
