package ldapsrc_test

import (
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"ldap2scim/ldapsrc"
)

const example = `
url: ldap://ldap.example.com
start_tls: true
ca_file: /etc/ca.pem
server_name: ldap
bind_dn: cn=reader,dc=example,dc=com
page_size: 500
timeout: 10s
users:
  base: ou=people,dc=example,dc=com
  filter: (objectClass=person)
  id: entryUUID
groups:
  base: ou=groups,dc=example,dc=com
  filter: (objectClass=groupOfNames)
  scope: one
  id: entryUUID
  members: member
`

func load(t *testing.T, text string) ldapsrc.Config {
	t.Helper()
	var c ldapsrc.Config
	if err := yaml.UnmarshalWithOptions([]byte(text), &c, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	c.Password = password("secret")
	return c
}

func TestConfigFromYAML(t *testing.T) {
	t.Parallel()
	got := load(t, example)
	if err := got.Validate(); err != nil {
		t.Error(err)
	}
	got.Password = nil
	want := ldapsrc.Config{
		URL: "ldap://ldap.example.com", StartTLS: true, CAFile: "/etc/ca.pem", ServerName: "ldap",
		BindDN: "cn=reader,dc=example,dc=com", PageSize: 500, Timeout: 10 * time.Second,
		Users: ldapsrc.Search{Base: "ou=people,dc=example,dc=com", Filter: "(objectClass=person)", ID: "entryUUID"},
		Groups: ldapsrc.Search{
			Base: "ou=groups,dc=example,dc=com", Filter: "(objectClass=groupOfNames)", Scope: "one",
			ID: "entryUUID", Members: "member",
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestValidate(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(*ldapsrc.Config)
		want   string
	}{
		"no url":             {func(c *ldapsrc.Config) { c.URL = "" }, "url: missing"},
		"scheme":             {func(c *ldapsrc.Config) { c.URL = "https://x" }, `url: the scheme is "https"`},
		"no host":            {func(c *ldapsrc.Config) { c.URL = "ldap://" }, "url: has no host"},
		"password in url":    {func(c *ldapsrc.Config) { c.URL = "ldap://me:hunter2@x" }, "url: must not hold a user"},
		"no url at all":      {func(c *ldapsrc.Config) { c.URL = "ldap://me:hunter2\x7f@x" }, "url: is not a URL"},
		"base in url":        {func(c *ldapsrc.Config) { c.URL = "ldap://x/dc=x" }, "url: holds more"},
		"StartTLS and ldaps": {func(c *ldapsrc.Config) { c.URL = "ldaps://x" }, "start_tls: is for ldap:// only"},
		"plain password":     {func(c *ldapsrc.Config) { c.StartTLS = false }, "url: the password would be sent unencrypted to ldap.example.com"},
		"believes anything":  {func(c *ldapsrc.Config) { c.InsecureSkipVerify = true }, "insecure_skip_verify: believes any"},
		"name, no password":  {func(c *ldapsrc.Config) { c.Password = nil }, "bind_dn: needs a password"},
		"password, no name":  {func(c *ldapsrc.Config) { c.BindDN = "" }, "bind_dn: missing"},
		"page size":          {func(c *ldapsrc.Config) { c.PageSize = -1 }, "page_size: -1"},
		"timeout":            {func(c *ldapsrc.Config) { c.Timeout = -1 }, "timeout: -1ns"},
		"no base":            {func(c *ldapsrc.Config) { c.Users.Base = "" }, "users.base: missing"},
		"bad base":           {func(c *ldapsrc.Config) { c.Groups.Base = "groups" }, "groups.base: DN"},
		"no filter":          {func(c *ldapsrc.Config) { c.Users.Filter = "" }, "users.filter: missing"},
		"bad filter":         {func(c *ldapsrc.Config) { c.Users.Filter = "(a=b" }, "users.filter: (a=b does not parse"},
		"bad scope":          {func(c *ldapsrc.Config) { c.Users.Scope = "tree" }, `users.scope: "tree"`},
		"no id":              {func(c *ldapsrc.Config) { c.Users.ID = "" }, "users.id: missing"},
		"bad id":             {func(c *ldapsrc.Config) { c.Users.ID = "entry UUID" }, `users.id: "entry UUID"`},
		"members of users":   {func(c *ldapsrc.Config) { c.Users.Members = "member" }, "users.members: is for groups only"},
		"no members":         {func(c *ldapsrc.Config) { c.Groups.Members = "" }, "groups.members: missing"},
		"members by name":    {func(c *ldapsrc.Config) { c.Groups.Members = "memberUid" }, "groups.members: memberUid"},
		"half of units":      {func(c *ldapsrc.Config) { c.Units.Base = "dc=x" }, "units.filter: missing"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := load(t, example)
			test.change(&c)
			err := c.Validate()
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("got %v, want %q", err, test.want)
			}
			for line := range strings.Lines(err.Error()) {
				if key, _, ok := strings.Cut(line, ": "); !ok || strings.Contains(key, " ") {
					t.Errorf("the sentence %q does not begin with a key", line)
				}
				if strings.Contains(line, "hunter2") {
					t.Errorf("the sentence %q holds a password", line)
				}
			}
			if _, err := ldapsrc.Open(t.Context(), c); err == nil {
				t.Error("Open took it")
			}
		})
	}
}

func TestPlainPasswordByLeave(t *testing.T) {
	t.Parallel()
	c := load(t, example)
	c.StartTLS = false
	c.AllowPlainPassword = true
	if err := c.Validate(); err != nil {
		t.Error(err)
	}
	for _, url := range []string{"ldap://localhost", "ldap://127.0.0.1:1389", "ldap://[::1]"} {
		c.AllowPlainPassword, c.URL = false, url
		if err := c.Validate(); err != nil {
			t.Errorf("%s: %v", url, err)
		}
	}
}

func TestCommand(t *testing.T) {
	t.Parallel()
	c := load(t, example)
	c.Users.Filter = "(&(objectClass=person)(sn=O'Brien))"
	c.Users.Attributes = []string{"mail", "ENTRYUUID"}
	got := c.Users.Command(c)
	want := `LDAPTLS_CACERT=/etc/ca.pem ldapsearch -LLL -o ldif-wrap=no -x -H ldap://ldap.example.com -ZZ` +
		` -D cn=reader,dc=example,dc=com -W -b ou=people,dc=example,dc=com -s sub -E pr=500/noprompt` +
		` '(&(objectClass=person)(sn=O'\''Brien))' entryUUID mail`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	c = ldapsrc.Config{URL: "ldaps://x", InsecureSkipVerify: true}
	if got, want := c.Groups.Command(c), `LDAPTLS_REQCERT=never ldapsearch -LLL -o ldif-wrap=no -x -H ldaps://x -b '' -s sub -E pr=1000/noprompt ''`; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
