package checkpoints_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ldap2scim/checkpoints"
	"ldap2scim/plan"
)

func TestAttestations(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state.db")
	f := open(t, path)
	want := []plan.Attestation{
		{Of: plan.IdPAttribute, Name: "costCode", By: "Ann Onym", At: at, Evidence: "shot.png", Digest: "ab12"},
		{Of: plan.LDAPDisabled, By: "the audit trail", Proven: true, At: at.Add(time.Second)},
		{Of: plan.LDAPDisabled, Name: "ldap1", By: "Ben", At: at},
	}
	for _, a := range want {
		if err := f.Attest(t.Context(), a); err != nil {
			t.Fatal(err)
		}
	}
	for _, nobody := range []plan.Attestation{{Of: plan.LDAPDisabled}, {By: "Ann"}} {
		if err := f.Attest(t.Context(), nobody); err == nil {
			t.Errorf("%+v was recorded", nobody)
		}
	}
	r, err := checkpoints.OpenReader(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close() //nolint:errcheck // nothing was written
	got, err := r.Attestations(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}
