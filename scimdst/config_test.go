package scimdst_test

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"ldap2scim/scimdst"
)

func TestValidateNamesEachMistake(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		config scimdst.Config
		want   []string // one for each line
	}{
		{"https", scimdst.Config{URL: "https://host/scim/v2"}, nil},
		{"http to loopback", scimdst.Config{URL: "http://127.0.0.1:8080/scim"}, nil},
		{"http to loopback in IPv6", scimdst.Config{URL: "http://[::1]:8080/scim"}, nil},
		{"http to localhost", scimdst.Config{URL: "http://localhost:8080"}, nil},
		{"http elsewhere", scimdst.Config{URL: "http://host/scim/v2"}, []string{"url:"}},
		{"http to a name that only begins so", scimdst.Config{URL: "http://127.0.0.1.example.com"}, []string{"url:"}},
		{"missing", scimdst.Config{}, []string{"url:"}},
		{"no host", scimdst.Config{URL: "https:///scim"}, []string{"url:"}},
		{"other scheme", scimdst.Config{URL: "ldap://host"}, []string{"url:"}},
		{"query", scimdst.Config{URL: "https://host/scim?aadOptscim062020"}, []string{"url:"}},
		{"password", scimdst.Config{URL: "https://me:hunter2@host/scim"}, []string{"url:"}},
		{"broken with a password", scimdst.Config{URL: "https://me:hunter2@ho st/scim"}, []string{"url:"}},
		{
			"all at once",
			scimdst.Config{Timeout: -1, PageSize: -1, RequestsPerSecond: math.NaN(), MembersPerRequest: -1},
			[]string{"url:", "timeout:", "page_size:", "requests_per_second:", "members_per_request:"},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var lines []string
			if err := tc.config.Validate(); err != nil {
				lines = strings.Split(err.Error(), "\n")
			}
			if len(lines) != len(tc.want) {
				t.Fatalf("Validate() = %q, want %d mistakes", lines, len(tc.want))
			}
			for i, want := range tc.want {
				if !strings.HasPrefix(lines[i], want) || strings.Contains(lines[i], "hunter2") {
					t.Errorf("mistake %d is %q, want one about %s", i, lines[i], want)
				}
			}
		})
	}
}

func TestConfigIsReadFromYAML(t *testing.T) {
	t.Parallel()
	text := `
url: https://host/scim/v2
ca_file: ca.pem
timeout: 5s
page_size: 50
requests_per_second: 2.5
members_per_request: 20
`
	want := scimdst.Config{
		URL: "https://host/scim/v2", CAFile: "ca.pem", Timeout: 5 * time.Second,
		PageSize: 50, RequestsPerSecond: 2.5, MembersPerRequest: 20,
	}
	var got scimdst.Config
	if err := yaml.UnmarshalWithOptions([]byte(text), &got, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got, cmpopts.IgnoreFields(scimdst.Config{}, "Token")); d != "" {
		t.Error(d)
	}
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	noPEM := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(noPEM, []byte("no certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	good := config("https://host/scim")
	for name, spoil := range map[string]func(*scimdst.Config){
		"no token":           func(c *scimdst.Config) { c.Token = nil },
		"no such CA file":    func(c *scimdst.Config) { c.CAFile = noPEM + ".missing" },
		"CA file of no use":  func(c *scimdst.Config) { c.CAFile = noPEM },
		"plain http to afar": func(c *scimdst.Config) { c.URL = "http://host/scim" },
	} {
		c := good
		spoil(&c)
		if _, err := scimdst.NewWriter(c); err == nil {
			t.Errorf("%s: NewWriter took it", name)
		}
		if _, err := scimdst.NewReader(c); err == nil {
			t.Errorf("%s: NewReader took it", name)
		}
	}
}
