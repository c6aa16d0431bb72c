package entra

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ldap2scim/plan"
)

func sample(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

const extension = "extension_0123456789abcdef0123456789abcdef_costCode"

// TestSchema: the rows that are wanted come in, what the service does not know
// goes, and every other byte stays.
func TestSchema(t *testing.T) {
	t.Parallel()
	doc := sample(t, "schema.json")
	s, err := parseSchema(doc)
	if err != nil {
		t.Fatal(err)
	}
	want := plan.Fields{unsupported: none, plan.CustomURN + "costCode": "[" + extension + "]", plan.CustomURN + "site": "[extensionAttribute5]"}
	out, err := s.with(want)
	if err != nil {
		t.Fatal(err)
	}
	after, err := parseSchema(out)
	if err != nil {
		t.Fatal(err)
	}
	have := after.rows()
	for target, source := range want {
		if have[target] != source {
			t.Errorf("%s is %q, want %q", target, have[target], source)
		}
	}
	if have[plan.UserName] != "[userPrincipalName]" || have[plan.WorkEmail] != "[mail]" {
		t.Errorf("rows %v", have)
	}
	if _, there := after.source.with("name", extension); !there {
		t.Error("the extension is no attribute of the source")
	}
	if n := len(after.source.members); n != 3 {
		t.Errorf("%d attributes of the source: one that is there must not come twice", n)
	}
	if n := len(after.target.members); n != 2 {
		t.Errorf("%d attributes of the target, want 2", n)
	}
	// Line by line: only what was to change did.
	var changed []string
	was := map[string]bool{}
	for line := range strings.Lines(string(doc)) {
		was[strings.TrimSpace(line)] = true
	}
	for line := range strings.Lines(string(out)) {
		if l := strings.TrimSpace(line); !was[l] {
			changed = append(changed, l[:min(40, len(l))])
		}
	}
	if len(changed) != 3 { // the last row with the new ones behind it, and the two lists of attributes
		t.Errorf("changed lines: %q", changed)
	}
	if !strings.Contains(string(out), `{"kept": [1, 2.50, 3e2], "text": "\u00e9 \/ <&>"}`) {
		t.Error("what is not known did not stay byte for byte")
	}
	again, err := after.with(want)
	if err != nil || string(again) != string(out) {
		t.Errorf("a second change does something: %v", err)
	}
}

// TestSchemaRefuses: a document that is not one.
func TestSchemaRefuses(t *testing.T) {
	t.Parallel()
	for _, doc := range []string{``, `{`, `[]`, `{}`, `{"synchronizationRules":[]}{}`, `{"synchronizationRules":[{"id":"1","objectMappings":[{"sourceObjectName":"User"}]}]}`} {
		if _, err := parseSchema([]byte(doc)); err == nil {
			t.Errorf("%q is taken", doc)
		}
	}
}

// FuzzSplice: removing and adding elements of an array gives what the same does
// to the decoded document.
func FuzzSplice(f *testing.F) {
	for _, seed := range []string{`[]`, `[1]`, `[ 1 , 2 ,3]`, `[{"a":[1]},"x",[ ]]`, "[\n1\n]"} {
		f.Add(seed, uint8(1), uint8(1))
		f.Add(seed, uint8(7), uint8(0))
	}
	f.Fuzz(func(t *testing.T, doc string, drop, add uint8) {
		var decoded []json.RawMessage
		if json.Unmarshal([]byte(doc), &decoded) != nil || decoded == nil || len(decoded) > 8 {
			return
		}
		v, err := parseValue([]byte(doc))
		if err != nil {
			t.Fatalf("parseValue(%q): %v", doc, err)
		}
		var want, added []string
		for i, e := range decoded {
			if drop>>i&1 == 0 {
				want = append(want, string(e))
			}
		}
		for range add % 3 {
			added = append(added, `"new"`)
		}
		want = append(want, added...)
		at := -1
		var s splices
		s.change(v, added, func(value) bool { at++; return drop>>at&1 == 1 })
		out, err := s.apply([]byte(doc))
		if err != nil {
			t.Fatalf("%q, drop %08b, add %d: %v", doc, drop, add%3, err)
		}
		var got []json.RawMessage
		if err := json.Unmarshal(out, &got); err != nil {
			t.Fatal(err)
		}
		texts := []string{}
		for _, e := range got {
			texts = append(texts, string(e))
		}
		if diff := cmp.Diff(append([]string{}, want...), texts); diff != "" {
			t.Errorf("%q became %q: %s", doc, out, diff)
		}
	})
}

// TestJudged reads the documented answer, and one that says no.
func TestJudged(t *testing.T) {
	t.Parallel()
	if err := judged(sample(t, "ondemand.json")); err != nil {
		t.Error(err)
	}
	err := judged([]byte(`{"key":"{\"result\":\"Failure\",\"details\":\"userName is taken\"}","value":"[]"}`))
	if e := (*RefusedError)(nil); !errors.As(err, &e) || !strings.Contains(e.What, "userName is taken") {
		t.Errorf("%v", err)
	}
}
