package configs_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ldap2scim/configs"
	"ldap2scim/plan"
)

const good = `state: state.db
source:
  url: ldaps://ldap.example.com
  bind_dn: cn=reader,dc=example,dc=com
  password: env:LDAP2SCIM_TEST_PASSWORD
  timeout: 10s
  users: {base: "ou=people,dc=example,dc=com", filter: (objectClass=inetOrgPerson), id: entryUUID}
  groups: {base: "ou=groups,dc=example,dc=com", filter: (objectClass=groupOfNames), id: entryUUID, members: member}
destination:
  url: https://scim.example.com/v2
  token: env:LDAP2SCIM_TEST_TOKEN
mapping:
  person: {displayName: cn, department: departmentNumber}
  custom: {costCode: employeeType}
inactive: {attribute: nsAccountLock, values: ["true"]}
`

func TestParse(t *testing.T) {
	t.Setenv("LDAP2SCIM_TEST_PASSWORD", "hunter2")
	c, err := configs.Parse("f.yaml", []byte(good))
	if err != nil {
		t.Fatal(err)
	}
	if password, err := c.Source.Password(); err != nil || password != "hunter2" {
		t.Errorf("password %q, %v", password, err)
	}
	_, err = c.Destination.Token()
	if e, ok := errors.AsType[*configs.SecretError](err); !ok || !strings.Contains(e.Hint(), "LDAP2SCIM_TEST_TOKEN") {
		t.Errorf("an unset variable: %v", err)
	}
	want := []string{"cn", "departmentnumber", "employeetype", "givenname", "mail", "nsaccountlock", "sn", "uid"}
	if got := strings.Join(c.Source.Users.Attributes, " "); got != strings.Join(want, " ") {
		t.Errorf("reads %q", got)
	}
	custom := plan.Mapping{Target: "urn:ietf:params:scim:schemas:extension:ivanti:2.0:User:costCode", Source: "employeetype"}
	found := false
	for _, m := range c.Rules.Person {
		found = found || cmp.Equal(m, custom)
	}
	if !found {
		t.Errorf("rules %+v", c.Rules.Person)
	}
}

func TestSettingsDigest(t *testing.T) {
	t.Parallel()
	digest := func(text string) plan.Digest {
		c, err := configs.Parse("f.yaml", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return c.Settings
	}
	if digest(good) != digest("# a comment\n"+strings.Replace(good, "timeout: 10s", "timeout: 20s", 1)) {
		t.Error("what a plan does not depend on changes its digest")
	}
	if digest(good) == digest(strings.Replace(good, "costCode", "costCode2", 1)) {
		t.Error("what a plan depends on does not change its digest")
	}
}

// TestMistakes: file, line, key, and what was meant; never a secret.
func TestMistakes(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ old, new, want string }{
		"unknown key":    {"  password:", "  passwrd:", `f.yaml:5: source.passwrd: unknown key; did you mean password?`},
		"key twice":      {"state: state.db", "state: state.db\nstate: other.db", "f.yaml:2: state: this key is here twice"},
		"literal secret": {"env:LDAP2SCIM_TEST_PASSWORD", "hunter2", "f.yaml:5: source.password: a secret is not written here"},
		"literal token":  {"env:LDAP2SCIM_TEST_TOKEN", "hunter2", "f.yaml:11: destination.token: a secret is not written here"},
		"number":         {"  timeout: 10s", "  page_size: many", "f.yaml:6: source.page_size: wrong type; a number is needed here"},
		"duration":       {"  timeout: 10s", "  timeout: 10x", "f.yaml:6: source.timeout: wrong type; a duration such as 30s is needed here"},
		"text for list":  {`values: ["true"]`, `values: {a: hunter2}`, "f.yaml:15: inactive.values: wrong type; "},
		"text for block": {"inactive: {", "retry: hunter2\ninactive: {", "f.yaml:15: retry: wrong type; "},
		"not YAML":       {"mapping:", "mapping: [hunter2", "f.yaml:13: this is not YAML"},
		"target":         {"{displayName: cn", "{dispalyName: cn", "f.yaml:13:25: mapping.person: dispalyName is not an attribute that can be filled; did you mean displayName?"},
		"source twice":   {"displayName: cn", "displayName: sn", "f.yaml:13:25: mapping.person.displayName: the attribute sn feeds both displayName and name.familyName"},
		"key in filling": {"displayName: cn", "displayName: {frist: [cn]}", "f.yaml:13:26: mapping.person.displayName.frist: unknown key; did you mean first?"},
		"two in filling": {"displayName: cn", "displayName: {first: [cn], constant: x}", "f.yaml:13:"},
		"empty first":    {"displayName: cn", "displayName: {first: []}", "first takes a list of attributes"},
		"expression": {
			"displayName: cn", `displayName: {expression: 'first("cn") + frist("sn")'}`,
			"f.yaml:13:38: mapping.person.displayName: the expression, at line 1, column 20: undeclared reference to 'frist'",
		},
		"folded expression": {
			"{displayName: cn, department: departmentNumber}", "\n    displayName:\n      expression: |\n        first(\"cn\") +\n        7",
			"mapping.person.displayName: the expression, at line 1, column 13: found no matching overload",
		},
		"list for text":   {"displayName: cn", "displayName: [cn]", "f.yaml:13:25: mapping.person.displayName: write the name of an attribute"},
		"custom name":     {"costCode", "cost code", "f.yaml:14:23: mapping.custom.cost code: \"cost code\" is not a legal attribute name"},
		"no base":         {`{base: "ou=people,dc=example,dc=com", `, "{", "f.yaml:7: source.users.base: missing"},
		"bad filter":      {"(objectClass=inetOrgPerson)", "(objectClass=", "f.yaml:7: source.users.filter: "},
		"plain http":      {"https://scim", "http://scim", "f.yaml:10: destination.url: plain http would show the token"},
		"password in URL": {"https://scim", "https://u:hunter2@scim", "f.yaml:10: destination.url: a user name or password does not belong here"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := strings.Replace(good, tt.old, tt.new, 1)
			if text == good {
				t.Fatalf("%q is not in the file", tt.old)
			}
			_, err := configs.Parse("f.yaml", []byte(text))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got  %v\nwant %s", err, tt.want)
			}
			if err != nil && strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the error shows a secret: %v", err)
			}
		})
	}
}

func TestSecretFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "token")
	text := strings.Replace(good, "env:LDAP2SCIM_TEST_TOKEN", "file:"+path, 1)
	c, err := configs.Parse("f.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Destination.Token(); err == nil {
		t.Error("a file that is not there gave a token")
	}
	if err := os.WriteFile(path, []byte("t0ken\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if token, err := c.Destination.Token(); err != nil || token != "t0ken" {
		t.Errorf("token %q, %v", token, err)
	}
}

// TestSecretFileRenewed: a token that is renewed while a run goes is the one that
// is used.
func TestSecretFileRenewed(t *testing.T) {
	t.Parallel()
	long := time.Now().Add(-time.Hour).Truncate(time.Second)
	write := func(path, token string, at time.Time) error {
		return errors.Join(os.WriteFile(path, []byte(token), 0o600), os.Chtimes(path, at, at))
	}
	for _, c := range []struct {
		name  string
		renew func(path string, c configs.Config) error
	}{
		{"later", func(path string, _ configs.Config) error { return write(path, "t1ken", long.Add(time.Second)) }},
		{"with an older time", func(path string, _ configs.Config) error { return write(path, "t1ken", long.Add(-time.Hour)) }},
		{"of another length in the same moment", func(path string, _ configs.Config) error { return write(path, "t1ken\n", long) }},
		{"another file of the same moment", func(path string, _ configs.Config) error {
			return errors.Join(write(path+".new", "t1ken", long), os.Rename(path+".new", path))
		}},
		{"in the same moment, and the old one is refused", func(path string, c configs.Config) error {
			err := write(path, "t1ken", long)
			c.Destination.Refused()
			return err
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "token")
			if err := write(path, "t0ken", long); err != nil {
				t.Fatal(err)
			}
			parsed, err := configs.Parse("f.yaml", []byte(strings.Replace(good, "env:LDAP2SCIM_TEST_TOKEN", "file:"+path, 1)))
			if err != nil {
				t.Fatal(err)
			}
			for range 2 {
				if token, err := parsed.Destination.Token(); err != nil || token != "t0ken" {
					t.Fatalf("token %q, %v", token, err)
				}
			}
			if err := c.renew(path, parsed); err != nil {
				t.Fatal(err)
			}
			for range 2 {
				if token, err := parsed.Destination.Token(); err != nil || token != "t1ken" {
					t.Errorf("renewed: token %q, %v", token, err)
				}
			}
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
			if token, err := parsed.Destination.Token(); err == nil {
				t.Errorf("removed: token %q", token)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add(good)
	f.Add("source: {password: hunter2")
	f.Add("a: &a [*a]")
	f.Fuzz(func(t *testing.T, text string) {
		configs.Parse("f.yaml", []byte(text)) //nolint:errcheck // it must end, and not panic
	})
}

func TestExamples(t *testing.T) {
	t.Parallel()
	for _, kind := range configs.Directories() {
		for _, destination := range configs.Destinations() {
			text, err := configs.Example(kind, destination)
			if err != nil {
				t.Fatal(err)
			}
			c, err := configs.Parse(kind+".yaml", []byte(text))
			if err != nil {
				t.Errorf("%s to %s:\n%v", kind, destination, err)
			}
			// What is commented out must be right too.
			full := strings.NewReplacer("# start_tls", "start_tls", "ldaps://", "ldap://", "# ca_file", "ca_file", "# requests_per", "requests_per",
				"# profile:", "profile:", "# managed_apple", "managed_apple", "#   before", "  before", "#   after", "  after", "# checks", "checks", "#   P05", "  P05",
				"  # custom:", "  custom:", "  #   custAttr1: employee", "    custAttr1: employee", "# cloud", "cloud", "# attributes", "attributes", "    #   custAttr1", "      custAttr1").Replace(text)
			everything, err := configs.Parse(kind+".yaml", []byte(full))
			if err != nil {
				t.Errorf("%s to %s with everything:\n%v\n%s", kind, destination, err, full)
			}
			if r := everything.Rules; len(r.Prerequisites) != 4 || len(r.Waived) != 1 || r.ManagedAppleID.After.From == "" {
				t.Errorf("%s to %s with everything: %+v", kind, destination, r)
			}
			if c.Source.Users.ID == "" || c.Rules.Inactive.Attribute == "" || (c.Entra != nil) != (destination == "entra") {
				t.Errorf("%s to %s: %+v", kind, destination, c)
			}
		}
	}
	if _, err := configs.Example("openldap", "enrta"); err == nil || !strings.Contains(err.Error(), "did you mean entra?") {
		t.Errorf("got %v", err)
	}
	if _, err := configs.Example("opneldap", "scim"); err == nil || !strings.Contains(err.Error(), "did you mean openldap?") {
		t.Errorf("got %v", err)
	}
}
