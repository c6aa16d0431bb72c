package main

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"

	"go.uber.org/zap"

	"ldap2scim/scimdst/ivanti/ivantitest"
)

// TestDemoEntra goes from LDAP through Entra ID into the MDM: everybody whom
// the plan provisions is an account from SCIM with its old id, cost code and
// Managed Apple ID, and nothing undocumented was asked.
func TestDemoEntra(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	p := &program{streams: streams{in: strings.NewReader(""), out: &out, err: &out}, logger: zap.NewNop()}
	d := &entraDemo{demo: demo{program: p, folder: t.TempDir()}}
	t.Cleanup(func() {
		if err := d.stop(); err != nil {
			t.Error(err)
		}
	})
	if err := d.start(); err != nil {
		t.Fatal(err)
	}
	if err := d.write(); err != nil {
		t.Fatal(err)
	}
	before := map[int64]ivantitest.Account{}
	for _, a := range d.behind.Accounts() {
		before[a.ID] = a
	}
	if err := d.road(t.Context()); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	for _, r := range d.tenant.Refused() {
		t.Errorf("%s %s: %s", r.Method, r.Path, r.Why)
	}
	moved, values := 0, 0
	for _, a := range d.behind.Accounts() {
		was, had := before[a.ID]
		if !had {
			t.Errorf("a second account: %+v", a)
		}
		if a.Source != ivantitest.SCIM {
			continue
		}
		moved++
		if a.IdP["custAttr1"] == was.LDAP["custAttr1"] {
			values++
		}
		if a.AppleID == "" || a.AppleID != was.AppleID {
			t.Errorf("%s has the Managed Apple ID %q, and had %q", a.UID, a.AppleID, was.AppleID)
		}
	}
	if moved != 196 || values != 195 || len(before) != 197 {
		t.Errorf("%d of %d accounts are from SCIM, %d with their cost code", moved, len(before), values)
	}
	if text := out.String(); !strings.Contains(text, "225 in directory = 22 migrated + 3 already right + 193 updated + 3 blocked + 4 excluded") || !strings.Contains(text, "No change: the destination is as the plan wants it.") {
		t.Errorf("it does not add up:\n%s", text)
	}
	if report, err := os.ReadFile(d.path("report.txt")); err != nil || !bytes.Contains(report, []byte("\nProvisioning log\n")) {
		t.Errorf("the report has no counts of the provisioning log: %v\n%s", err, report)
	}
	token, err := os.ReadFile(d.path("graph-token"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"state.db", "state.db-wal", "plan.txt", "report.txt"} {
		kept, err := os.ReadFile(d.path(name))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
		for _, secret := range []string{"demo-token", strings.TrimSpace(string(token))} {
			if bytes.Contains(kept, []byte(secret)) || strings.Contains(out.String(), secret) {
				t.Errorf("a secret is in %s, or shown", name)
			}
		}
	}
}
