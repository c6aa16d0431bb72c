package entra_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"ldap2scim/checkpoints"
	"ldap2scim/migrate"
	"ldap2scim/plan"
	"ldap2scim/scimdst/entra"
	"ldap2scim/scimdst/entra/entratest"
	"ldap2scim/scimdst/scimtest"
)

// plainGraph sends requests with the standard library, so that these tests do
// not wait for the SDK to be compiled. Package graph has its own.
type plainGraph struct{ base, token string }

func (g plainGraph) Send(ctx context.Context, r entra.Request) (entra.Answer, error) {
	address := r.Path
	if !strings.Contains(address, "://") {
		address = g.base + r.Path
	}
	req, err := http.NewRequestWithContext(ctx, r.Method, address, bytes.NewReader(r.Body))
	if err != nil {
		return entra.Answer{}, err
	}
	req.Header.Set("Authorization", "Bearer "+g.token)
	if len(r.Body) > 0 {
		req.Header.Set("Content-Type", "application/json")
	}
	path, _, _ := strings.Cut(r.Path, "?")
	e := &entra.Error{Method: r.Method, Path: path}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		e.Err = err
		return entra.Answer{}, e
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		e.Err = err
		return entra.Answer{}, e
	}
	a := entra.Answer{Body: body}
	a.Units, _ = strconv.Atoi(resp.Header.Get("X-Ms-Resource-Unit"))
	if resp.StatusCode < http.StatusBadRequest {
		return a, nil
	}
	var said struct {
		Error struct{ Code, Message string }
	}
	if err := json.Unmarshal(body, &said); err != nil {
		return a, err
	}
	e.Status, e.Code, e.Message, e.Wait = resp.StatusCode, said.Error.Code, said.Error.Message, entra.RetryAfter(resp.Header.Get("Retry-After"))
	return a, e
}

// world is a directory, a tenant, and the service that the tenant provisions.
type world struct {
	t       testing.TB
	entries []plan.Entry
	tenant  *entratest.Server
	service *scimtest.Server
	config  entra.Config
	rules   plan.Rules
	graph   entra.Graph
	folder  string
}

const suffix = "dc=corp,dc=example"

// person is the i-th person of the directory.
func person(i int) plan.Entry {
	uid := fmt.Sprintf("u%05d", i)
	return plan.Entry{
		Kind: plan.Person, ID: plan.ExternalID(fmt.Sprintf("p%05d", i)), DN: "uid=" + uid + "," + suffix, Key: "uid=" + uid + "," + suffix,
		Attrs: map[string][]string{"uid": {uid}, "givenname": {"G" + uid}, "sn": {"S" + uid}, "mail": {uid + "@corp.example"}, "costcode": {fmt.Sprint("c", i)}},
	}
}

// user is the i-th person as the tenant has them.
func user(i int) entratest.User {
	e := person(i)
	return entratest.User{
		UserPrincipalName: e.First("mail"), Mail: e.First("mail"), GivenName: e.First("givenname"), Surname: e.First("sn"), DisplayName: e.First("uid"),
	}
}

func group(id, name string, members ...plan.Entry) plan.Entry {
	e := plan.Entry{Kind: plan.Group, ID: plan.ExternalID(id), DN: "cn=" + name + "," + suffix, Key: "cn=" + strings.ToLower(name) + "," + suffix, Attrs: map[string][]string{"cn": {name}}}
	for _, m := range members {
		e.Members = append(e.Members, m.Key)
	}
	slices.Sort(e.Members)
	return e
}

// newWorld has so many people in the directory and in the tenant, the first
// half of them in a group, and one custom attribute.
func newWorld(t testing.TB, people int, o entratest.Options) *world {
	t.Helper()
	w := &world{t: t, folder: t.TempDir()}
	var half []plan.Entry
	var err error
	if w.service, err = scimtest.Start(scimtest.Options{Token: "hush"}); err != nil {
		t.Fatal(err)
	}
	if w.tenant, err = entratest.Start(o); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(w.tenant.Close(), w.service.Close()); err != nil {
			t.Error(err)
		}
		held(t, w.tenant.Requests())
	})
	for i := range people {
		w.entries = append(w.entries, person(i))
		if _, err := w.tenant.AddUser(user(i)); err != nil {
			t.Fatal(err)
		}
		if i < people/2 {
			half = append(half, person(i))
		}
	}
	w.entries = append(w.entries, group("g1", "Half", half...))
	token, err := w.tenant.Token(entratest.ClientID)
	if err != nil {
		t.Fatal(err)
	}
	w.config = entra.Config{
		Tenant: entratest.Tenant, Endpoint: w.tenant.URL, Application: "MDM", Canary: 1, WritesPerSecond: 1e6, Replication: 10 * time.Millisecond,
		Service: entra.Service{URL: w.service.URL, Token: func() (string, error) { return "hush", nil }},
	}
	w.graph = plainGraph{w.tenant.URL, token}
	w.rules = w.config.Rules(plan.Rules{
		Person: []plan.Mapping{
			{Target: plan.UserName, Expression: `first("mail")`},
			{Target: plan.GivenName, Source: "givenname"},
			{Target: plan.FamilyName, Source: "sn"},
			{Target: plan.WorkEmail, Source: "mail"},
			{Target: plan.CustomURN + "costCode", Source: "costcode"},
		},
		Group: []plan.Mapping{{Target: plan.DisplayName, Source: "cn"}},
	})
	return w
}

// Read implements migrate.Source.
func (w *world) Read(_ context.Context, yield func(plan.Entry) error) (plan.Proof, error) {
	for _, e := range w.entries {
		if err := yield(e); err != nil {
			return plan.Proof{}, err
		}
	}
	return plan.Proof{Complete: true, Searches: []plan.Search{{Name: "all"}}}, nil
}

func (w *world) open() *checkpoints.File {
	w.t.Helper()
	f, err := checkpoints.Open(w.t.Context(), filepath.Join(w.folder, "state.db"))
	if err != nil {
		w.t.Fatal(err)
	}
	return f
}

// closing closes the file when the test is over.
func (w *world) closing(f *checkpoints.File) {
	w.t.Cleanup(func() {
		if err := f.Close(); err != nil {
			w.t.Error(err)
		}
	})
}

func silent(migrate.Event) {}

func (w *world) reader(f *checkpoints.File, g entra.Graph) *entra.Reader {
	w.t.Helper()
	snap, err := f.LastSnapshot(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	return entra.NewReader(g, w.config, w.rules, entra.Directory{People: f.Entries(w.t.Context(), snap.ID)(plan.Person), Groups: f.Groups(w.t.Context(), snap.ID)}, entra.Patience{First: time.Millisecond})
}

// planned takes a snapshot and makes a plan.
func (w *world) planned(f *checkpoints.File) checkpoints.Plan {
	w.t.Helper()
	if _, err := migrate.Snapshot(w.t.Context(), f, w, migrate.SnapshotOptions{}, silent); err != nil {
		w.t.Fatal(err)
	}
	p, err := migrate.Plan(w.t.Context(), f, w.reader(f, w.graph), migrate.PlanOptions{Rules: w.rules, Destination: "tenant", Patience: time.Millisecond}, silent)
	if err != nil {
		w.t.Fatal(err)
	}
	return p
}

func (w *world) apply(f *checkpoints.File, g entra.Graph) migrate.Apply {
	return migrate.Apply{
		File: f, Destination: entra.NewWriter(g, w.config), Concurrency: 4, Observe: silent,
		Retry: migrate.Retry{First: time.Millisecond, Longest: 10 * time.Millisecond, Patience: 5 * time.Millisecond},
	}
}

// applied carries a plan out to its end.
func (w *world) applied(f *checkpoints.File, p checkpoints.Plan) {
	w.t.Helper()
	res, err := w.apply(f, w.graph).Run(w.t.Context(), p)
	if err != nil || res.Failed+res.Left+res.Unknown > 0 {
		w.t.Fatalf("%+v, %v", res, err)
	}
}

// report reads the tenant back.
func (w *world) report(f *checkpoints.File, p checkpoints.Plan) migrate.Report {
	w.t.Helper()
	r, err := migrate.Reconcile(w.t.Context(), f, w.reader(f, w.graph), p, migrate.ReconcileOptions{Destination: "tenant"}, silent)
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

// documented fails when anything was asked that no page of Microsoft has.
func (w *world) documented() {
	w.t.Helper()
	for _, r := range w.tenant.Refused() {
		w.t.Errorf("%s %s: %s\n%s", r.Method, r.Path, r.Why, r.Body)
	}
	for _, d := range w.tenant.Denied() {
		w.t.Errorf("%s %s lacked %v", d.Method, d.Path, d.Missing)
	}
}

// whole checks that the tenant has everything once.
func (w *world) whole(people int) {
	w.t.Helper()
	w.documented()
	if apps := w.tenant.Applications(); len(apps) != 1 || strings.Contains(apps[0].Notes, "hush") {
		w.t.Errorf("applications: %+v", apps)
	}
	if jobs := w.tenant.Jobs(); len(jobs) != 1 || jobs[0].Secrets["SecretToken"] != "hush" || jobs[0].Secrets["SkipOutOfScopeDeletions"] != "True" || jobs[0].Secrets["SyncAll"] != "false" {
		w.t.Errorf("jobs: %+v", jobs)
	}
	groups := w.tenant.Groups()
	if len(groups) != 1 || len(groups[0].Members) != people/2 {
		w.t.Errorf("groups: %+v", groups)
	}
	assigned := map[string]int{}
	for _, a := range w.tenant.Assignments() {
		assigned[a.Principal]++
	}
	if want := people - people/2 + 1; len(assigned) != want || len(w.tenant.Assignments()) != want {
		w.t.Errorf("%d assigned in %d assignments, want %d", len(assigned), len(w.tenant.Assignments()), want)
	}
	for _, u := range w.tenant.Users() {
		i, err := strconv.Atoi(strings.TrimLeft(strings.TrimPrefix(u.DisplayName, "u"), "0") + "")
		if u.DisplayName == "u00000" {
			i, err = 0, nil
		}
		if err != nil {
			continue // somebody else
		}
		values := []string{}
		for _, v := range u.Extensions {
			values = append(values, v)
		}
		if !slices.Equal(values, []string{fmt.Sprint("c", i)}) {
			w.t.Errorf("%s has %v", u.DisplayName, values)
		}
	}
}
