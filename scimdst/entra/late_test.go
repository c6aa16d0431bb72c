package entra_test

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"

	"ldap2scim/migrate"
	"ldap2scim/plan"
	"ldap2scim/scimdst/entra"
	"ldap2scim/scimdst/entra/entratest"
)

// late is how many requests what was made stays unseen here: more than a run
// sends by itself before it would make it again.
const late = 8

// made are the requests that would make something a second time.
func made() []string {
	return []string{"/instantiate", "/extensionProperties", "/synchronization/jobs", "/groups"}
}

// TestLateAnswer: the answer to the request that makes something is lost, and
// what was made is seen late. It is not made again.
func TestLateAnswer(t *testing.T) {
	t.Parallel()
	for _, of := range made() {
		t.Run(of, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, 2, entratest.Options{Replication: late})
			w.tenant.Inject(entratest.Fault{Trouble: entratest.CutAfter, Match: entratest.Ending(http.MethodPost, of)})
			f := w.open()
			w.closing(f)
			w.applied(f, w.planned(f))
			w.whole(2)
		})
	}
}

// dying ends the process when the answer to one request has come.
type dying struct {
	entra.Graph
	over  context.Context //nolint:containedctx // the test's
	after string

	mu   sync.Mutex
	gone bool
	dead chan struct{}
}

func (d *dying) Send(ctx context.Context, r entra.Request) (entra.Answer, error) {
	d.mu.Lock()
	gone := d.gone
	d.mu.Unlock()
	if gone {
		<-d.over.Done()
	}
	a, err := d.Graph.Send(ctx, r)
	if r.Method == http.MethodPost && strings.HasSuffix(r.Path, d.after) {
		d.mu.Lock()
		d.gone = true
		d.mu.Unlock()
		close(d.dead)
		<-d.over.Done()
	}
	return a, err
}

// TestCrashBeforeItIsSeen ends the process when something is made and before it
// is seen: the next run finds it.
func TestCrashBeforeItIsSeen(t *testing.T) {
	t.Parallel()
	for _, of := range made() {
		t.Run(of, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, 2, entratest.Options{Replication: late})
			f := w.open()
			p := w.planned(f)
			d := &dying{Graph: w.graph, over: t.Context(), after: of, dead: make(chan struct{})}
			go func() { _, _ = w.apply(f, d).Run(t.Context(), p) }() // it never ends by itself
			<-d.dead
			if err := f.Close(); err != nil {
				t.Fatal(err)
			}
			f = w.open()
			w.closing(f)
			w.applied(f, p)
			w.whole(2)
		})
	}
}

// TestLeastPermissions: with exactly the permissions that are listed the whole
// road can be gone, also where somebody else's application is provisioned. One
// that may not see that one's provisioning says so, and goes on.
func TestLeastPermissions(t *testing.T) {
	t.Parallel()
	for _, without := range []string{"", "Synchronization.Read.All"} {
		t.Run("without "+without, func(t *testing.T) {
			t.Parallel()
			var roles []string
			rules := entra.Config{}.Rules(plan.Rules{Person: []plan.Mapping{{Target: plan.CustomURN + "costCode", Source: "costcode"}}})
			for _, p := range entra.Permissions(rules) {
				if p.Name != without {
					roles = append(roles, p.Name)
				}
			}
			w := newWorld(t, 2, entratest.Options{Clients: []entratest.Client{
				{ID: entratest.ClientID, Secret: "s", Roles: roles}, {ID: "other", Secret: "s", Roles: entratest.AllRoles()},
			}})
			token, err := w.tenant.Token("other")
			if err != nil {
				t.Fatal(err)
			}
			other := plainGraph{w.tenant.URL, token}
			if _, err := other.Send(t.Context(), entra.Request{Method: http.MethodPost, Path: "/applicationTemplates/" + entra.Template + "/instantiate", Body: []byte(`{"displayName":"Other"}`)}); err != nil {
				t.Fatal(err)
			}
			f := w.open()
			w.closing(f)
			p := w.planned(f)
			said := false
			for finding, err := range f.Findings(t.Context(), p.ID) {
				said = said || err == nil && strings.Contains(finding.Sentence, "Synchronization.Read.All")
			}
			if said != (without != "") {
				t.Errorf("it is said that it cannot be seen: %t", said)
			}
			if res, err := w.apply(f, w.graph).Run(t.Context(), p); err != nil || res.Failed > 0 {
				t.Errorf("%+v, %v", res, err)
			}
			if r := w.report(f, p); r.Class(migrate.Failed) != 0 {
				t.Error(r.Sentence)
			}
		})
	}
}
