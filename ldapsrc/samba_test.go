package ldapsrc_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-ldap/ldap/v3"

	"ldap2scim/ldapsrc"
	"ldap2scim/plan"
	"ldap2scim/testservers"
)

const (
	domain = testservers.SambaSuffix
	many   = 5000
)

// edges are accounts and groups that need care, below OU=edges.
func edges() string {
	var b strings.Builder
	entry := func(rdn, class string, attrs ...string) {
		fmt.Fprintf(&b, "dn: %s,OU=edges,%s\nobjectClass: %s\n%s\n\n", rdn, domain, class, strings.Join(attrs, "\n"))
	}
	fmt.Fprintf(&b, "dn: OU=edges,%s\nobjectClass: organizationalUnit\n\n", domain)
	user := func(name, control string, attrs ...string) {
		entry("CN="+name, "user", append([]string{"sAMAccountName: " + name, "userAccountControl: " + control}, attrs...)...)
	}
	user("normal", "66048")
	user("disabled", "66050")
	user("expired", "512", "accountExpires: 116444736000000000")
	user("expires later", "512", "accountExpires: 150000000000000000")
	user("never expires", "512", "accountExpires: 9223372036854775807")
	entry("CN=machine", "computer", "sAMAccountName: machine$", "userAccountControl: 4096")
	entry("CN=contact", "contact")
	entry("CN=inner", "group", "sAMAccountName: inner", "member: CN=normal,OU=edges,"+domain)
	entry("CN=outer", "group", "sAMAccountName: outer", "member: CN=inner,OU=edges,"+domain, "member: CN=contact,OU=edges,"+domain)
	for i := range many {
		fmt.Fprintf(&b, "dn: CN=m%05d,OU=edges,%s\nobjectClass: user\nsAMAccountName: m%05d\n\n", i, domain, i)
	}
	members := make([]string, many)
	for i := range members {
		members[i] = fmt.Sprintf("member: CN=m%05d,OU=edges,%s", i, domain)
	}
	entry("CN=many", "group", append(members, "sAMAccountName: many")...)
	return b.String()
}

func domainConfig(d *testservers.Directory) ldapsrc.Config {
	c := ldapsrc.Config{
		Kind: "ad", URL: d.LDAPSURL, CAFile: d.CAFile, BindDN: d.ReaderDN, Password: password(d.ReaderPassword),
		Base: domain, Timeout: time.Minute, Units: ldapsrc.Search{Base: domain},
		Now: func() time.Time { return time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC) },
	}
	c.Users.Attributes = []string{"sAMAccountName", "mail", "sn", "givenName", "displayName", "employeeNumber"}
	c.Groups.Attributes = []string{"cn"}
	return c
}

// Active Directory as Samba has it.
func TestSamba(t *testing.T) {
	t.Parallel()
	var ldif bytes.Buffer
	if _, err := sameCompany(domain).WriteActiveDirectory(&ldif); err != nil {
		t.Fatal(err)
	}
	ldif.WriteString(edges())
	d := testservers.Samba(t, &ldif)
	whole, proof, err := read(t, domainConfig(d))
	if err != nil || !proof.Complete {
		t.Fatalf("got %+v, %v", proof, err)
	}
	t.Run("accounts", func(t *testing.T) { sambaAccounts(t, whole) })
	t.Run("groups", func(t *testing.T) { sambaGroups(t, whole) })
	t.Run("ranges", func(t *testing.T) { sambaRanges(t, d, whole) })
	t.Run("same company", func(t *testing.T) { sameEverywhere(t, whole) })
	t.Run("check", func(t *testing.T) { sambaCheck(t, d) })
	t.Run("binds", func(t *testing.T) { sambaBinds(t, d) })
}

func sambaAccounts(t *testing.T, whole []plan.Entry) {
	inactive := map[string]string{}
	for _, e := range whole {
		if e.Kind != plan.Person {
			continue
		}
		if len(e.ID) != 36 || strings.Count(string(e.ID), "-") != 4 || len(e.Flaws) > 0 {
			t.Errorf("%s: got ID %q and flaws %q", e.DN, e.ID, e.Flaws)
		}
		inactive[e.First("samaccountname")] = e.Inactive
	}
	for name, want := range map[string]string{
		"normal": "", "disabled": "disabled (userAccountControl 66050)", "expired": "expired on 1970-01-01 (accountExpires)",
		"expires later": "", "never expires": "", "Administrator": "", "Guest": "disabled (userAccountControl 66082)",
		"krbtgt": "disabled (userAccountControl 514)",
	} {
		if got, ok := inactive[name]; !ok || got != want {
			t.Errorf("%s: got %q (there: %t), want %q", name, got, ok, want)
		}
	}
	for _, name := range []string{"machine$", "DC1$", ""} {
		if _, ok := inactive[name]; ok {
			t.Errorf("%q is among the people", name)
		}
	}
}

func sambaGroups(t *testing.T, whole []plan.Entry) {
	edge := func(cn string) string { return "cn=" + cn + ",ou=edges," + strings.ToLower(domain) }
	if got := groupNamed(t, whole, "inner").Members; !slices.Equal(got, []string{edge("normal")}) {
		t.Errorf("inner: got %q", got)
	}
	if got := groupNamed(t, whole, "outer").Members; !slices.Equal(got, []string{edge("contact"), edge("inner")}) {
		t.Errorf("outer: got %q", got)
	}
	// Everybody's primary group is Domain Users, but for the guest's.
	var all []string
	for _, e := range whole {
		if e.Kind == plan.Person && e.First("samaccountname") != "Guest" {
			all = append(all, e.Key)
		}
	}
	slices.Sort(all)
	if got := groupNamed(t, whole, "Domain Users").Members; !slices.Equal(got, all) || len(all) < many {
		t.Errorf("Domain Users: got %d members, want %d", len(got), len(all))
	}
	if got := groupNamed(t, whole, "Domain Guests").Members; !slices.Equal(got, []string{"cn=guest,cn=users," + strings.ToLower(domain)}) {
		t.Errorf("Domain Guests: got %q", got)
	}
	builtin := groupNamed(t, whole, "Pre-Windows 2000 Compatible Access")
	if len(builtin.Flaws) != 1 || !strings.Contains(builtin.Flaws[0], "foreign security principal") {
		t.Errorf("%s: got flaws %q, want one of a foreign member", builtin.DN, builtin.Flaws)
	}
}

// Behind the limits of a real domain controller everything is the same.
func sambaRanges(t *testing.T, d *testservers.Directory, whole []plan.Entry) {
	if n := len(groupNamed(t, whole, "many").Members); n != many {
		t.Errorf("without limits: got %d members, want %d", n, many)
	}
	c := domainConfig(d)
	c.URL, c.CAFile, c.PageSize = testservers.Limit(t, d, testservers.Limits{Values: 1500, Page: 1000}), "", 3000
	got, proof, err := read(t, c)
	if err != nil || !proof.Complete {
		t.Fatalf("got %+v, %v", proof, err)
	}
	if proof.Searches[0].Pages < 6 {
		t.Errorf("got %d pages of people, want the limit of 1,000 to show", proof.Searches[0].Pages)
	}
	if !slices.Equal(groupNamed(t, got, "many").Members, groupNamed(t, whole, "many").Members) || len(got) != len(whole) {
		t.Errorf("got %d entries, %d of them members of many; want %d and %d",
			len(got), len(groupNamed(t, got, "many").Members), len(whole), many)
	}
}

func sambaCheck(t *testing.T, d *testservers.Directory) {
	facts, err := open(t, domainConfig(d)).Check(t.Context())
	if err != nil || !strings.HasPrefix(facts.Vendor, "Samba") || !facts.Paging || facts.TLS == "" {
		t.Errorf("got %+v, %v", facts, err)
	}
	if age := time.Since(facts.Clock).Abs(); age > time.Minute {
		t.Errorf("got the clock %s, which is off by %s", facts.Clock, age)
	}
	if want := []string{"MaxPageSize=1000", "MaxQueryDuration=120", "MaxResultSetSize=262144", "MaxValRange=1500"}; !slices.Equal(facts.Limits, want) {
		t.Errorf("got the limits %q, want %q", facts.Limits, want)
	}
	for _, base := range facts.Bases {
		if base.Err != nil || base.Sampled == 0 {
			t.Errorf("got %+v", base)
		}
	}
}

func sambaBinds(t *testing.T, d *testservers.Directory) {
	plain := domainConfig(d)
	plain.URL, plain.CAFile = d.URL, ""
	starttls := domainConfig(d)
	starttls.URL, starttls.StartTLS = d.URL, true
	wrong := domainConfig(d)
	wrong.Password = password("wrong")
	for name, test := range map[string]struct {
		config ldapsrc.Config
		code   uint16
		hint   string
	}{
		"without TLS":    {plain, ldap.LDAPResultStrongAuthRequired, "use ldaps://"},
		"StartTLS":       {starttls, 0, ""},
		"wrong password": {wrong, ldap.LDAPResultInvalidCredentials, "the password is wrong"},
	} {
		source, err := ldapsrc.Open(t.Context(), test.config)
		if err == nil {
			if err := source.Close(); err != nil {
				t.Error(err)
			}
		}
		var failure *ldapsrc.Error
		if test.code == 0 && err != nil || test.code != 0 && (!ldap.IsErrorWithCode(err, test.code) || !errors.As(err, &failure) || !strings.Contains(failure.Hint(), test.hint)) {
			t.Errorf("%s: got %v (%+v), want result %d and the hint %q", name, err, failure, test.code, test.hint)
		}
	}
}
