package entra_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"ldap2scim/checkpoints"
	"ldap2scim/migrate"
	"ldap2scim/plan"
	"ldap2scim/scimdst/entra/entratest"
)

// busy is an answer that asks for a moment.
func busy(match func(entratest.Request) bool, times int) entratest.Fault {
	return entratest.Fault{Trouble: entratest.StatusBefore, Status: http.StatusTooManyRequests, Match: match, Times: times, Header: http.Header{"Retry-After": {"0.01"}}}
}

// TestTroubles: whatever happens once to each kind of request, nothing is made
// twice, and everything is made.
func TestTroubles(t *testing.T) {
	t.Parallel()
	writes := func(r entratest.Request) bool { return r.Method != http.MethodGet && r.Path != "/$batch" }
	for name, fault := range map[string]entratest.Fault{
		"every third write is too many":          busy(func(r entratest.Request) bool { return writes(r) && len(r.Body)%3 == 0 }, 12),
		"reads are too many":                     busy(func(r entratest.Request) bool { return r.Method == http.MethodGet }, 9),
		"batches are too many":                   busy(func(r entratest.Request) bool { return r.Path == "/$batch" }, 3),
		"items of batches are too many":          busy(func(r entratest.Request) bool { return r.Batched && r.Method != http.MethodGet }, 7),
		"a batch is done and cut off":            {Trouble: entratest.CutAfter, Match: func(r entratest.Request) bool { return r.Path == "/$batch" }, Skip: 1},
		"an item is done and says 504":           {Trouble: entratest.StatusAfter, Status: http.StatusGatewayTimeout, Match: func(r entratest.Request) bool { return r.Batched && r.Method != http.MethodGet }, Times: 2},
		"the application is made and says 504":   {Trouble: entratest.StatusAfter, Status: http.StatusGatewayTimeout, Match: entratest.Ending(http.MethodPost, "/instantiate")},
		"the application is made and is cut off": {Trouble: entratest.CutAfter, Match: entratest.Ending(http.MethodPost, "/instantiate")},
		"the job is made and is cut off":         {Trouble: entratest.CutAfter, Match: entratest.Ending(http.MethodPost, "/synchronization/jobs")},
		"the extension is made and is cut off":   {Trouble: entratest.CutAfter, Match: entratest.Ending(http.MethodPost, "/extensionProperties")},
		"the group is made and is cut off":       {Trouble: entratest.CutAfter, Match: entratest.To(http.MethodPost, "/groups")},
		"the mapping is put and is cut off":      {Trouble: entratest.CutAfter, Match: entratest.Ending(http.MethodPut, "/schema")},
		"the secrets are put and are cut off":    {Trouble: entratest.CutAfter, Match: entratest.Ending(http.MethodPut, "/secrets")},
		"the start is taken and cut off":         {Trouble: entratest.CutAfter, Match: entratest.Ending(http.MethodPost, "/start")},
		"people are written and answers cut off": {Trouble: entratest.CutAfter, Match: func(r entratest.Request) bool {
			return r.Method == http.MethodPatch && strings.HasPrefix(r.Path, "/users/")
		}, Times: 3},
		"a page is half a page":            {Trouble: entratest.Truncate, Match: func(r entratest.Request) bool { return strings.HasPrefix(r.Path, "/users?") }},
		"the service is down for a moment": {Trouble: entratest.StatusBefore, Status: http.StatusServiceUnavailable, Times: 4, Skip: 20},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const people = 50
			w := newWorld(t, people, entratest.Options{})
			w.tenant.Inject(fault)
			f := w.open()
			w.closing(f)
			w.applied(f, w.planned(f))
			w.whole(people)
		})
	}
}

// TestMembersThatAreThere: somebody has added some of the members meanwhile, so
// that a request of twenty is refused as a whole.
func TestMembersThatAreThere(t *testing.T) {
	t.Parallel()
	const people = 90
	w := newWorld(t, people, entratest.Options{})
	f := w.open()
	w.closing(f)
	p := w.planned(f)
	meddler := &meddling{Graph: w.graph, w: w}
	res, err := w.apply(f, meddler).Run(t.Context(), p)
	if err != nil || res.Failed > 0 {
		t.Fatalf("%+v, %v", res, err)
	}
	if !meddler.done {
		t.Fatal("nobody meddled")
	}
	w.whole(people)
}

// TestOwnersGroupsAndGuests: what cannot be written or provisioned is found in
// the plan, and nothing is sent about it.
func TestOwnersGroupsAndGuests(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 6, entratest.Options{})
	users := w.tenant.Users()
	change := func(i int, f func(*entratest.User)) {
		t.Helper()
		if err := w.tenant.ChangeUser(users[i].ID, f); err != nil {
			t.Fatal(err)
		}
	}
	change(0, func(u *entratest.User) { u.OnPremises = &entratest.OnPremises{ImmutableID: "x"} })
	change(1, func(u *entratest.User) { u.Guest = true })
	change(2, func(u *entratest.User) { u.Disabled = true })
	change(3, func(u *entratest.User) { u.Deleted = true })
	change(4, func(u *entratest.User) { u.UserPrincipalName = "other@corp.example" })
	for id, g := range map[string]entratest.Group{
		"s1": {DisplayName: "Synced", Synced: true, Description: "ldap2scim:s1"}, "d1": {DisplayName: "Dynamic", Dynamic: "user.department -eq \"x\"", Description: "ldap2scim:d1"},
		"m1": {DisplayName: "Mail", MailEnabled: true, Description: "ldap2scim:m1"}, "n1": {DisplayName: "List", MailEnabled: true, NoSecurity: true, Description: "ldap2scim:n1"},
		"f1": {DisplayName: "Foreign"},
	} {
		if _, err := w.tenant.AddGroup(g); err != nil {
			t.Fatal(err)
		}
		w.entries = append(w.entries, group(id, g.DisplayName, person(5)))
	}
	w.rules.Groups.KeepForeign = true
	f := w.open()
	w.closing(f)
	p := w.planned(f)
	got := map[string]string{}
	for finding, err := range f.Findings(t.Context(), p.ID) {
		if err != nil {
			t.Fatal(err)
		}
		if finding.Severity != plan.Note {
			got[string(finding.Object)] += string(finding.Code) + " "
		}
	}
	for id, want := range map[string]string{
		"p00000": "E02 ", "p00001": "E03 ", "p00002": "E03 ", "p00003": "E03 ", "p00004": "P01 ",
		"s1": "P11 ", "d1": "P11 ", "m1": "P11 ", "n1": "E03 ", "f1": "P11 ",
	} {
		if got[id] != want {
			t.Errorf("%s has %q, want %q", id, got[id], want)
		}
	}
	w.applied(f, p)
	w.documented()
	for _, g := range w.tenant.Groups() {
		if g.DisplayName != "Half" && len(g.Members) > 0 {
			t.Errorf("%s was given members", g.DisplayName)
		}
	}
}

// TestSyncedGroup: one that is synced is found by its SID and assigned; one
// that nests groups gets a helper of the same name, which is ours.
func TestSyncedGroup(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2, entratest.Options{})
	id := w.tenant.Users()[0].ID
	const flat, nests = "S-1-5-21-1-2-3-1001", "S-1-5-21-1-2-3-1002"
	for name, sid := range map[string]string{"Flat": flat, "Nests": nests} {
		if _, err := w.tenant.AddGroup(entratest.Group{DisplayName: name, Synced: true, SecurityIdentifier: sid, Members: []string{id}}); err != nil {
			t.Fatal(err)
		}
	}
	one, other := group("a1", "Flat", person(0)), group("a2", "Nests", one1())
	one.Attrs["objectsid"], other.Attrs["objectsid"] = []string{flat}, []string{nests}
	w.entries = append(w.entries, one, other)
	f := w.open()
	w.closing(f)
	p := w.planned(f)
	w.applied(f, p)
	w.documented()
	helpers := 0
	for _, g := range w.tenant.Groups() {
		if g.DisplayName == "Nests" && !g.Synced && len(g.Members) == 1 {
			helpers++
		}
	}
	if helpers != 1 || len(w.tenant.Groups()) != 4 {
		t.Errorf("groups %+v", w.tenant.Groups())
	}
}

// one1 is the group that the other contains.
func one1() plan.Entry { return group("a1", "Flat") }

// TestWriters: another application that provisions the same service refuses the
// plan by a hazard, and one that goes nobody knows where is said.
func TestWriters(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2, entratest.Options{})
	f := w.open()
	w.applied(f, w.planned(f))
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	w.config.Application, w.folder = "MDM 2", t.TempDir()
	w.rules = w.config.Rules(plan.Rules{Person: w.rules.Person, Group: w.rules.Group})
	f = w.open()
	w.closing(f)
	p := w.planned(f)
	_, err := w.apply(f, w.graph).Run(t.Context(), p)
	if e := (*migrate.HazardError)(nil); !errors.As(err, &e) || e.Steps[plan.HazardSecondWriter] != 1 {
		t.Errorf("two writers: %v", err)
	}
	if n := len(w.tenant.Applications()); n != 1 {
		t.Errorf("%d applications", n)
	}
}

// TestNoLicence: without P1 no group is assigned unless it is allowed, and
// people alone can be.
func TestNoLicence(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2, entratest.Options{NoPremium: true})
	f := w.open()
	w.closing(f)
	_, err := w.apply(f, w.graph).Run(t.Context(), w.planned(f))
	if e := (*migrate.HazardError)(nil); !errors.As(err, &e) || e.Steps[plan.HazardNoLicence] != 1 {
		t.Errorf("no licence: %v", err)
	}
	w.config.Assign = "people"
	w.rules = w.config.Rules(plan.Rules{Person: w.rules.Person, Group: w.rules.Group})
	w.applied(f, w.planned(f))
	if n := len(w.tenant.Assignments()); n != 2 {
		t.Errorf("%d assignments", n)
	}
}

// TestRefusals: what ends a run says what mends it, and a second run makes
// nothing twice.
func TestRefusals(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		trouble func(*world)
		mend    func(*world)
		want    string
	}{
		"the service refuses the token": {
			func(w *world) { w.config.Service.Token = func() (string, error) { return "leaked-token", nil } },
			func(w *world) { w.config.Service.Token = func() (string, error) { return "hush", nil } },
			"cannot reach the service",
		},
		"a permission is missing": {
			func(w *world) {
				w.tenant.Inject(entratest.Fault{Trouble: entratest.StatusBefore, Status: http.StatusForbidden, Times: -1, Match: entratest.Ending(http.MethodPost, "/extensionProperties")})
			},
			func(w *world) { w.tenant.Heal() },
			"403",
		},
		"the mapping is changed by somebody else": {
			func(w *world) { w.graph = &editing{Graph: w.graph} },
			func(w *world) { w.graph = w.graph.(*editing).Graph },
			"not the one that was planned against",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const people = 4
			w := newWorld(t, people, entratest.Options{})
			f := w.open()
			w.closing(f)
			p := w.planned(f)
			tt.trouble(w)
			_, err := w.apply(f, w.graph).Run(t.Context(), p)
			if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "leaked-token") {
				t.Fatalf("got %v, want %q", err, tt.want)
			}
			if h := (interface{ Hint() string })(nil); !errors.As(err, &h) || h.Hint() == "" {
				t.Errorf("no hint: %v", err)
			}
			tt.mend(w)
			again := w.apply(f, w.graph)
			again.Scope = checkpoints.Scope{Again: true}
			if _, err := again.Run(t.Context(), p); err != nil {
				t.Fatal(err)
			}
			w.applied(f, p)
			w.whole(people)
		})
	}
}

// TestCanaryStops: a person whom Entra ID cannot provision ends the run before
// everybody follows.
func TestCanaryStops(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4, entratest.Options{})
	w.rules.Waves = []plan.Wave{{Name: "pilot", People: []string{"p00002"}}}
	if err := w.tenant.ChangeUser(w.tenant.Users()[2].ID, func(u *entratest.User) {}); err != nil {
		t.Fatal(err)
	}
	f := w.open()
	w.closing(f)
	p := w.planned(f)
	pilot := func() migrate.Apply {
		a := w.apply(f, w.graph)
		a.Scope.Wave = "pilot"
		return a
	}
	w.tenant.Inject(entratest.Fault{Trouble: entratest.StatusBefore, Status: http.StatusBadRequest, Code: "InvalidIdentityProvider", Match: entratest.Ending(http.MethodPost, "/provisionOnDemand")})
	_, err := pilot().Run(t.Context(), p)
	if e := (*migrate.SettingError)(nil); !errors.As(err, &e) {
		t.Fatalf("got %v", err)
	}
	if jobs := w.tenant.Jobs(); jobs[0].Code == "Active" || len(w.tenant.Assignments()) != 1 {
		t.Errorf("the run went on: job %s, %d assigned", jobs[0].Code, len(w.tenant.Assignments()))
	}
	if _, err := pilot().Run(t.Context(), p); err == nil {
		t.Error("a second run goes on without it")
	}
}

// TestPages: people are read in as few requests as there are pages.
func TestPages(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1000, entratest.Options{})
	f := w.open()
	w.closing(f)
	w.tenant.Forget()
	w.planned(f)
	counts := map[string]int{}
	for _, r := range w.tenant.Requests() {
		path, _, _ := strings.Cut(r.Path, "?")
		counts[path]++
	}
	if counts["/users"] != 2 || counts["/groups"] != 1 {
		t.Errorf("requests: %v", fmt.Sprint(counts))
	}
}

// TestSIDThroughStateFile: a binary SID comes back from the state file as it
// was read, and finds its person.
func TestSIDThroughStateFile(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2, entratest.Options{})
	w.entries[0].Attrs["objectsid"] = []string{"\x01\x05\x00\x00\x00\x00\x00\x05\x15\x00\x00\x00\x15\xcd\x5b\x07\xb1\x68\xde\x3a\xe5\xbf\x4a\x1d\xf4\x01\x00\x00"}
	if err := w.tenant.ChangeUser(w.tenant.Users()[0].ID, func(u *entratest.User) {
		u.UserPrincipalName, u.Mail = "renamed@corp.example", "renamed@corp.example"
		u.OnPremises = &entratest.OnPremises{SecurityIdentifier: "S-1-5-21-123456789-987654321-491438053-500"}
	}); err != nil {
		t.Fatal(err)
	}
	f := w.open()
	w.closing(f)
	p := w.planned(f)
	matched := ""
	for r, err := range f.Owned(t.Context(), p.Inventory)(plan.Person) {
		if err != nil {
			t.Fatal(err)
		}
		if r.ExternalID == "p00000" {
			matched = r.Fields[plan.FactMatched]
		}
	}
	if matched != "SID" {
		t.Errorf("found by %q", matched)
	}
}

// TestLegacyTemplate: an application that cannot be provisioned over SCIM is
// refused, and nothing is set up in it.
func TestLegacyTemplate(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2, entratest.Options{LegacyOnly: true})
	f := w.open()
	w.closing(f)
	_, err := w.apply(f, w.graph).Run(t.Context(), w.planned(f))
	if err == nil || !strings.Contains(err.Error(), "cannot be provisioned over SCIM") || len(w.tenant.Jobs()) != 0 {
		t.Errorf("got %v, jobs %v", err, w.tenant.Jobs())
	}
}
