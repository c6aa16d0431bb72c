package entra_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"ldap2scim/checkpoints"
	"ldap2scim/migrate"
	"ldap2scim/plan"
	"ldap2scim/scimdst/entra"
	"ldap2scim/scimdst/entra/entratest"
)

// TestRoad goes from the directory through the tenant into the service, and
// adds up; a second plan has nothing to do.
func TestRoad(t *testing.T) {
	t.Parallel()
	const people = 50
	w := newWorld(t, people, entratest.Options{Replication: 1})
	f := w.open()
	w.closing(f)
	p := w.planned(f)
	w.applied(f, p)
	w.whole(people)
	r := w.report(f, p)
	if n := r.Class(migrate.Unprovisioned); r.Settled || n != people+1-1 { // one was provisioned on demand
		t.Errorf("before the first cycle %d are not provisioned: %s", n, r.Sentence)
	}
	if err := w.tenant.Cycle(t.Context()); err != nil {
		t.Fatal(err)
	}
	now, err := w.reader(f, w.graph).Progress(t.Context(), time.Time{})
	if err != nil || !now.Finished || now.Failing != 0 {
		t.Errorf("%s, %v", now, err)
	}
	if r := w.report(f, p); !r.Settled || r.Class(migrate.Updated) != people || r.Class(migrate.Migrated) != 1 {
		t.Error(r.Sentence, r.Set)
	}
	users := w.service.Users()
	if len(users) != people || len(w.service.Groups()) != 1 {
		t.Errorf("the service has %d people and %d groups", len(users), len(w.service.Groups()))
	}
	w.documented()
	again := w.planned(f)
	if again.Summary.Requests() != 0 {
		for s, err := range f.Unfinished(t.Context(), again.ID) {
			t.Errorf("a second plan has %+v, %v", s.Step, err)
		}
	}
}

// interactions counts the requests, and ends the process before or after one
// of them: from then on, whoever would send waits until the test is over.
type interactions struct {
	entra.Graph
	over    context.Context //nolint:containedctx // the test's
	crashAt int

	mu   sync.Mutex
	n    int
	dead chan struct{}
}

func (i *interactions) tick() {
	i.mu.Lock()
	i.n++
	if i.n == i.crashAt {
		close(i.dead)
	}
	gone := i.crashAt > 0 && i.n >= i.crashAt
	i.mu.Unlock()
	if gone {
		<-i.over.Done()
	}
}

func (i *interactions) Send(ctx context.Context, r entra.Request) (entra.Answer, error) {
	i.tick()
	a, err := i.Graph.Send(ctx, r)
	i.tick()
	return a, err
}

// run applies, and reports whether it crashed.
func (w *world) run(f *checkpoints.File, p checkpoints.Plan, i *interactions) (crashed bool, err error) {
	done := make(chan error, 1)
	go func() {
		_, err := w.apply(f, i).Run(w.t.Context(), p)
		done <- err
	}()
	select {
	case err := <-done:
		return false, err
	case <-i.dead:
		return true, nil
	}
}

// TestCrashEverywhere ends the process before and after every request, and
// runs it again: there is one application, one job, one group, one assignment
// for each, and everybody has the attribute (law 4).
func TestCrashEverywhere(t *testing.T) {
	t.Parallel()
	const people = 4
	w := newWorld(t, people, entratest.Options{})
	f := w.open()
	w.closing(f)
	clean := &interactions{Graph: w.graph, over: t.Context(), dead: make(chan struct{})}
	if _, err := w.run(f, w.planned(f), clean); err != nil {
		t.Fatal(err)
	}
	w.whole(people)
	for at := 1; at <= clean.n; at++ {
		t.Run(fmt.Sprintf("at %d of %d", at, clean.n), func(t *testing.T) {
			t.Parallel()
			// What is made is seen at once, or up to five requests later.
			w := newWorld(t, people, entratest.Options{Replication: at % 6})
			f := w.open()
			p := w.planned(f)
			if _, err := w.run(f, p, &interactions{Graph: w.graph, over: t.Context(), crashAt: at, dead: make(chan struct{})}); err != nil {
				t.Fatal(err)
			}
			if err := f.Close(); err != nil {
				t.Fatal(err)
			}
			f = w.open()
			w.closing(f)
			w.applied(f, p)
			w.whole(people)
			if again := w.planned(f); again.Summary.Requests() != 0 {
				for s, err := range f.Unfinished(t.Context(), again.ID) {
					t.Errorf("a new plan has %+v, %v", s.Step, err)
				}
			}
		})
	}
}

// TestPlanAgainAfterCrash ends the process and makes a new plan instead of
// going on: what the tenant has already is found.
func TestPlanAgainAfterCrash(t *testing.T) {
	t.Parallel()
	const people = 4
	for at := 3; at < 60; at += 4 {
		t.Run(fmt.Sprint(at), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, people, entratest.Options{})
			f := w.open()
			if _, err := w.run(f, w.planned(f), &interactions{Graph: w.graph, over: t.Context(), crashAt: at, dead: make(chan struct{})}); err != nil {
				t.Fatal(err)
			}
			if err := f.Close(); err != nil {
				t.Fatal(err)
			}
			f = w.open()
			w.closing(f)
			w.applied(f, w.planned(f))
			w.whole(people)
		})
	}
}

// TestScope: from everybody to those who are assigned, with the restart that
// this needs.
func TestScope(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4, entratest.Options{})
	base := plan.Rules{Person: w.rules.Person, Group: w.rules.Group}
	w.config.Scope = "all"
	w.rules = w.config.Rules(base)
	f := w.open()
	w.closing(f)
	if _, err := w.tenant.AddUser(user(99)); err != nil {
		t.Fatal(err)
	}
	p := w.planned(f)
	scoped := false
	for finding, err := range f.Findings(t.Context(), p.ID) {
		scoped = scoped || finding.Code == plan.Scope && finding.Severity == plan.Warn && err == nil
	}
	if !scoped {
		t.Error("nobody says that a stranger is provisioned too")
	}
	w.applied(f, p)
	if err := w.tenant.Cycle(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := len(w.service.Users()); n != 5 {
		t.Errorf("%d people are in the service", n)
	}
	w.config.Scope = "assigned"
	w.rules = w.config.Rules(base)
	w.tenant.Forget()
	p = w.planned(f)
	w.applied(f, p)
	restarted := false
	for _, r := range w.tenant.Requests() {
		if r.Method == "POST" && strings.HasSuffix(r.Path, "/restart") {
			restarted = true
			if body := string(r.Body); strings.Contains(body, "Full") || !strings.Contains(body, "Watermark, Escrows, QuarantineState") {
				t.Errorf("the restart resets %s", body)
			}
		}
	}
	if jobs := w.tenant.Jobs(); !restarted || jobs[0].Secrets["SyncAll"] != "false" {
		t.Errorf("restarted %t, secrets %v", restarted, jobs[0].Secrets["SyncAll"])
	}
	w.documented()
}

// TestSyncAge: an old synchronisation is said.
func TestSyncAge(t *testing.T) {
	t.Parallel()
	last := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	w := newWorld(t, 1, entratest.Options{LastSync: last})
	f := w.open()
	w.closing(f)
	for age, want := range map[time.Duration]bool{time.Hour: false, 24 * time.Hour: true} {
		w.config.Now = func() time.Time { return last.Add(age) }
		p := w.planned(f)
		said := false
		for finding, err := range f.Findings(t.Context(), p.ID) {
			if err != nil {
				t.Fatal(err)
			}
			said = said || finding.Code == plan.Drift
		}
		if said != want {
			t.Errorf("after %s it is said: %t", age, said)
		}
	}
}

// TestRollback puts back what people and groups had: nobody has the attribute
// any more, the group is empty, and the application stays.
func TestRollback(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4, entratest.Options{})
	f := w.open()
	w.closing(f)
	p := w.planned(f)
	w.applied(f, p)
	undoing, err := migrate.Rollback(t.Context(), f, w.reader(f, w.graph), migrate.RollbackOptions{
		Plan: p, Created: plan.DeactivateCreated, Rules: w.rules, Destination: "tenant",
	}, silent)
	if err != nil {
		t.Fatal(err)
	}
	a := w.apply(f, w.graph)
	a.Allow = plan.Hazards()
	if res, err := a.Run(t.Context(), undoing); err != nil || res.Failed > 0 || res.Done < 5 {
		t.Fatalf("%+v, %v", res, err)
	}
	w.documented()
	for _, u := range w.tenant.Users() {
		for name, v := range u.Extensions {
			if v != "" {
				t.Errorf("%s still has %s %q", u.DisplayName, name, v)
			}
		}
	}
	if g := w.tenant.Groups(); len(g) != 1 || len(g[0].Members) != 0 || len(w.tenant.Applications()) != 1 {
		t.Errorf("groups %+v", g)
	}
}

// removing is a rollback that removes what was made.
func (w *world) removing(f *checkpoints.File, p checkpoints.Plan) checkpoints.Plan {
	w.t.Helper()
	undoing, err := migrate.Rollback(w.t.Context(), f, w.reader(f, w.graph), migrate.RollbackOptions{Plan: p, Created: plan.RemoveCreated, Rules: w.rules, Destination: "tenant"}, silent)
	if err != nil {
		w.t.Fatal(err)
	}
	return undoing
}

// TestRollbackRemoves takes away all that was made, with leave and when the
// provisioning is paused: values first, then the groups, the application last.
// Nobody is unassigned while it runs, so that the service loses nobody.
func TestRollbackRemoves(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4, entratest.Options{})
	f := w.open()
	w.closing(f)
	p := w.planned(f)
	w.applied(f, p)
	if err := w.tenant.Cycle(t.Context()); err != nil {
		t.Fatal(err)
	}
	undoing := w.removing(f, p)
	a := w.apply(f, w.graph)
	if _, err := a.Run(t.Context(), undoing); !errors.As(err, new(*migrate.HazardError)) {
		t.Errorf("without leave: %v", err)
	}
	w.tenant.Forget()
	a.Allow = plan.Hazards()
	if res, err := a.Run(t.Context(), undoing); err != nil || res.Failed > 0 {
		t.Fatalf("%+v, %v", res, err)
	}
	w.documented()
	var order []string
	for _, r := range w.tenant.Requests() {
		path, _, _ := strings.Cut(r.Path, "/5")
		switch {
		case strings.HasSuffix(r.Path, "/pause"):
			order = append(order, "pause")
		case r.Method == http.MethodDelete && !strings.Contains(r.Path, "/members/"):
			order = append(order, "delete "+strings.Split(path, "/")[1])
		}
	}
	if got := strings.Join(order, ", "); got != "pause, delete groups, delete applications" {
		t.Errorf("in this order: %s", got)
	}
	if len(w.tenant.Applications())+len(w.tenant.Groups())+len(w.tenant.Assignments())+len(w.tenant.Jobs()) != 0 {
		t.Errorf("left: %+v, %+v", w.tenant.Applications(), w.tenant.Groups())
	}
	if n := len(w.service.Users()); n != 4 {
		t.Errorf("the service has %d people", n)
	}
	if again := w.removing(f, p); again.Summary.Requests() != 0 {
		t.Errorf("a second one has %v", again.Summary.Steps)
	}
	if r := w.report(f, undoing); !r.Settled || r.Set[migrate.Removed] != 2 {
		t.Error(r.Sentence, r.Set)
	}
}

// TestRollbackLeaves: what somebody has changed since is left alone and listed,
// and so is the application then.
func TestRollbackLeaves(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		change func(*testing.T, *world)
		want   string
		groups int
	}{
		"a stranger is assigned": {func(t *testing.T, w *world) {
			t.Helper()
			w.assigned(t, user(90))
		}, "whom this plan did not put there", 0},
		"somebody else has a value": {func(t *testing.T, w *world) {
			t.Helper()
			u := user(91)
			for full := range w.tenant.Users()[0].Extensions {
				u.Extensions = map[string]string{full: "by hand"}
			}
			if _, err := w.tenant.AddUser(u); err != nil {
				t.Fatal(err)
			}
		}, "1 value of people would go with it", 0},
		"the mapping is another": {func(t *testing.T, w *world) {
			t.Helper()
			w.remapped(t)
		}, "is not removed", 0},
		"the group is renamed": {func(t *testing.T, w *world) {
			t.Helper()
			if err := w.tenant.ChangeGroup(w.tenant.Groups()[0].ID, func(g *entratest.Group) { g.DisplayName = "Theirs" }); err != nil {
				t.Fatal(err)
			}
		}, `displayName is "Theirs" now`, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, 4, entratest.Options{})
			f := w.open()
			w.closing(f)
			p := w.planned(f)
			w.applied(f, p)
			tt.change(t, w)
			undoing := w.removing(f, p)
			said := ""
			for finding, err := range f.Findings(t.Context(), undoing.ID) {
				if err != nil {
					t.Fatal(err)
				}
				said += finding.Name + ": " + finding.Sentence + "\n"
			}
			if !strings.Contains(said, tt.want) {
				t.Errorf("said:\n%s", said)
			}
			a := w.apply(f, w.graph)
			a.Allow = plan.Hazards()
			if res, err := a.Run(t.Context(), undoing); err != nil || res.Failed > 0 {
				t.Fatalf("%+v, %v", res, err)
			}
			apps := 1
			if tt.groups > 0 {
				apps = 0 // a group of somebody else's is nothing to the application
			}
			if len(w.tenant.Applications()) != apps || len(w.tenant.Groups()) != tt.groups {
				t.Errorf("%d applications, %d groups", len(w.tenant.Applications()), len(w.tenant.Groups()))
			}
			if jobs := w.tenant.Jobs(); apps == 1 && jobs[0].Code != "Paused" {
				t.Errorf("the job is %s", jobs[0].Code)
			}
		})
	}
}

// assigned adds somebody to the tenant and assigns them by hand.
func (w *world) assigned(t *testing.T, u entratest.User) {
	t.Helper()
	id, err := w.tenant.AddUser(u)
	if err != nil {
		t.Fatal(err)
	}
	a := w.tenant.Assignments()[0]
	body := fmt.Sprintf(`{"principalId":%q,"resourceId":%q,"appRoleId":%q}`, id, a.Application, a.Role)
	if _, err := w.graph.Send(t.Context(), entra.Request{Method: http.MethodPost, Path: "/servicePrincipals/" + a.Application + "/appRoleAssignedTo", Body: []byte(body)}); err != nil {
		t.Fatal(err)
	}
}

// TestRollbackKilled ends the process after every request of a rollback that
// removes what was made, and runs it again: nothing is left.
func TestRollbackKilled(t *testing.T) {
	t.Parallel()
	for at := 2; at <= 24; at += 2 {
		t.Run(fmt.Sprint(at), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, 2, entratest.Options{})
			f := w.open()
			p := w.planned(f)
			w.applied(f, p)
			undoing := w.removing(f, p)
			i := &interactions{Graph: w.graph, over: t.Context(), crashAt: at, dead: make(chan struct{})}
			done := make(chan error, 1)
			go func() {
				a := w.apply(f, i)
				a.Allow = plan.Hazards()
				_, err := a.Run(t.Context(), undoing)
				done <- err
			}()
			select {
			case err := <-done:
				if err != nil {
					t.Fatal(err)
				}
			case <-i.dead:
			}
			if err := f.Close(); err != nil {
				t.Fatal(err)
			}
			f = w.open()
			w.closing(f)
			a := w.apply(f, w.graph)
			a.Allow = plan.Hazards()
			if res, err := a.Run(t.Context(), undoing); err != nil || res.Failed+res.Left+res.Unknown > 0 {
				t.Fatalf("%+v, %v", res, err)
			}
			w.documented()
			if len(w.tenant.Applications())+len(w.tenant.Groups())+len(w.tenant.Assignments()) != 0 {
				t.Errorf("left: %+v, %+v", w.tenant.Applications(), w.tenant.Groups())
			}
		})
	}
}
