package ldapsrc_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"ldap2scim/ldapsrc"
	"ldap2scim/ldapsrc/ldaptest"
)

// The first page of each search shows whether the reader sees what is needed.
func TestCheckSamples(t *testing.T) {
	t.Parallel()
	d := company(25)
	d.Entries = append(d.Entries, with(group("posix"), map[string][]string{"memberUid": {"u00001"}}))
	d.Root = map[string][]string{"currentTime": {"20260102030405.0Z"}}
	s := start(t, d)
	c := config(s)
	c.Users.Attributes = append(c.Users.Attributes, "employeeNumber", "MAIL")
	c.Users.UID, c.Users.Account = "uid", []string{"nsAccountLock", "userAccountControl"}
	c.Groups.Members = "member, uniqueMember, memberUid"
	c.Now = func() time.Time { return time.Date(2026, 1, 2, 3, 9, 6, 0, time.UTC) }
	c.URL, c.InsecureSkipVerify = s.LDAPSURL(), true
	facts, err := open(t, c).Check(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	users, groups := facts.Bases[0], facts.Bases[1]
	if users.Sampled != 10 || !users.More || users.PageSize != 10 || !slices.Equal(users.Unseen, []string{"userAccountControl", "employeeNumber"}) {
		t.Errorf("users: got %+v", users)
	}
	if groups.Sampled != 2 || groups.More || groups.Unseen != nil {
		t.Errorf("groups: got %+v", groups)
	}
	if !facts.Clock.Equal(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)) || facts.Server != s.LDAPSURL() {
		t.Errorf("got %+v", facts)
	}
	warnings := strings.Join(facts.Warnings, "\n")
	for _, want := range []string{"insecure_skip_verify is on", "clock shows 2026-01-02T03:04:05Z", "none of the first 10 shows userAccountControl, employeeNumber"} {
		if !strings.Contains(warnings, want) {
			t.Errorf("got warnings %q, want %q", warnings, want)
		}
	}
	if len(facts.Warnings) != 3 {
		t.Errorf("got %d warnings: %q", len(facts.Warnings), warnings)
	}
}

func TestCheckFindsNothingToSay(t *testing.T) {
	t.Parallel()
	facts, err := open(t, config(start(t, company(3)))).Check(t.Context())
	if err != nil || facts.Warnings != nil || !facts.Clock.IsZero() {
		t.Errorf("got %+v, %v", facts, err)
	}
}

func TestCheckLimits(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault ldaptest.Fault
		warns string
		fails string
	}{
		"page size": {fault: ldaptest.Fault{Base: people, Act: ldaptest.Answer, Code: 11}, warns: "users: the server takes pages of 1, not of 10"},
		"no rights": {fault: ldaptest.Fault{Base: people, Act: ldaptest.Answer, Code: 50}, fails: "search users below"},
	} {
		d := company(3)
		d.Faults = []ldaptest.Fault{test.fault}
		facts, err := open(t, config(start(t, d))).Check(t.Context())
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := strings.Join(facts.Warnings, "\n"); !strings.Contains(got, test.warns) {
			t.Errorf("%s: got warnings %q, want %q", name, got, test.warns)
		}
		if failed := facts.Bases[0].Err; (failed != nil) != (test.fails != "") || failed != nil && !strings.Contains(failed.Error(), test.fails) {
			t.Errorf("%s: got %v", name, failed)
		}
	}
	none := config(start(t, company(0)))
	facts, err := open(t, none).Check(t.Context())
	if err != nil || len(facts.Warnings) != 1 || !strings.Contains(facts.Warnings[0], "nothing below "+people) {
		t.Errorf("nobody: got %+v, %v", facts, err)
	}
}

// Limits are shown where the server reports them to the reader.
func TestCheckReportedLimits(t *testing.T) {
	t.Parallel()
	const configuration = "CN=Configuration,DC=x"
	domain := map[string][]string{"rootDomainNamingContext": {"DC=x"}, "configurationNamingContext": {configuration}}
	policy := ldaptest.Entry{
		DN:    "CN=Default Query Policy,CN=Query-Policies,CN=Directory Service,CN=Windows NT,CN=Services," + configuration,
		Attrs: map[string][]string{"objectClass": {"queryPolicy"}, "lDAPAdminLimits": {"MaxPoolThreads=4", "MaxValRange=1500", "MaxPageSize=1000"}},
	}
	server := ldaptest.Entry{DN: "cn=config", Attrs: map[string][]string{"objectClass": {"top"}, "nsslapd-sizelimit": {"2000"}}}
	for name, test := range map[string]struct {
		root  map[string][]string
		entry ldaptest.Entry
		want  []string
	}{
		"domain controller":            {domain, policy, []string{"MaxPageSize=1000", "MaxValRange=1500"}},
		"domain controller, not shown": {root: domain},
		"389":                          {map[string][]string{"vendorName": {"389 Project"}}, server, []string{"nsslapd-sizelimit=2000"}},
		"another server":               {map[string][]string{"vendorName": {"Somebody"}}, server, nil},
	} {
		d := company(3)
		d.Root = test.root
		if test.entry.DN != "" {
			d.Entries = append(d.Entries, test.entry)
		}
		facts, err := open(t, config(start(t, d))).Check(t.Context())
		if err != nil || !slices.Equal(facts.Limits, test.want) {
			t.Errorf("%s: got %q, %v, want %q", name, facts.Limits, err, test.want)
		}
	}
}

func TestCheckLDIF(t *testing.T) {
	t.Parallel()
	c := ldifConfig(ldifFile(t, "x.ldif", ldifPeople+"\nsearch: 1\nresult: 4 Size limit exceeded\n"))
	c.Users.Attributes = append(c.Users.Attributes, "sn")
	l, err := ldapsrc.OpenLDIF(c)
	if err != nil {
		t.Fatal(err)
	}
	facts, err := l.Check(t.Context())
	if err != nil || facts.Vendor != "LDIF" || facts.Bases[0].Err != nil || facts.Bases[0].Sampled != 2 || facts.Bases[1].Err == nil {
		t.Errorf("got %+v, %v, want 2 people and no groups' base", facts, err)
	}
	warnings := strings.Join(facts.Warnings, "\n")
	if !strings.Contains(warnings, "result 4 Size limit exceeded") || !strings.Contains(warnings, "none of the first 2 shows sn") {
		t.Errorf("got warnings %q", warnings)
	}
}
