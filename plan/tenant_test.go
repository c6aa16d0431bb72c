package plan_test

import (
	"slices"
	"strings"
	"testing"

	"ldap2scim/plan"
)

// said returns the sentences of one code that are about somebody or something.
func said(got record, code plan.Code, about string) []string {
	var all []string
	for _, f := range got.findings {
		if f.Code == code && (about == "" || strings.Contains(f.Name, about)) {
			all = append(all, string(f.Severity)+": "+f.Sentence)
		}
	}
	return all
}

func saysOf(t *testing.T, got record, code plan.Code, about, want string) {
	t.Helper()
	if all := said(got, code, about); !slices.ContainsFunc(all, func(s string) bool { return strings.Contains(s, want) }) {
		t.Errorf("%s of %q says %q, want %q", code, about, all, want)
	}
}

// TestAccounts: what the vendor's accounts teach of the directory's people.
func TestAccounts(t *testing.T) {
	t.Parallel()
	w := &world{rules: rules()}
	w.entries = append(append(append(one(), person("p8", "u8")), person("p9", "u9")), person("pa", "ua"))
	w.entries[3].Inactive = "by a test"
	w.tenant = map[plan.ExternalID]plan.Account{
		"p1": {UID: "U1", Source: "LDAP", IDs: []plan.ExternalID{"p1"}, Disabled: true},
		"p8": {UID: "u8", Source: "LOCAL"},
		"pa": {UID: "ua", Source: "LDAP", Devices: 2},
		"x1": {UID: "gone", Source: "LDAP", NoSync: true, Devices: 1},
		"x2": {UID: "root", Source: "LOCAL"},
	}
	w.records.Sources = map[string]int{"LDAP": 3, "LOCAL": 2}
	sum, got := decide(t, w)
	want := plan.AccountCounts{Sources: w.records.Sources, ByID: 1, ByName: 2, None: 1, Orphans: 1}
	if sum.Accounts.ByID != want.ByID || sum.Accounts.ByName != want.ByName || sum.Accounts.None != want.None || sum.Accounts.Orphans != want.Orphans {
		t.Errorf("%+v, want %+v", sum.Accounts, want)
	}
	saysOf(t, got, plan.Orphan, "gone", "warn: an account of source LDAP whom nobody in the directory has (No Sync), with 1 device")
	if all := said(got, plan.Orphan, ""); len(all) != 1 {
		t.Errorf("orphans: %q", all)
	}
	saysOf(t, got, plan.Renamed, "u8", "Local account")
	saysOf(t, got, plan.Inactive, "u1", "warn: the account is disabled at the vendor")
	saysOf(t, got, plan.Inactive, "ua", "warn: the person is left out, and has 2 devices")
}

// TestVendorGroups: a group of another source at the vendor stands in the way
// of one of the same name; one of LDAP becomes a SCIM group.
func TestVendorGroups(t *testing.T) {
	t.Parallel()
	w := &world{entries: append(one(), group("g1", "Staff"), group("g2", "Helpdesk")), rules: rules()}
	w.records.Groups = map[string]string{"staff": "LDAP", "HELPDESK": "LOCAL"}
	sum, got := decide(t, w)
	if sum.Objects[plan.Group][plan.ToCreate] != 1 || sum.Objects[plan.Group][plan.Blocked] != 1 {
		t.Errorf("%+v", sum.Objects)
	}
	saysOf(t, got, plan.GroupCheck, "Helpdesk", "of source LOCAL")
}

// TestReferences: what refers to LDAP becomes a finding with its place.
func TestReferences(t *testing.T) {
	t.Parallel()
	w := &world{entries: one("costcode", "7"), rules: rules()}
	w.rules.Prerequisites = []plan.Prerequisite{plan.LDAPDisabled}
	w.tenant = map[plan.ExternalID]plan.Account{"p1": {UID: "u1", Source: "LDAP", Values: map[string]string{"costcode": "8"}}}
	w.records = plan.Records{Searched: 5, References: []plan.Reference{
		{File: "a.mobileconfig", Place: "line 3, column 9", Kind: plan.ToVariable, What: "${userDN}", After: "it has no value", Instead: "another"},
		{File: "cert", Place: "/san", Kind: plan.ToAttribute, Name: "costCode", What: "${costCode}", Certificate: true, Devices: 12},
		{File: "rule.json", Place: "line 1, column 1", Kind: plan.ToUnit, What: "OU=Sales,DC=x", After: "it finds nobody"},
		{File: "rule.json", Place: "line 2, column 1", Kind: plan.ToGroup, What: "CN=Staff,DC=x", After: "it becomes stale"},
		{File: "chrome.xml", Place: "line 9, column 1", Kind: plan.ToChromeOS, What: "ChromeOS", After: "by LDAP alone"},
	}}
	sum, got := decide(t, w)
	saysOf(t, got, plan.Variables, "a.mobileconfig, line 3, column 9", "warn: ${userDN}: it has no value")
	saysOf(t, got, plan.Reissue, "cert, /san", "its value changes for 1 person of 1, whose certificates are issued again; installed on 12 devices")
	saysOf(t, got, plan.UnitsExcluded, "rule.json", "finds nobody")
	saysOf(t, got, plan.GroupCheck, "rule.json", "becomes stale")
	saysOf(t, got, plan.UnitsExcluded, "", "block: ChromeOS is in use")
	if sum.Hazards[plan.HazardChromeOS] != 1 {
		t.Errorf("hazards: %v", sum.Hazards)
	}
	if all := said(got, plan.Variables, ""); len(all) != 1 {
		t.Errorf("a reminder of what was searched: %q", all)
	}
	w.records.References = nil
	_, got = decide(t, w)
	saysOf(t, got, plan.Variables, "", "note: 5 files and configurations searched")
}

// TestInvitations: they are allowed by name, with the number of people, or the
// setting is attested off.
func TestInvitations(t *testing.T) {
	t.Parallel()
	w := &world{entries: append(one(), person("p8", "u8")), rules: rules()}
	w.rules.Prerequisites = []plan.Prerequisite{plan.InvitationsOff}
	sum, got := decide(t, w)
	if sum.Hazards[plan.HazardInvite] != 2 || len(sum.Unmet) > 0 {
		t.Errorf("%v %v", sum.Hazards, sum.Unmet)
	}
	saysOf(t, got, plan.Invited, "", "block: nobody has said that Automatically invite users imported from Entra ID is off; 2 people would be invited")
	w.attested = []plan.Attestation{{Of: plan.InvitationsOff, By: "ann"}}
	if sum, got = decide(t, w); sum.Hazards[plan.HazardInvite] != 0 || len(said(got, plan.Invited, "")) > 0 {
		t.Errorf("attested: %v", sum.Hazards)
	}
}

// TestRedactedEvidence: what a plan says of evidence names no server.
func TestRedactedEvidence(t *testing.T) {
	t.Parallel()
	seen := plan.Evidence{Of: plan.LDAPDisabled, Name: "corp", Kind: "audit-trail", Sentence: `the LDAP server "corp" synced`, Source: "corp/audit.json"}
	v := plan.View{Summary: plan.Summary{Prerequisites: []plan.Prerequired{{Of: plan.LDAPDisabled, Evidence: &seen, Beside: []plan.Evidence{seen}}}}}
	p := plan.NewRedaction([]byte("k")).View(v).Prerequisites[0]
	for _, e := range append(p.Beside, *p.Evidence) {
		if strings.Contains(e.Name+e.Sentence+e.Source, "corp") || !strings.Contains(e.Sentence, "synced") {
			t.Errorf("%+v", e)
		}
	}
	if seen.Name != "corp" {
		t.Error("the plan itself was changed")
	}
}
