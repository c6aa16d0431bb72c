package suite_test

import (
	"encoding/json"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ldap2scim/scimdst"
	"ldap2scim/scimdst/scimtest"
	"ldap2scim/scimdst/scimtest/suite"
	"ldap2scim/testservers"
)

// service is one on which the suite runs, with what is known of it.
type service struct {
	name, about string
	start       func(*testing.T) (url, token string)
	deviations  map[string]string
}

const classic = "change in Entra's classic form"

func services() []service {
	inProcess := func(o scimtest.Options) func(*testing.T) (string, string) {
		return func(t *testing.T) (string, string) {
			s, err := scimtest.Start(o)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = s.Close() })
			return s.URL, s.Token
		}
	}
	return []service{
		{
			"scimtest", "this project's own, with bulk",
			inProcess(scimtest.Options{BulkOperations: 100}),
			map[string]string{classic: "a boolean is no text"},
		},
		{
			"SCIMMY", "scimmy 1.3.5 on Express 5, from npm",
			func(t *testing.T) (string, string) { s := testservers.SCIMMY(t); return s.URL, s.Token },
			map[string]string{
				"change by a value object": "answers success and keeps the old e-mail address",
				classic:                    "a boolean is no text",
			},
		},
		{
			"elimity", "github.com/elimity-com/scim at d5e7ba418946",
			func(t *testing.T) (string, string) { return testservers.Elimity(t) },
			map[string]string{
				"change extension":               "answers success and changes nothing in an extension",
				"refuse unknown member":          "takes members who do not exist",
				"awkward characters in a filter": "does not undo the escapes of a filter, and finds nobody",
				"refuse another version":         "gives versions and does not look at If-Match",
				classic:                          "a boolean is no text",
				"steps together":                 "has no bulk",
				"clear values":                   "answers success and keeps what is in an extension",
				"clear externalId":               "answers 500 to the path externalId",
			},
		},
		{"scimtest, small pages", "", inProcess(scimtest.Options{BulkOperations: 3, PageCap: 2}), map[string]string{classic: "a boolean is no text"}},
		{"scimtest, patch with 204", "", inProcess(scimtest.Options{BulkOperations: 100, PatchNoContent: true}), map[string]string{classic: "a boolean is no text"}},
		{
			"scimtest, e-mail is required", "", inProcess(scimtest.Options{BulkOperations: 100, RequireEmail: true}),
			map[string]string{"add first e-mail": "nobody is without an e-mail address", classic: "a boolean is no text"},
		},
	}
}

// TestSuite runs on three services, or on the one that the environment names.
func TestSuite(t *testing.T) {
	if url := os.Getenv("LDAP2SCIM_SUITE_URL"); url != "" {
		var opts suite.Options
		if text := os.Getenv("LDAP2SCIM_SUITE_DEVIATIONS"); text != "" {
			if err := json.Unmarshal([]byte(text), &opts.Deviations); err != nil {
				t.Fatal(err)
			}
		}
		suite.Run(t, config(url, os.Getenv("LDAP2SCIM_SUITE_TOKEN")), opts)
		return
	}
	for _, s := range services() {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			url, token := s.start(t)
			suite.Run(t, config(url, token), suite.Options{Deviations: s.deviations})
		})
	}
}

var update = flag.Bool("update", false, "rewrite the table of results")

const document = "../../../docs/scim-services.md"

// TestTable holds the table in the documentation against what TestSuite finds:
// a declared deviation that is not one fails there.
func TestTable(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, found := strings.Cut(string(text), "<!-- results: written by go test ./scimdst/scimtest/suite -update -->\n")
	_, tail, ended := strings.Cut(rest, "<!-- end of results -->\n")
	if !found || !ended {
		t.Fatalf("%s has no place for the results", document)
	}
	got := head + "<!-- results: written by go test ./scimdst/scimtest/suite -update -->\n" + table() + "<!-- end of results -->\n" + tail
	if *update {
		if err := os.WriteFile(document, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if d := cmp.Diff(got, string(text)); d != "" {
		t.Errorf("%s is not up to date; run go test ./scimdst/scimtest/suite -update:\n%s", document, d)
	}
}

func table() string {
	var shown []service
	var b strings.Builder
	b.WriteString("| check |")
	for _, s := range services() {
		if s.about != "" {
			shown = append(shown, s)
			b.WriteString(" " + s.name + " |")
		}
	}
	b.WriteString("\n|---|" + strings.Repeat("---|", len(shown)) + "\n")
	for _, name := range suite.Checks() {
		b.WriteString("| " + name + " |")
		for _, s := range shown {
			cell := "yes"
			if reason := s.deviations[name]; reason != "" {
				cell = "**no**: " + reason
			}
			b.WriteString(" " + cell + " |")
		}
		b.WriteString("\n")
	}
	b.WriteString("\n")
	for _, s := range shown {
		b.WriteString("* **" + s.name + "**: " + s.about + "\n")
	}
	return b.String()
}

func config(url, token string) scimdst.Config {
	return scimdst.Config{URL: url, Token: func() (string, error) { return token, nil }}
}
