package migrate_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ldap2scim/migrate"
	"ldap2scim/plan"
)

// provisioner is a destination that provisions a service by itself.
type provisioner struct {
	migrate.Lister
	of func(plan.RemoteID) plan.Provisioning
}

func (p provisioner) Provisioned(context.Context) (func(plan.RemoteID) plan.Provisioning, error) {
	return p.of, nil
}

// TestReportProvisioning: where the destination provisions, a table of its own
// counts what its log says of everybody who is there, and who is not in the
// service is not provisioned. Elsewhere there is no table.
func TestReportProvisioning(t *testing.T) {
	t.Parallel()
	w := newWorld(t, staff(5, 1))
	delete(w.source.entries[4].Attrs, "mail") // blocked
	f := w.open()
	p := w.planned(f)
	if _, err := w.apply(f, w.writer()).Run(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	if r := w.report(f, p); len(r.Numbers) > 0 || !r.Settled {
		t.Errorf("a service that provisions nothing: %+v, %s", r.Numbers, r.Sentence)
	}
	rows := map[plan.RemoteID]plan.Provisioning{
		plan.RemoteID(w.idOf("u00")): {Done: true, Newest: "create success"},
		plan.RemoteID(w.idOf("u01")): {Newest: "create failure", Why: "its mail is taken"},
		plan.RemoteID(w.idOf("u02")): {Done: true, Newest: "update success"},
	}
	for _, g := range w.service.Groups() {
		rows[plan.RemoteID(g.ID)] = plan.Provisioning{Done: true, Newest: "create success"}
	}
	dst := provisioner{w.writer().Reader, func(id plan.RemoteID) plan.Provisioning { return rows[id] }}
	others := []migrate.Numbers{{ID: "accounts", Title: "Accounts"}}
	r, err := migrate.Reconcile(t.Context(), f, dst, p, migrate.ReconcileOptions{Numbers: others}, silent)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(r.Sentence, "= 3 migrated + 1 blocked + 2 not provisioned") {
		t.Errorf("it does not add up: %s", r.Sentence)
	}
	want := append(others, migrate.Numbers{
		ID: "provisioning", Title: "Provisioning log",
		Text:    "What the newest row says of each object of the directory that is at the destination.",
		Columns: []string{"", "people", "groups", "units"},
		Lines: [][]string{
			{"create failure", "1", "0", "0"},
			{"create success", "1", "1", "0"},
			{"update success", "1", "0", "0"},
			{"no row", "1", "0", "0"},
			{"in all", "4", "1", "0"},
		},
	})
	if d := cmp.Diff(want, r.Numbers); d != "" {
		t.Error(d)
	}
}
