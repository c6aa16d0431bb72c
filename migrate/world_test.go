package migrate_test

import (
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ldap2scim/checkpoints"
	"ldap2scim/migrate"
	"ldap2scim/plan"
	"ldap2scim/scimdst"
	"ldap2scim/scimdst/scimtest"
)

// directory is a source that is what a test says it is.
type directory struct {
	entries []plan.Entry
	proof   plan.Proof
	err     error
}

func (d *directory) Read(_ context.Context, yield func(plan.Entry) error) (plan.Proof, error) {
	for _, e := range d.entries {
		if err := yield(e); err != nil {
			return plan.Proof{}, err
		}
	}
	return d.proof, d.err
}

// staff is n people and groups of them, the first of which has everybody.
func staff(n, groups int) *directory {
	d := &directory{proof: plan.Proof{Complete: true, Searches: []plan.Search{{Name: "users", Pages: 1}}}}
	var all []string
	for i := range n {
		uid := fmt.Sprintf("u%02d", i)
		all = append(all, "uid="+uid)
		d.entries = append(d.entries, plan.Entry{
			Kind: plan.Person, ID: plan.ExternalID("id-" + uid), DN: "uid=" + uid, Key: "uid=" + uid,
			Attrs: map[string][]string{"uid": {uid}, "givenname": {"G"}, "sn": {"S " + uid}, "mail": {uid + "@example.com"}},
		})
	}
	for i := range groups {
		cn := fmt.Sprintf("group %d", i)
		d.entries = append(d.entries, plan.Entry{
			Kind: plan.Group, ID: plan.ExternalID("id-" + cn), DN: "cn=" + cn, Key: "cn=" + cn,
			Attrs: map[string][]string{"cn": {cn}}, Members: all[:len(all)/(i+1)],
		})
	}
	return d
}

func rules() plan.Rules {
	return plan.Rules{
		Person: []plan.Mapping{
			{Target: plan.UserName, Source: "uid"},
			{Target: plan.GivenName, Source: "givenname"},
			{Target: plan.FamilyName, Source: "sn"},
			{Target: plan.WorkEmail, Source: "mail"},
		},
		Group: []plan.Mapping{{Target: plan.DisplayName, Source: "cn"}}, MembersPerRequest: 7,
		Inactive: plan.Test{Attribute: "locked"},
	}
}

// hasty waits as long as a test can, and for no destination that is down.
func hasty() migrate.Retry {
	return migrate.Retry{First: time.Millisecond, Longest: 2 * time.Millisecond, Patience: time.Millisecond, Budget: -1, Grace: -1}
}

func silent(migrate.Event) {}

// world is a state file and a real SCIM service over TCP.
type world struct {
	t       testing.TB
	path    string
	source  *directory
	service *scimtest.Server
	config  scimdst.Config
	rules   *plan.Rules // nil: rules()
	// others are at the service and not in the directory, by their id.
	others map[string]scimtest.Resource
}

func newWorld(t testing.TB, d *directory) *world {
	t.Helper()
	return newWorldOf(t, d, scimtest.Options{})
}

func newWorldOf(t testing.TB, d *directory, o scimtest.Options) *world {
	t.Helper()
	service, err := scimtest.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := service.Close(); err != nil {
			t.Error(err)
		}
	})
	return &world{
		t: t, path: filepath.Join(t.TempDir(), "state.db"), source: d, service: service,
		config: scimdst.Config{URL: service.URL, Token: func() (string, error) { return service.Token, nil }, Timeout: time.Minute},
	}
}

// open opens the state file; a test closes it where it plays a process's end.
func (w *world) open() *checkpoints.File {
	w.t.Helper()
	f, err := checkpoints.Open(w.t.Context(), w.path)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { f.Close() }) //nolint:errcheck // closed twice where a test closed it
	return f
}

func (w *world) writer() *scimdst.Writer {
	w.t.Helper()
	dst, err := scimdst.NewWriter(w.config)
	if err != nil {
		w.t.Fatal(err)
	}
	return dst
}

// planned takes a snapshot and makes a plan.
func (w *world) planned(f *checkpoints.File) checkpoints.Plan {
	w.t.Helper()
	if _, err := migrate.Snapshot(w.t.Context(), f, w.source, migrate.SnapshotOptions{Source: "test"}, silent); err != nil {
		w.t.Fatal(err)
	}
	return w.replanned(f)
}

func (w *world) replanned(f *checkpoints.File) checkpoints.Plan {
	w.t.Helper()
	rs := rules()
	if w.rules != nil {
		rs = *w.rules
	}
	p, err := migrate.Plan(w.t.Context(), f, w.writer().Reader, migrate.PlanOptions{Rules: rs, Settings: "settings", Destination: w.service.URL, Patience: hasty().Patience}, silent)
	if err != nil {
		w.t.Fatal(err)
	}
	return p
}

func (w *world) apply(f *checkpoints.File, dst migrate.Destination) migrate.Apply {
	return migrate.Apply{File: f, Destination: dst, Lister: w.writer().Reader, Settings: "settings", Retry: hasty(), Concurrency: 1, Observe: silent, Version: "test"}
}

// report reads the service back, and shows everybody.
func (w *world) report(f *checkpoints.File, p checkpoints.Plan) migrate.View {
	w.t.Helper()
	r, err := migrate.Reconcile(w.t.Context(), f, w.writer().Reader, p, migrate.ReconcileOptions{Destination: w.service.URL, Version: "test"}, silent)
	if err != nil {
		w.t.Fatal(err)
	}
	v := w.view(f, p, migrate.ViewOptions{All: true})
	if v.Sentence != r.Sentence || v.Settled != r.Settled {
		w.t.Errorf("stored %q, made %q", v.Sentence, r.Sentence)
	}
	return v
}

// view shows the newest report.
func (w *world) view(f *checkpoints.File, p checkpoints.Plan, opts migrate.ViewOptions) migrate.View {
	w.t.Helper()
	stored, err := f.LastReport(w.t.Context(), p.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	v, err := migrate.Open(w.t.Context(), f, stored, opts)
	if err != nil {
		w.t.Fatal(err)
	}
	return v
}

// lines are those of all kinds that a view shows.
func lines(t testing.TB, v migrate.View) []migrate.Line {
	t.Helper()
	var all []migrate.Line
	for _, k := range []plan.Kind{plan.Person, plan.Group, plan.Unit} {
		for l, err := range v.Lines(k) {
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, l)
		}
	}
	return all
}

// strangers puts a person and a group at the service that the directory does
// not know.
func (w *world) strangers() {
	w.t.Helper()
	id, err := w.service.AddUser(map[string]any{"userName": "stranger"})
	if err == nil {
		_, err = w.service.AddGroup(map[string]any{"displayName": "strangers", "members": []any{map[string]any{"value": id}}})
	}
	if err != nil {
		w.t.Fatal(err)
	}
	w.others = map[string]scimtest.Resource{}
	for _, r := range append(w.service.Users(), w.service.Groups()...) {
		w.others[r.ID] = r
	}
}

// ours are the resources that are none of the strangers, who must be as they
// were.
func (w *world) ours(all []scimtest.Resource) []scimtest.Resource {
	w.t.Helper()
	return slices.DeleteFunc(all, func(r scimtest.Resource) bool {
		was, stranger := w.others[r.ID]
		if diff := cmp.Diff(was, r); stranger && diff != "" {
			w.t.Errorf("a stranger (-was +is): %s", diff)
		}
		return stranger
	})
}

// settled is whole, with a report that says so and adds up, and a new plan that
// has nothing to do.
func (w *world) settled(f *checkpoints.File, p checkpoints.Plan) {
	w.t.Helper()
	w.whole()
	if r := w.report(f, p); !r.Settled || !strings.HasPrefix(r.Sentence, fmt.Sprintf("%d in directory", len(w.source.entries))) {
		w.t.Errorf("report: %s", r.Sentence)
	}
	if again := w.replanned(f); again.Summary.Requests() != 0 {
		w.t.Errorf("a new plan has %d requests", again.Summary.Requests())
	}
}

// whole holds the service against the directory: exactly one account each,
// every member in its place once, and nobody else but the strangers.
func (w *world) whole() {
	w.t.Helper()
	users, groupsThere := w.ours(w.service.Users()), w.ours(w.service.Groups())
	if there := len(w.service.Users()) + len(w.service.Groups()) - len(users) - len(groupsThere); there != len(w.others) {
		w.t.Errorf("%d strangers of %d", there, len(w.others))
	}
	names := map[string]string{} // remote id → uid
	for _, u := range users {
		uid, _ := u.Body["userName"].(string)
		if ext, _ := u.Body["externalId"].(string); ext != "id-"+uid {
			w.t.Errorf("user %s has externalId %s", uid, ext)
		}
		names[u.ID] = uid
	}
	var people int
	groups := map[string][]string{}
	for _, e := range w.source.entries {
		if e.Kind == plan.Person {
			people++
			continue
		}
		for _, m := range e.Members {
			groups[e.First("cn")] = append(groups[e.First("cn")], strings.TrimPrefix(m, "uid="))
		}
	}
	if got := len(users); got != people || len(names) != people {
		w.t.Errorf("%d accounts for %d people", got, people)
	}
	if got := len(groupsThere); got != len(groups) {
		w.t.Errorf("%d groups for %d", got, len(groups))
	}
	for _, g := range groupsThere {
		var got []string
		members, _ := g.Body["members"].([]any)
		for _, m := range members {
			id, _ := m.(map[string]any)["value"].(string)
			got = append(got, names[id])
		}
		slices.Sort(got)
		want := groups[g.Body["displayName"].(string)]
		slices.Sort(want)
		if !slices.Equal(got, want) {
			w.t.Errorf("%s has %v, want %v", g.Body["displayName"], got, want)
		}
	}
}

// creates counts the POST requests that reached the service.
func (w *world) creates() int {
	n := 0
	for _, r := range w.service.Requests() {
		if r.Method == "POST" {
			n++
		}
	}
	return n
}

// send changes the service behind the program's back.
func (w *world) send(method, path, body string) {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), method, w.service.URL+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+w.service.Token)
	req.Header.Set("Content-Type", "application/scim+json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode >= 300 {
		w.t.Fatalf("%s %s: %s", method, path, resp.Status)
	}
}
