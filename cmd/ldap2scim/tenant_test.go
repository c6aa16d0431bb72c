package main

import (
	"errors"
	"testing"
	"time"

	"ldap2scim/ldapsrc/ldaptest"
	"ldap2scim/scimdst/ivanti/ivantitest"
)

// tenantSite is a site with the directory and the tenant of the demo.
func tenantSite(t *testing.T) (*site, *ivantitest.Server) {
	t.Helper()
	d := &demo{folder: t.TempDir()}
	var err error
	if d.directory, err = ldaptest.Start(ldaptest.Directory{Entries: company()}); err != nil {
		t.Fatal(err)
	}
	if d.mdm, err = startTenant(); err != nil {
		t.Fatal(err)
	}
	d.service = d.mdm.SCIM
	t.Cleanup(func() {
		if err := errors.Join(d.mdm.Close(), d.directory.Close()); err != nil {
			t.Error(err)
		}
	})
	if err := d.write(); err != nil {
		t.Fatal(err)
	}
	return &site{t: t, folder: d.folder}, d.mdm
}

// TestVendorsRoad looks at the tenant itself: nothing is written while its LDAP
// server syncs, and after that the same accounts have another source, and the
// Managed Apple IDs, devices and numbers that they had.
func TestVendorsRoad(t *testing.T) {
	t.Parallel()
	s, mdm := tenantSite(t)
	before := mdm.Accounts()
	s.run(exitDone, "snapshot")
	s.run(exitDone, "plan")
	for _, of := range [][]string{{"managed-apple-id"}, {"invitations-off"}, {"idp-attribute", "custAttr1"}} {
		s.run(exitDone, append(append([]string{"attest"}, of...), "--by", "a test")...)
	}
	s.run(exitRefused, "apply", "--wave", "pilot", "--yes")
	if n := len(mdm.SCIM.Users()); n > 0 {
		t.Fatalf("%d people were sent while the LDAP server syncs", n)
	}

	// A person says that it is off, and it is not: the tenant itself refuses.
	s.run(exitDone, "attest", "ldap-disabled", "--by", "a test", "--server", "corp")
	s.run(exitFailed, "apply", "--wave", "pilot", "--yes", "--max-failures", "1")
	if n := len(mdm.SCIM.Users()); n > 0 {
		t.Fatalf("the tenant took %d people of an LDAP server that is enabled", n)
	}
	mdm.EnableLDAP(false)
	mdm.Pass(45 * time.Minute)
	s.run(exitDone, "apply", "--wave", "pilot", "--retry-failed", "--yes")
	s.run(exitDone, "apply", "--wave", "pilot", "--yes")
	s.run(exitDone, "report")
	s.run(exitDone, "apply", "--yes")
	s.run(exitDone, "report", "--check")

	after := mdm.Accounts()
	if len(after) != len(before) {
		t.Errorf("%d accounts became %d", len(before), len(after))
	}
	moved := 0
	for i, a := range after {
		old := before[i]
		if a.ID != old.ID || a.UID != old.UID || a.AppleID != old.AppleID || a.Disabled != old.Disabled {
			t.Errorf("%+v became %+v", old, a)
		}
		if a.Source == ivantitest.SCIM {
			moved++
			if old.Source != ivantitest.LDAPs || a.IdP["custAttr1"] != old.LDAP["custAttr1"] {
				t.Errorf("%+v became %+v", old, a)
			}
		}
	}
	if moved != 195 {
		t.Errorf("%d accounts have the source SCIM", moved)
	}
	for _, r := range mdm.Requests() {
		if r[:4] != "GET " {
			t.Errorf("%s was sent to the tenant's interface", r)
		}
	}
}
