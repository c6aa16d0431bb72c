package ldapsrc_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ldap2scim/ldapsrc"
	"ldap2scim/plan"
	"ldap2scim/testservers"
	generated "ldap2scim/testservers/company"
)

// sameCompany is in every kind of directory.
func sameCompany(suffix string) generated.Company {
	return generated.Company{People: 120, Groups: 25, Seed: 31, FlawEvery: 20, Suffix: suffix}
}

// someone is what must not depend on the kind of directory.
type someone struct {
	GivenName, FamilyName, DisplayName, Mail, Number string
	Disabled                                         bool
}

// sameness is a company without its IDs and DNs: people by their uid, and
// groups by their name with the uids and names of their members.
type sameness struct {
	People map[string]someone
	Groups map[string][]string
}

func samenessOf(entries []plan.Entry, uid string) sameness {
	same := sameness{People: make(map[string]someone), Groups: make(map[string][]string)}
	names := map[string]string{}
	for _, e := range entries {
		names[e.Key] = e.First("cn")
		if e.Kind == plan.Person {
			names[e.Key] = e.First(uid)
		}
	}
	for _, e := range entries {
		switch e.Kind {
		case plan.Person:
			same.People[e.First(uid)] = someone{
				e.First("givenname"), e.First("sn"), e.First("displayname"), e.First("mail"), e.First("employeenumber"),
				e.Inactive != "" || e.First("corpactive") == "FALSE",
			}
		case plan.Group:
			members := []string{}
			for _, key := range e.Members {
				members = append(members, names[key])
			}
			slices.Sort(members)
			same.Groups[e.First("cn")] = members
		case plan.Unit, plan.Setting:
		}
	}
	return same
}

// The same company in slapd, in Active Directory and in LDIF is the same but
// for the IDs and the DNs.
func sameEverywhere(t *testing.T, fromDomain []plan.Entry) {
	var ldif bytes.Buffer
	want, err := sameCompany("").WriteLDIF(&ldif)
	if err != nil {
		t.Fatal(err)
	}
	file := ldifFile(t, "company.ldif", ldif.String())
	d := testservers.Slapd(t, &ldif, testservers.SlapdOptions{})
	c := ldapsrc.Config{
		Kind: "openldap", URL: d.URL, BindDN: d.ReaderDN, Password: password(d.ReaderPassword),
		Base: suffix, Timeout: time.Minute, Units: ldapsrc.Search{Base: suffix},
	}
	c.Users.Attributes = []string{"uid", "mail", "sn", "givenName", "displayName", "employeeNumber", "corpActive"}
	c.Groups.Attributes = []string{"cn"}
	fromSlapd, proof, err := read(t, c)
	if err != nil || !proof.Complete {
		t.Fatalf("slapd: got %+v, %v", proof, err)
	}
	c.URL, c.LDIF, c.BindDN, c.Password = "", ldapsrc.Files{file}, "", nil
	fromFile, proof, err := readLDIF(t, c)
	if err != nil || !proof.Complete {
		t.Fatalf("LDIF: got %+v, %v", proof, err)
	}
	// Slapd makes IDs for the units; all else is the file's.
	for _, entries := range [][]plan.Entry{fromSlapd, fromFile} {
		slices.SortFunc(entries, func(a, b plan.Entry) int { return strings.Compare(a.Key, b.Key) })
		for i := range entries {
			if entries[i].Kind == plan.Unit {
				entries[i].ID = ""
			}
			entries[i].DN = "" // slapd prints them in its own way
		}
	}
	if diff := cmp.Diff(fromFile, fromSlapd); diff != "" {
		t.Errorf("slapd (-file +slapd): %s", diff)
	}
	fromDomain = slices.DeleteFunc(slices.Clone(fromDomain), func(e plan.Entry) bool {
		return !strings.HasSuffix(e.Key, ",ou=people,"+strings.ToLower(domain)) && !strings.HasSuffix(e.Key, ",ou=groups,"+strings.ToLower(domain))
	})
	got, all := samenessOf(fromDomain, "samaccountname"), samenessOf(fromSlapd, "uid")
	if diff := cmp.Diff(all, got); diff != "" {
		t.Errorf("Active Directory (-slapd +domain): %s", diff)
	}
	// And so the plan says the same. Whom a domain has disabled is another
	// attribute, and a rule of its own in OpenLDAP: they are left aside.
	active := func(entries []plan.Entry) []plan.Entry {
		return slices.DeleteFunc(slices.Clone(entries), func(e plan.Entry) bool { return e.Inactive != "" || e.First("corpactive") == "FALSE" })
	}
	slapdPlan := planOf(t, active(fromSlapd), "uid")
	if len(slapdPlan) < want.People {
		t.Errorf("a plan of %d lines for %d people", len(slapdPlan), want.People)
	}
	if diff := cmp.Diff(slapdPlan, planOf(t, active(fromFile), "uid")); diff != "" {
		t.Errorf("the plan of the LDIF (-slapd +file): %s", diff)
	}
	if diff := cmp.Diff(slapdPlan, planOf(t, active(fromDomain), "samaccountname")); diff != "" {
		t.Errorf("the plan of the domain (-slapd +domain): %s", diff)
	}
	if len(all.People) != want.People || len(all.Groups) != want.Groups || want.GroupsOfGroups == 0 || want.Inactive == 0 {
		t.Errorf("got %d people and %d groups, want %+v", len(all.People), len(all.Groups), want)
	}
}
