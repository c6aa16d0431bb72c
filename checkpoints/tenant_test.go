package checkpoints_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ldap2scim/checkpoints"
	"ldap2scim/plan"
)

// TestTenant: the vendor's records come back as they were stored, and their
// digest does not depend on the order of the accounts.
func TestTenant(t *testing.T) {
	t.Parallel()
	f := open(t, filepath.Join(t.TempDir(), "state.db"))
	accounts := []plan.Account{
		{UID: "Bob", Source: "LDAP", Values: map[string]string{"custattr1": "7"}, IDs: []plan.ExternalID{"b"}, Devices: 2, Enrolled: true},
		{UID: "ada", Source: "LOCAL", AppleID: "ada@appleid.example.com"},
	}
	head := checkpoints.Tenant{Taken: at, Source: "here", Records: plan.Records{
		Sources: map[string]int{"LDAP": 1, "LOCAL": 1}, Groups: map[string]string{"Staff": "LDAP"}, Searched: 1, References: []plan.Reference{{File: "a", What: "${userDN}"}},
	}}
	first, err := f.SaveTenant(t.Context(), head, accounts)
	if err != nil {
		t.Fatal(err)
	}
	head.Taken = at.Add(time.Hour)
	second, err := f.SaveTenant(t.Context(), head, []plan.Account{accounts[1], accounts[0]})
	if err != nil || second.Digest != first.Digest || second.ID == first.ID || first.Digest == "" {
		t.Errorf("%+v, %+v, %v", first, second, err)
	}
	got, err := f.Tenant(t.Context(), first.ID)
	if d := cmp.Diff(first, got); d != "" || err != nil {
		t.Errorf("%v %s", err, d)
	}
	if d := cmp.Diff([]plan.Account{accounts[1], accounts[0]}, collect(t, f.Accounts(t.Context(), first.ID))); d != "" {
		t.Error(d)
	}
	counts, err := f.SourceCounts(t.Context(), "LDAP")
	if d := cmp.Diff([]checkpoints.SourceCount{{At: at, Accounts: 1}, {At: at.Add(time.Hour), Accounts: 1}}, counts); d != "" || err != nil {
		t.Errorf("%v %s", err, d)
	}
}

func TestEvidence(t *testing.T) {
	t.Parallel()
	f := open(t, filepath.Join(t.TempDir(), "state.db"))
	want := []plan.Evidence{
		{Of: plan.LDAPDisabled, Name: "corp", Kind: "audit-trail", Bearing: plan.Proves, At: at, Seen: at.Add(time.Hour), Sentence: "seen", Source: "a.json", Digest: "ab"},
		{Of: plan.LDAPDisabled, Kind: "canary", Bearing: plan.Supports, At: at, Seen: at, Sentence: "not arrived"},
	}
	if err := f.AddEvidence(t.Context(), want); err != nil {
		t.Fatal(err)
	}
	got, err := f.Evidence(t.Context())
	if d := cmp.Diff(want, got); d != "" || err != nil {
		t.Errorf("%v %s", err, d)
	}
}
