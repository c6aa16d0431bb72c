package scimdst

import (
	"encoding/json"
	"strings"
	"testing"

	filter "github.com/scim2/filter-parser/v2"

	"ldap2scim/plan"
)

func TestParseAttribute(t *testing.T) {
	t.Parallel()
	const ext = "urn:ietf:params:scim:schemas:extension:ivanti:2.0:User"
	for path, want := range map[string]attribute{
		plan.UserName:                         {name: "userName"},
		plan.GivenName:                        {name: "name", sub: "givenName"},
		plan.WorkEmail:                        {name: "emails", kind: "work"},
		ext + ":costCode":                     {extension: ext, name: "costCode"},
		ext + ":a.b":                          {extension: ext, name: "a", sub: "b"},
		ext + `:mails[type eq "x"].value`:     {extension: ext, name: "mails", kind: "x"},
		userSchema + ":title":                 {name: "title"},
		`phoneNumbers[type eq "a\"]b"].value`: {name: "phoneNumbers", kind: `a"]b`},
	} {
		want.path = path
		if got, err := parseAttribute(path); err != nil || got != want {
			t.Errorf("%s: %+v, %v, want %+v", path, got, err, want)
		}
	}
	for _, path := range []string{
		"", ".", "a.", ".a", "a..b", "a.b.c", "1a", "a b", "é", ":a", "x:a", "urn::", "urn:a:", "urn:a b:c", "a[", "a[]", "a[type eq \"x\"]",
		`a[type eq x].value`, `a[type eq ""].value`, `a[type eq "x"].display`, `a.b[type eq "x"].value`, `a[value eq "x"].value`,
		`a[type eq "x" or type eq "y"].value`, `a[type eq "x"].value.value`,
	} {
		if got, err := parseAttribute(path); err == nil {
			t.Errorf("%q is taken as %+v", path, got)
		}
	}
}

// FuzzAttribute: what is taken, a parser that is not ours takes apart alike.
func FuzzAttribute(f *testing.F) {
	for _, s := range []string{
		plan.UserName, plan.GivenName, plan.WorkEmail, userSchema + ":title", enterpriseSchema + ":manager.value",
		`a[type eq "\u0022]"].value`, "urn:x:y:a", "URN:x:a-b_c", `a[type eq "x y"].value`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, path string) {
		a, err := parseAttribute(path)
		if err != nil || strings.Contains(path, `\`) || a.kind != strings.ToValidUTF8(a.kind, "") {
			return
		}
		p, err := filter.ParsePath([]byte(path))
		if err != nil {
			return // ours is wider in URNs
		}
		uri := p.AttributePath.URI()
		if uri == userSchema || uri == groupSchema {
			uri = ""
		}
		if uri != a.extension || p.AttributePath.AttributeName != a.name || p.AttributePath.SubAttributeName() != a.sub {
			t.Errorf("%q is %+v, and theirs %s %s", path, a, uri, p.AttributePath)
		}
		if e, ok := p.ValueExpression.(*filter.AttributeExpression); ok {
			var kind string
			if err := json.Unmarshal([]byte(`"`+e.CompareValue.(string)+`"`), &kind); err != nil || kind != a.kind {
				t.Errorf("%q selects %q, and theirs %q", path, a.kind, kind)
			}
		}
	})
}
