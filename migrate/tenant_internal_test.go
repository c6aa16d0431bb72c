package migrate

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ldap2scim/checkpoints"
	"ldap2scim/plan"
)

func tenantFile(t *testing.T) *checkpoints.File {
	t.Helper()
	f, err := checkpoints.Open(t.Context(), filepath.Join(t.TempDir(), "state.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() }) //nolint:errcheck // nothing is read after
	return f
}

func saved(t *testing.T, f *checkpoints.File, r plan.Records, accounts ...plan.Account) checkpoints.Tenant {
	t.Helper()
	r.Sources = map[string]int{}
	for _, a := range accounts {
		r.Sources[a.Source]++
	}
	head, err := f.SaveTenant(t.Context(), checkpoints.Tenant{Taken: time.Unix(0, 0), Source: "x", Records: r}, accounts)
	if err != nil {
		t.Fatal(err)
	}
	return head
}

// TestJoin: an account is found by the stable ID, else by the user ID, unless
// it is somebody else's by their ID.
func TestJoin(t *testing.T) {
	t.Parallel()
	f := tenantFile(t)
	head := saved(t, f, plan.Records{},
		plan.Account{UID: "ada", IDs: []plan.ExternalID{"id-ada"}},
		plan.Account{UID: "Bob"},
		plan.Account{UID: "old", IDs: []plan.ExternalID{"id-renamed"}})
	snap, err := f.SaveSnapshot(t.Context(), "x", time.Unix(0, 0), func(add func(plan.Entry) error) (plan.Proof, error) {
		for _, id := range []plan.ExternalID{"id-ada", "id-bob", "id-renamed", "id-other"} {
			if err := add(plan.Entry{Kind: plan.Person, ID: id, DN: "uid=" + string(id), Key: "uid=" + string(id)}); err != nil {
				return plan.Proof{}, err
			}
		}
		return plan.Proof{Complete: true}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	tenant, err := tenantOf(t.Context(), f, head.ID, snap.ID)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, who := range [][2]string{{"id-ada", "ada"}, {"id-bob", "bob"}, {"id-renamed", "new"}, {"id-other", "ADA"}, {"id-none", "none"}} {
		if a, known := tenant.Account(plan.ExternalID(who[0]), who[1]); known {
			got[who[0]] = a.UID
		}
	}
	if d := cmp.Diff(map[string]string{"id-ada": "ada", "id-bob": "Bob", "id-renamed": "old"}, got); d != "" {
		t.Error(d)
	}
	if empty, err := tenantOf(t.Context(), f, 0, snap.ID); err != nil || empty.Account != nil || empty.Accounts != nil {
		t.Errorf("%+v, %v", empty, err)
	}
}

// TestTenantNumbers: accounts by source, and what became of Managed Apple IDs.
func TestTenantNumbers(t *testing.T) {
	t.Parallel()
	f := tenantFile(t)
	account := func(uid, source, apple string) plan.Account {
		return plan.Account{UID: uid, Source: source, AppleID: apple}
	}
	then := saved(t, f, plan.Records{AppleIDs: true},
		account("a", "LDAP", "a@x"), account("b", "LDAP", "b@x"), account("c", "LDAP", "c@x"), account("d", "LDAP", "d@x"), account("e", "LOCAL", ""))
	p := checkpoints.Plan{Tenant: then.ID}
	now := saved(t, f, plan.Records{AppleIDs: true},
		account("A", "SCIM_AAD", "A@x"), account("b", "SCIM_AAD", "other@x"), account("c", "SCIM_AAD", ""), account("e", "LOCAL", "e@x"))
	got, err := TenantNumbers(t.Context(), f, p, now)
	if err != nil {
		t.Fatal(err)
	}
	want := [][][]string{
		{{"LDAP", "4", "0"}, {"LOCAL", "1", "1"}, {"SCIM_AAD", "0", "3"}, {"in all", "5", "4"}},
		{{"kept", "1"}, {"changed", "1"}, {"lost", "1"}, {"not known", "1"}},
	}
	if d := cmp.Diff(want, [][][]string{got[0].Lines, got[1].Lines}); d != "" || got[1].Text != "" {
		t.Errorf("%s %q", d, got[1].Text)
	}
	now.Records.AppleIDs = false // the later records say nothing of them
	if got, err = TenantNumbers(t.Context(), f, p, now); err != nil || got[1].Lines[3][1] != "4" || got[1].Lines[2][1] != "0" {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err = TenantNumbers(t.Context(), f, checkpoints.Plan{}, now); err != nil || got != nil {
		t.Errorf("of a plan without records: %+v, %v", got, err)
	}
}
