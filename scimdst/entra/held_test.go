package entra_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"ldap2scim/scimdst/entra/entratest"
)

// form is the form of a documented request, of which package entratest has the
// sample with its source, and holds the answer against it.
type form struct {
	name, method string
	path         *regexp.Regexp
	options      []string
	body         any
	also         []string
}

// forms are those of all samples.
var forms = sync.OnceValues(func() ([]form, error) {
	files, err := filepath.Glob(filepath.Join("entratest", "testdata", "samples", "*.json"))
	if err != nil || len(files) == 0 {
		return nil, fmt.Errorf("there are no samples: %w", err)
	}
	var all []form
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		var s struct {
			Request struct {
				Method, Path string
				Body         any
			}
			Options, Also []string
		}
		if err := json.Unmarshal(text, &s); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		path, query, _ := strings.Cut(s.Request.Path, "?")
		segments := regexp.MustCompile(`\\\{\w+\\\}`).ReplaceAllString(regexp.QuoteMeta(path), `[^/]+`)
		all = append(all, form{
			name: filepath.Base(file), method: s.Request.Method, path: regexp.MustCompile("^" + segments + "$"),
			options: append(optionsOf(query), s.Options...), body: s.Request.Body, also: s.Also,
		})
	}
	return all, nil
})

// optionsOf are the names of a query's options. Where the next page begins is
// Graph's own.
func optionsOf(query string) []string {
	var names []string
	for one := range strings.SplitSeq(query, "&") {
		if name, _, _ := strings.Cut(one, "="); name != "" && name != "$skiptoken" {
			names = append(names, name)
		}
	}
	return names
}

// holds tells whether a request has the form: its method, its path, no other
// options, and no other members in its body.
func (f form) holds(r entratest.Request) bool {
	path, query, _ := strings.Cut(r.Path, "?")
	query, err := url.PathUnescape(query)
	if err != nil || f.method != r.Method || !f.path.MatchString(path) {
		return false
	}
	for _, name := range optionsOf(query) {
		if !slices.Contains(f.options, name) {
			return false
		}
	}
	if len(r.Body) == 0 {
		return f.body == nil
	}
	var body any
	return json.Unmarshal(r.Body, &body) == nil && f.within(f.body, body, f.also)
}

// within tells whether a value has the kinds and members of the sample's, and
// no others. Null is a value that is taken away; the name of an extension is
// the tenant's; a list stands for one of any length.
func (f form) within(sample, have any, also []string) bool {
	switch have := have.(type) {
	case map[string]any:
		sample, is := sample.(map[string]any)
		for name, v := range have {
			known, there := sample[name]
			switch {
			case slices.Contains(also, name):
				continue
			case !there && strings.HasPrefix(name, "extension_"):
				known, there = sample["{extension}"]
			case !there && strings.HasPrefix(name, "extensionAttribute"):
				known, there = sample["extensionAttribute1"]
			}
			if !there || !f.within(known, v, nil) {
				return false
			}
		}
		return is
	case []any:
		list, is := sample.([]any)
		for _, v := range have {
			if !slices.ContainsFunc(list, func(known any) bool { return f.within(known, v, nil) }) {
				text, parts := sample.(string)
				return parts && strings.HasPrefix(text, "{") // the parts of the mapping, byte for byte as they were read
			}
		}
		return is || len(have) == 0
	case nil:
		return true
	}
	return fmt.Sprintf("%T", sample) == fmt.Sprintf("%T", have)
}

// held, which every test of a tenant ends with, fails for each request that has the form of no sample. A batch is as its
// own page shows it, and what is in it is looked at alone.
func held(t testing.TB, requests []entratest.Request) {
	t.Helper()
	known, err := forms()
	if err != nil {
		t.Error(err)
		return
	}
	for _, r := range requests {
		if r.Path == "/$batch" {
			continue
		}
		if !slices.ContainsFunc(known, func(f form) bool { return f.holds(r) }) {
			t.Errorf("no sample is of the form %s %s\n%.300s", r.Method, r.Path, r.Body)
		}
	}
}

// TestHeld: what is not of a documented form is found.
func TestHeld(t *testing.T) {
	t.Parallel()
	known, err := forms()
	if err != nil {
		t.Fatal(err)
	}
	of := func(r entratest.Request) string {
		var names []string
		for _, f := range known {
			if f.holds(r) {
				names = append(names, strings.TrimSuffix(f.name, ".json"))
			}
		}
		return strings.Join(names, " ")
	}
	for _, tt := range []struct{ method, path, body, want string }{
		{"GET", "/applications/a/extensionProperties", "", "application-list-extensionproperty"},
		{"GET", "/applications/a/extensionProperties?$top=5", "", ""},
		{"GET", "/applications/a/owners", "", ""},
		{"DELETE", "/applications/a/extensionProperties", "", ""},
		{"PATCH", "/users/u", `{"extension_1_x":"v"}`, "user-update-extension"},
		{"PATCH", "/users/u", `{"extension_1_x":null}`, "user-update-extension"},
		{"PATCH", "/users/u", `{"extension_1_x":5}`, ""},
		{"PATCH", "/users/u", `{"accountEnabled":false}`, ""},
		{"PATCH", "/users/u", `{"onPremisesExtensionAttributes":{"extensionAttribute7":"v"}}`, "user-update-numbered"},
		{"PATCH", "/groups/g", `{"members@odata.bind":["x","y","z"]}`, "group-post-members-many"},
		{"PATCH", "/groups/g", `{"members@odata.bind":[5]}`, ""},
		{"POST", "/servicePrincipals/p/synchronization/jobs/j/start", "", "synchronizationjob-start"},
		{"POST", "/servicePrincipals/p/synchronization/jobs/j/start", `{}`, ""},
		{"POST", "/servicePrincipals/p/synchronization/jobs/j/restart", `{"criteria":{"resetScope":"Full"}}`, "synchronizationjob-restart"},
		{"POST", "/servicePrincipals/p/synchronization/jobs/j/restart", `{"criteria":{"scope":"Full"}}`, ""},
	} {
		if got := of(entratest.Request{Method: tt.method, Path: tt.path, Body: []byte(tt.body)}); got != tt.want {
			t.Errorf("%s %s %s is of the form %q, want %q", tt.method, tt.path, tt.body, got, tt.want)
		}
	}
}
