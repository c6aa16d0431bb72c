package configs_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ldap2scim/configs"
	"ldap2scim/plan"
)

// TestFillings: each form of the file is the rule that it stands for.
func TestFillings(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]plan.Mapping{
		"displayName: CN":                                          {Source: "cn"},
		"displayName: {attribute: CN}":                             {Source: "cn"},
		"displayName: {first: [DisplayName, cn]}":                  {First: []string{"displayname", "cn"}},
		"displayName: &here {constant: 7}":                         {Constant: "7"},
		`displayName: {expression: 'first("cn")'}`:                 {Expression: `first("cn")`},
		"displayName:\n      expression: |\n        first(\"sn\")": {Expression: "first(\"sn\")\n"},
		"displayName: ":                                            {},
	} {
		c, err := configs.Parse("f.yaml", []byte(strings.Replace(good, "{displayName: cn, department: departmentNumber}", "\n    "+text, 1)))
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		var got plan.Mapping
		for _, m := range c.Rules.Person {
			if m.Target == plan.DisplayName {
				got, want.Target = m, m.Target
			}
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: %s", text, d)
		}
	}
}

// TestExpressionsAreRead: the snapshot reads what an expression looks at.
func TestExpressionsAreRead(t *testing.T) {
	t.Parallel()
	text := strings.Replace(good, "displayName: cn", `displayName: {expression: 'first("sn") + first("ou")'}`, 1)
	c, err := configs.Parse("f.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(c.Source.Users.Attributes, " "); !strings.Contains(got, " ou ") {
		t.Errorf("reads %q", got)
	}
}

// TestPresets: with a kind, a file that says nothing of the mapping has one.
func TestPresets(t *testing.T) {
	t.Parallel()
	sources := func(c configs.Config) map[string]string {
		all := map[string]string{}
		for _, m := range c.Rules.Person {
			all[m.Target[strings.LastIndex(m.Target, ":")+1:]] = m.Source
		}
		return all
	}
	for kind, want := range map[string]map[string]string{
		"ad": {
			"userName": "userprincipalname", "name.givenName": "givenname", "name.familyName": "sn", "displayName": "displayname",
			plan.WorkEmail: "mail", "department": "department",
		},
		"freeipa": {
			"userName": "uid", "name.givenName": "givenname", "name.familyName": "sn", "displayName": "displayname",
			plan.WorkEmail: "mail", "department": "departmentnumber",
		},
	} {
		text := `state: s.db
source: {kind: ` + kind + `, url: "ldaps://ldap.example.com", base: "dc=x", users: {email: mail}}
destination: {url: "https://scim.example.com", token: "env:T"}
`
		c, err := configs.Parse("f.yaml", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, sources(c)); d != "" {
			t.Errorf("%s: %s", kind, d)
		}
		// What differs is stated, and nothing else.
		c, err = configs.Parse("f.yaml", []byte(text+"mapping: {person: {userName: uid2, department: ''}}\n"))
		if err != nil {
			t.Fatal(err)
		}
		want["userName"] = "uid2"
		delete(want, "department")
		if d := cmp.Diff(want, sources(c)); d != "" {
			t.Errorf("%s, said otherwise: %s", kind, d)
		}
	}
}

// TestDocExamples: what docs/mapping.md shows is right.
func TestDocExamples(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join("..", "docs", "mapping.md"))
	if err != nil {
		t.Fatal(err)
	}
	const base = `state: s.db
source: {kind: generic, url: "ldaps://ldap.example.com", base: "dc=x"}
destination: {url: "https://scim.example.com", token: "env:T", profile: ivanti}
`
	blocks := regexp.MustCompile("(?s)```(yaml)?\n(.*?)```").FindAllStringSubmatch(string(page), -1)
	whole := base
	examples := 0
	for _, b := range blocks {
		if b[1] == "yaml" {
			whole += b[2]
			continue
		}
		for line := range strings.Lines(b[2]) {
			if strings.HasPrefix(line, "ldap2scim:") {
				continue
			}
			examples++
			rules := plan.Rules{MembersPerRequest: 1, Group: []plan.Mapping{{Target: plan.DisplayName, Source: "cn"}}, Person: []plan.Mapping{{Target: plan.UserName, Expression: line}}}
			if err := rules.Validate(); err != nil {
				t.Errorf("%s: %v", line, err)
			}
		}
	}
	if c, err := configs.Parse("f.yaml", []byte(whole)); err != nil || len(c.Rules.Prerequisites) != 4 || examples < 4 {
		t.Errorf("%d examples, %v\n%s", examples, err, whole)
	}
}
