package scimdst_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ldap2scim/plan"
	"ldap2scim/scimdst"
)

var rewrite = flag.Bool("update", false, "rewrite the golden files")

// golden holds got against a file, or writes it.
func golden(t *testing.T, file string, got []byte) {
	t.Helper()
	if *rewrite {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), string(got)); d != "" {
		t.Errorf("%s (-want +got):\n%s", file, d)
	}
}

// TestVendorRequests: what is sent in each dialect, byte for byte.
func TestVendorRequests(t *testing.T) {
	t.Parallel()
	profile := func(name string, change func(*scimdst.Profile)) scimdst.Profile {
		p, err := scimdst.ProfileOf(name)
		if err != nil {
			t.Fatal(err)
		}
		if change != nil {
			change(&p)
		}
		return p
	}
	dialects := map[string]scimdst.Profile{
		"rfc7644":     profile("generic", nil),
		"okta-client": profile("okta", nil),
		"entra-client": profile("generic", func(p *scimdst.Profile) {
			p.Patch, p.Removal = scimdst.DialectEntra, scimdst.RemovalValue
		}),
		"entra-client-aadoptscim062020": profile("generic", func(p *scimdst.Profile) { p.Patch = scimdst.DialectAADOptSCIM }),
	}
	staff := plan.Step{Kind: plan.Group, Object: "staff", Name: "Staff", Remote: "g1", Members: []plan.ExternalID{"a", "b"}}
	add, remove := staff, staff
	add.Action, remove.Action = plan.AddMembers, plan.Take
	adopt := update("1", plan.DisplayName, "Ada L.", "Ada Lovelace")
	adopt.Action = plan.Adopt
	clearing := plan.Step{
		Action: plan.Update, Kind: plan.Person, Object: adaID, Remote: "1", Clear: []string{department, plan.ExternalIDPath, "title"},
		Before: plan.Fields{department: "R", plan.ExternalIDPath: adaID, "title": "Dr.", plan.DisplayName: "Ada"},
		After:  plan.Fields{plan.DisplayName: "A"},
	}
	steps := map[string]plan.Step{
		"update": {
			Action: plan.Update, Kind: plan.Person, Object: adaID, Remote: "1",
			Before: plan.Fields{plan.FamilyName: "Byron", plan.WorkEmail: "o@x", plan.DisplayName: "A"},
			After: plan.Fields{
				plan.FamilyName: "Lovelace", plan.GivenName: "Ada", plan.WorkEmail: "n@x", plan.DisplayName: "Ada",
				plan.Active: "true", department: "R", costCode: "7",
			},
		},
		"first-email":    update("1", plan.WorkEmail, "", "n@x"),
		"disable":        update("1", plan.Active, "true", "false"),
		"adopt":          adopt,
		"clear":          clearing,
		"clear-email":    {Action: plan.Update, Kind: plan.Person, Object: adaID, Remote: "1", Clear: []string{plan.WorkEmail}, Before: plan.Fields{plan.WorkEmail: "n@x"}},
		"add-members":    add,
		"remove-members": remove,
	}
	ids := map[plan.ExternalID]plan.RemoteID{"a": "u1", "b": `u"2`}
	for folder, p := range dialects {
		for name, step := range steps {
			r, err := p.RequestOf(step, ids)
			if name == "clear-email" && p.Patch == scimdst.DialectValues {
				if err == nil {
					t.Errorf("%s removes one of several values: %s", folder, r.Body)
				}
				continue
			}
			if err != nil {
				t.Fatalf("%s: %s: %v", folder, name, err)
			}
			golden(t, filepath.Join("testdata", "vendors", folder, name+".json"), append(r.Body, '\n'))
		}
	}
}

// TestVendorAnswers: what is read from each vendor's answers.
func TestVendorAnswers(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/vendors/*/*-*.json")
	if err != nil || len(files) == 0 {
		t.Fatal(err, files)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		var read func(*scimdst.Writer) any
		status := http.StatusOK
		switch {
		case strings.HasPrefix(name, "list-"):
			read = func(w *scimdst.Writer) any { return listed(t, w) }
		case strings.HasPrefix(name, "get-"):
			read = func(w *scimdst.Writer) any { return gotten(t, w, file) }
		case strings.HasPrefix(name, "error-"):
			status, _ = strconv.Atoi(strings.TrimPrefix(name, "error-"))
			read = func(w *scimdst.Writer) any { return refused(t, w) }
		default:
			continue
		}
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		answered := 0
		w := handle(t, func(w http.ResponseWriter, r *http.Request) {
			if answered++; answered > 1 { // the page after the one of the file
				body = []byte(`{"schemas":["` + listSchema + `"],"Resources":[]}`)
			}
			always(status, scim, string(body))(w, r)
		})
		got, err := json.MarshalIndent(read(w), "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		golden(t, strings.TrimSuffix(file, ".json")+".want", append(got, '\n'))
	}
}

func listed(t *testing.T, w *scimdst.Writer) any {
	t.Helper()
	got, search := list(t, w.Reader, plan.Person)
	return map[string]any{"resources": got, "missing": search.Missing}
}

func gotten(t *testing.T, w *scimdst.Writer, file string) any {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var body struct{ ID plan.RemoteID }
	if err := json.Unmarshal(text, &body); err != nil {
		t.Fatal(err)
	}
	kind := plan.Person
	if bytes.Contains(text, []byte("core:2.0:Group")) {
		kind = plan.Group
	}
	got, err := w.Get(t.Context(), kind, body.ID)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func refused(t *testing.T, w *scimdst.Writer) any {
	t.Helper()
	_, err := w.Do(t.Context(), ada(), nil)
	var e *scimdst.Error
	if !errors.As(err, &e) {
		t.Fatal(err)
	}
	return map[string]any{
		"status": e.Status, "detail": e.Detail, "scimType": e.ScimType, "duplicate": e.Duplicate(),
		"throttled": e.Throttled(), "temporary": e.Temporary(), "unknown": e.Unknown(),
	}
}

// TestVendorsNameTheirSource: no payload is without one.
func TestVendorsNameTheirSource(t *testing.T) {
	t.Parallel()
	folders, err := os.ReadDir("testdata/vendors")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range folders {
		names = append(names, f.Name())
		if text, err := os.ReadFile(filepath.Join("testdata", "vendors", f.Name(), "SOURCE")); err != nil || len(text) < 40 {
			t.Errorf("%s names no source: %v", f.Name(), err)
		}
	}
	for _, need := range []string{"aws-identity-center", "entra-service", "github", "ivanti", "okta-client", "slack"} {
		if !slices.Contains(names, need) {
			t.Errorf("there is nothing of %s", need)
		}
	}
}
