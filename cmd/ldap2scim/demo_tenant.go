package main

import (
	"fmt"
	"os"
	"strings"
	"time"

	"ldap2scim/ldapsrc/ldaptest"
	"ldap2scim/scimdst/ivanti/ivantitest"
	"ldap2scim/scimdst/scimtest"
)

// startTenant starts the MDM tenant of the demo: the company's people as its
// LDAP server has brought them, and who is usually there beside them.
func startTenant() (*ivantitest.Server, error) {
	people, err := tenantPeople()
	if err != nil {
		return nil, err
	}
	left := ivantitest.Person{UID: "lfischer99", First: "Lena", Last: "Fischer", Email: "lfischer99@corp.example", Display: "Lena Fischer"}
	mdm, err := ivantitest.Start(ivantitest.Options{
		User: "api@corp.example", Password: "demo-api-password",
		LDAP: ivantitest.LDAP{
			Name: "corp", People: append(people, left),
			AppleIDs: ivantitest.AppleIDSetting{On: true, Subdomain: true},
		},
		Accounts:      []ivantitest.Account{{UID: "admin@corp.example", Email: "admin@corp.example", First: "Tenant", Last: "Admin", Source: ivantitest.Local}},
		Groups:        map[string]string{"All Users": ivantitest.Local, "Helpdesk": ivantitest.Local},
		IdPAttributes: []string{"custAttr1"},
		AppleIDs:      ivantitest.AppleIDSetting{On: true, Subdomain: true},
		Devices: []ivantitest.Device{
			{ID: 1, UID: people[0].UID, State: "ACTIVE", UserEnrolled: true, Platform: "IOS"},
			{ID: 2, UID: people[1].UID, State: "ACTIVE", Platform: "IOS"},
			{ID: 3, UID: "pnovak", State: "ACTIVE", Platform: "ANDROID"},
		},
		Policies: []ivantitest.Policy{
			{ID: 11, Name: "Wi-Fi certificate", Type: "IDENTITY_CERT", Installed: 57, Settings: map[string]any{"subjectAlternativeName": "${custAttr1}"}},
			{ID: 12, Name: "Mail", Type: "EXCHANGE", Installed: 121, Settings: map[string]any{"user": "${userEmailAddress}", "note": "${userDN}"}},
		},
		SCIM: scimtest.Options{Token: "demo-token", RequireEmail: true},
	})
	if err != nil {
		return nil, err
	}
	mdm.RemovePerson(left.UID) // she left, and the next sync marks her
	mdm.Pass(40 * time.Minute)
	return mdm, nil
}

// tenantPeople are the company's people as the LDAP server of the tenant finds
// them. It tells user IDs apart without case, and so has one of the two Lopez.
func tenantPeople() ([]ivantitest.Person, error) {
	var people []ivantitest.Person
	taken := map[string]bool{}
	for _, e := range company() {
		get := func(name string) string {
			if values := e.Attrs[name]; len(values) > 0 {
				return values[0]
			}
			return ""
		}
		uid := get("uid")
		if uid == "" || taken[strings.ToLower(uid)] {
			continue
		}
		taken[strings.ToLower(uid)] = true
		id, err := ldaptest.Entry{DN: e.DN}.UUID()
		if err != nil {
			return nil, err
		}
		people = append(people, ivantitest.Person{
			GUID: id, DN: e.DN, UID: uid, Email: get("mail"), First: get("givenName"), Last: get("sn"), Display: get("cn"),
			Custom: map[string]string{"custAttr1": get("employeeNumber")}, Groups: []string{get("departmentNumber")},
		})
	}
	return people, nil
}

// tenantBlock is the part of the configuration that names the tenant.
func (d *demo) tenantBlock() string {
	if d.mdm == nil {
		return ""
	}
	return fmt.Sprintf(`tenant:
  url: %s
  user: %s
  password: file:%s
  exports: [{file: %s}]
  audit: [%s]
  sync_interval: 15m
`, d.mdm.URL, d.mdm.User(), d.path("api-password"), d.path("users.csv"), d.path("audit.json"))
}

// writeTenant writes what an administrator exports from the portal.
func (d *demo) writeTenant() error {
	if d.mdm == nil {
		return nil
	}
	for name, content := range map[string][]byte{
		"users.csv": d.mdm.ExportCSV(), "audit.json": d.mdm.AuditJSON(), "api-password": []byte(d.mdm.Password() + "\n"),
	} {
		if err := os.WriteFile(d.path(name), content, 0o600); err != nil {
			return fmt.Errorf("write the demo's folder: %w", err)
		}
	}
	return nil
}

// disable is what the vendor asks for before the migration, and the wait after
// it.
func (d *demo) disable() error {
	d.mdm.EnableLDAP(false)
	d.mdm.Pass(45 * time.Minute)
	d.mdm.Log(ivantitest.Event{Type: "Administrator", Action: "Sign in", Actor: "admin@corp.example"})
	return d.writeTenant()
}
