package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"ldap2scim/ldapsrc/ldaptest"
	"ldap2scim/scimdst/entra/entratest"
	"ldap2scim/scimdst/ivanti/ivantitest"
	"ldap2scim/scimdst/scimtest"
)

// entraDemo is a showing of the road through Entra ID: a directory, a tenant of
// Entra ID that has its people already, and the MDM behind it.
type entraDemo struct {
	demo
	tenant *entratest.Server
	behind *ivantitest.Server // the MDM that it provisions
}

func (p *program) demoEntra(ctx context.Context, folder string) error {
	d := &entraDemo{demo: demo{program: p, folder: folder}}
	err := d.start()
	if err == nil {
		err = d.write()
	}
	if err == nil {
		err = d.road(ctx)
	}
	return errors.Join(err, d.stop())
}

// start starts the three, and fills them.
func (d *entraDemo) start() error {
	var err error
	if d.directory, err = ldaptest.Start(ldaptest.Directory{Entries: company()}); err != nil {
		return err
	}
	setting := ivantitest.AppleIDSetting{On: true, Subdomain: true}
	if d.behind, err = ivantitest.Start(ivantitest.Options{
		LDAP:          ivantitest.LDAP{Name: "corp", People: accounts(), AppleIDs: setting},
		IdPAttributes: []string{"custAttr1"}, AppleIDs: setting, SCIM: scimtest.Options{Token: "demo-token"},
	}); err != nil {
		return err
	}
	if d.tenant, err = entratest.Start(entratest.Options{Poll: true, Clock: time.Now, Replication: 2}); err != nil {
		return err
	}
	for _, u := range tenantUsers() {
		if _, err := d.tenant.AddUser(u); err != nil {
			return err
		}
	}
	token, err := d.tenant.Token(entratest.ClientID)
	d.files = map[string]string{"graph-token": token + "\n", "scim-token": d.behind.SCIM.Token + "\n"}
	d.destination = fmt.Sprintf(`  profile: ivanti
  entra:
    tenant: %s
    endpoint: %s # the built-in Entra ID
    auth: {method: token, secret: file:%s}
    service: {url: %q, token: file:%s}
    canary: 2
    writes_per_second: 1000 # as quick as this machine
`, entratest.Tenant, d.tenant.URL, d.path("graph-token"), d.behind.SCIM.URL, d.path("scim-token"))
	return err
}

func (d *entraDemo) stop() error {
	var errs []error
	if d.tenant != nil {
		errs = append(errs, d.tenant.Close())
	}
	if d.behind != nil {
		errs = append(errs, d.behind.Close())
	}
	if d.directory != nil {
		errs = append(errs, d.directory.Close())
	}
	return errors.Join(errs...)
}

// employees are everybody in the directory.
func employees() []employee {
	var all []employee
	for i := range companySize - len(oddities()) {
		all = append(all, ordinary(i))
	}
	return append(all, oddities()...)
}

// tenantUsers are the people of the tenant: those of the directory, with what a
// migration finds there.
func tenantUsers() []entratest.User {
	var users []entratest.User
	for i, e := range employees() {
		u := entratest.User{
			UserPrincipalName: e.mail, Mail: e.mail, DisplayName: strings.TrimSpace(e.given + " " + e.family),
			GivenName: e.given, Surname: e.family, Department: e.department, Disabled: e.disabled,
		}
		switch {
		case i == 3: // somebody has forgotten to bring this one
			continue
		case i == 4: // Entra Connect owns this one, and carries no cost codes
			u.OnPremises = &entratest.OnPremises{ImmutableID: "cG9zaXRpb24gb2Ygbm9ib2R5", UserPrincipalName: e.mail, SAMAccountName: e.uid, DomainName: "corp.example"}
		case i == 5: // the name was changed on one side alone
			u.GivenName += "-Marie"
		case e.mail == "":
			u.UserPrincipalName = e.uid + "@corp.example"
		}
		users = append(users, u)
	}
	return append(users,
		entratest.User{UserPrincipalName: "auditor_example.org#EXT#@corp.example", Mail: "auditor@example.org", DisplayName: "Auditor", Guest: true},
		entratest.User{UserPrincipalName: "meeting-room@corp.example", Mail: "meeting-room@corp.example", DisplayName: "Meeting Room"})
}

// accounts are the people whom the MDM has from its own LDAP server.
func accounts() []ivantitest.Person {
	var all []ivantitest.Person
	for _, e := range employees() {
		if e.mail == "" || e.disabled || e.family == "" {
			continue
		}
		custom := map[string]string{}
		if e.costCode != "" {
			custom["custAttr1"] = e.costCode
		}
		all = append(all, ivantitest.Person{
			DN: e.dn(), UID: e.mail, Email: e.mail, First: e.given, Last: e.family, Display: strings.TrimSpace(e.given + " " + e.family), Custom: custom,
		})
	}
	return all
}

// road types the commands, and looks at the MDM at the end.
func (d *entraDemo) road(ctx context.Context) error {
	before := d.behind.Accounts()
	if err := d.commands(ctx, []stage{
		{says: "Is everything there, and may the application do what it must?", command: []string{"check"}},
		{says: "Read the directory.", command: []string{"snapshot"}},
		{says: "Read Entra ID, find everybody in it, and decide. Nothing is written.", command: []string{"plan"}, into: "plan.txt"},
		{says: "Nothing may be written while the MDM's own LDAP server may still be syncing.", command: []string{"apply", "--yes"}, exit: exitRefused},
	}); err != nil {
		return err
	}
	d.behind.EnableLDAP(false)
	if err := d.commands(ctx, []stage{
		{says: "It is switched off, and what else the vendor asks for is there. Say so.", command: []string{"attest", "ldap-disabled", "--by", "Demo"}},
		{command: []string{"attest", "managed-apple-id", "--by", "Demo"}},
		{command: []string{"attest", "invitations-off", "--by", "Demo"}},
		{command: []string{"attest", "idp-attribute", "custAttr1", "--by", "Demo"}},
		{says: "The application, its mapping, and a few people, two of them provisioned on demand.", command: []string{"apply", "--wave", "pilot", "--yes"}},
		{says: "The others are not sent before those were read back.", command: []string{"report"}, into: "pilot.txt"},
		{says: "Then everybody, and the start.", command: []string{"apply", "--yes"}},
		{says: "Entra ID provisions by itself. Wait for its first cycle.", command: []string{"watch", "--every", "200ms"}},
		{says: "Read Entra ID and its provisioning log back, and add up.", command: []string{"report"}, into: "report.txt"},
		{says: "Once more: there is nothing left to do.", command: []string{"plan", "--detailed-exitcode"}},
	}); err != nil {
		return err
	}
	d.look(before)
	return nil
}

// look says what the MDM has now of those whom it had before.
func (d *entraDemo) look(before []ivantitest.Account) {
	was := map[int64]ivantitest.Account{}
	for _, a := range before {
		was[a.ID] = a
	}
	moved, left, added, values, lost, ids := 0, 0, 0, 0, 0, 0
	for _, a := range d.behind.Accounts() {
		old, had := was[a.ID]
		switch {
		case !had:
			added++
			continue
		case a.Source != ivantitest.SCIM:
			left++
			continue
		}
		moved++
		switch {
		case a.IdP["custAttr1"] == old.LDAP["custAttr1"]:
			values++
		case a.IdP["custAttr1"] == "":
			lost++
		}
		if a.AppleID == old.AppleID {
			ids++
		}
	}
	fmt.Fprintf(d.out, `
# What the MDM says.
%d accounts from LDAP = %d now from Entra ID, each with its id + %d still from LDAP. %d new accounts.
custAttr1 of the %d: %d as it was, %d without (Entra Connect does not carry it).
Managed Apple IDs of the %d: %d as they were.
`, len(before), moved, left, added, moved, values, lost, moved, ids)
	fmt.Fprintf(d.out, "\nLeft to look at, in %s: ldap2scim.yaml, state.db, plan.txt, report.txt\n", d.folder)
}
