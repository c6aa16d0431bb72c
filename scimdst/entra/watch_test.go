package entra_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"ldap2scim/migrate"
	"ldap2scim/plan"
	"ldap2scim/scimdst/entra/entratest"
	"ldap2scim/scimdst/scimtest"
)

// TestQuarantine: a job that has stopped itself is recognised and explained, in
// what watch shows and in the report.
func TestQuarantine(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4, entratest.Options{})
	f := w.open()
	w.closing(f)
	p := w.planned(f)
	w.applied(f, p)
	w.service.Inject(scimtest.Fault{Trouble: scimtest.StatusBefore, Status: http.StatusUnauthorized, Times: -1})
	for range 3 {
		if err := w.tenant.Cycle(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	now, err := w.reader(f, w.graph).Progress(t.Context(), time.Time{})
	if err != nil || !strings.Contains(now.Quarantine, "quarantine") || now.Finished {
		t.Errorf("%+v, %v", now, err)
	}
	if r := w.report(f, p); r.Settled || r.Class(migrate.Unprovisioned) == 0 {
		t.Error(r.Sentence)
	}
}

// TestFailedPerson: what the service refuses of one person is in the report by
// the newest row of the log, until it is mended.
func TestFailedPerson(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4, entratest.Options{})
	w.config.Canary = -1
	w.rules = w.config.Rules(plan.Rules{Person: w.rules.Person, Group: w.rules.Group})
	f := w.open()
	w.closing(f)
	p := w.planned(f)
	w.applied(f, p)
	refused := func(r *http.Request) bool {
		return r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/Users")
	}
	w.service.Inject(scimtest.Fault{Trouble: scimtest.StatusBefore, Status: http.StatusBadRequest, Match: refused, Times: 1})
	if err := w.tenant.Cycle(t.Context()); err != nil {
		t.Fatal(err)
	}
	if r := w.report(f, p); r.Settled || r.Class(migrate.Unprovisioned) != 1 {
		t.Error(r.Sentence)
	}
	if err := w.tenant.Cycle(t.Context()); err != nil { // tries it again
		t.Fatal(err)
	}
	if r := w.report(f, p); !r.Settled {
		t.Error(r.Sentence)
	}
}

// TestDryRunHasNoSecret: every step of a plan can be shown, and no secret is in
// it.
func TestDryRunHasNoSecret(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4, entratest.Options{})
	f := w.open()
	w.closing(f)
	p := w.planned(f)
	n := 0
	for m, err := range f.Unfinished(t.Context(), p.ID) {
		if err != nil {
			t.Fatal(err)
		}
		requests, err := w.config.RequestsOf(m.Step, nil)
		if err != nil {
			t.Errorf("%s: %v", m.Step.Name, err)
		}
		for _, r := range requests {
			n++
			if strings.Contains(r.Path+string(r.Body)+r.Shown, "hush") {
				t.Errorf("%s %s shows the token", r.Method, r.Path)
			}
		}
	}
	if n < 20 {
		t.Errorf("%d requests", n)
	}
}
