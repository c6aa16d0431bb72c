package plan_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"ldap2scim/plan"
)

var update = flag.Bool("update", false, "rewrite golden files")

// golden holds what was written against a file in testdata.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s differs (-update rewrites it):\n%s", file, diff)
	}
}

func limited(v plan.View) plan.View {
	v.MostSteps, v.MostHazards, v.MostFindings, v.MostRows = 3, 5, 4, 3
	return v
}

func TestText(t *testing.T) {
	t.Parallel()
	for name, v := range map[string]plan.View{"plan.txt": showcase().view(), "short.txt": limited(showcase().view()), "nothing.txt": newWritten().view()} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var b bytes.Buffer
			if err := plan.WriteText(&b, v); err != nil {
				t.Fatal(err)
			}
			golden(t, name, b.Bytes())
			if strings.ContainsAny(b.String(), "\x00\x1b\r\t\u202e\u2028") || !utf8.Valid(b.Bytes()) {
				t.Errorf("%s lets a value steer the terminal", name)
			}
			for line := range strings.Lines(b.String()) {
				if n := utf8.RuneCountInString(line); name == "short.txt" && n > 101 && !strings.ContainsAny(line, `"`) {
					t.Errorf("a line of %d characters: %s", n, line)
				}
			}
		})
	}
}

func TestJSON(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := plan.WriteJSON(&b, showcase().view()); err != nil {
		t.Fatal(err)
	}
	if !json.Valid(b.Bytes()) {
		t.Error("not JSON")
	}
	golden(t, "plan.json", b.Bytes())
}

// TestFindingsCountObjects: an object with two findings of one code is one
// object, and a finding about nothing in particular is about none.
func TestFindingsCountObjects(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	about := func(id plan.ExternalID, sentence string) plan.Finding {
		return plan.Finding{Code: "P11", Severity: plan.Note, Kind: plan.Group, Object: id, Sentence: sentence}
	}
	if err := plan.WriteFindings(&b, seq([]plan.Finding{about("a", "x"), about("a", "y"), about("b", "x"), about("", "z")}), 0); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), "note  P11  2 groups, for example: x\n") {
		t.Errorf("got\n%s", b.String())
	}
}

// What is summed up while the plan is made is shown as what is read afterwards.
func TestChanges(t *testing.T) {
	t.Parallel()
	for name, v := range map[string]plan.View{"plan.txt": showcase().view(), "short.txt": limited(showcase().view()), "nothing.txt": newWritten().view()} {
		v.Changes = &plan.Changes{}
		for s := range v.Steps { //nolint:errcheck // always nil
			v.Changes.Step(s)
		}
		var b bytes.Buffer
		if err := plan.WriteText(&b, v); err != nil {
			t.Fatal(err)
		}
		golden(t, name, b.Bytes())
	}
}
