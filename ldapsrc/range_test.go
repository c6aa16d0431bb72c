package ldapsrc_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ldap2scim/ldapsrc/ldaptest"
	"ldap2scim/plan"
)

// bigGroups is a directory with groups of the given sizes, which gives ten
// values at a time.
func bigGroups(sizes ...int) (d ldaptest.Directory, want map[string][]string) {
	d, want = company(0), make(map[string][]string)
	d.RangeLimit = 10
	for i, size := range sizes {
		var members []string
		for j := range size {
			members = append(members, fmt.Sprintf("uid=u%03d,%s", j, people))
		}
		slices.Reverse(members)
		cn := fmt.Sprintf("g%d", i)
		d.Entries = append(d.Entries, group(cn, members...))
		want[cn] = slices.Sorted(slices.Values(members))
	}
	return d, want
}

func members(entries []plan.Entry) map[string][]string {
	got := make(map[string][]string)
	for _, e := range entries {
		if e.Kind == plan.Group {
			got[e.First("cn")] = e.Members
		}
	}
	delete(got, "everybody")
	return got
}

func TestRanges(t *testing.T) {
	t.Parallel()
	d, want := bigGroups(9, 10, 11, 20, 21, 95)
	c := config(start(t, d))
	c.PageSize = 2
	c.Groups.Attributes = []string{"cn", "Member"}
	got, proof, err := read(t, c)
	if err != nil || !proof.Complete {
		t.Fatalf("got %+v, %v", proof, err)
	}
	if diff := cmp.Diff(want, members(got)); diff != "" {
		t.Error(diff)
	}
	for _, e := range got {
		if n := len(e.Attrs["member"]); n != len(e.Members) {
			t.Errorf("%s: got %d raw values of member and %d members", e.DN, n, len(e.Members))
		}
		if len(e.Attrs) != 2 {
			t.Errorf("%s: got attributes %v, want cn and member", e.DN, e.Attrs)
		}
	}
}

func TestRangeNotReadToItsEnd(t *testing.T) {
	t.Parallel()
	big := "cn=g0," + groups
	for name, fault := range map[string]ldaptest.Fault{
		"limit":   {On: ldaptest.Looks, Base: big, Act: ldaptest.Answer, Code: 11},
		"nothing": {On: ldaptest.Looks, Base: big, Act: ldaptest.Answer, Code: 0},
		"gone":    {On: ldaptest.Looks, Base: big, Act: ldaptest.Answer, Code: 32},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, _ := bigGroups(25)
			d.Faults = []ldaptest.Fault{fault}
			got, proof, err := read(t, config(start(t, d)))
			if err != nil || proof.Complete {
				t.Fatalf("got %+v, %v, want it incomplete", proof, err)
			}
			if why := proof.Why(); !strings.Contains(why, big) || !strings.Contains(why, "member from value 10 on") {
				t.Errorf("got why %q, want the group and the value", why)
			}
			if n := len(members(got)["g0"]); n != 10 {
				t.Errorf("got %d members, want the 10 that came", n)
			}
		})
	}
}

func TestRangeBroken(t *testing.T) {
	t.Parallel()
	d, _ := bigGroups(25)
	d.Faults = []ldaptest.Fault{{On: ldaptest.Looks, Base: "cn=g0," + groups, Act: ldaptest.HangUp}}
	if _, proof, err := read(t, config(start(t, d))); err == nil || proof.Complete {
		t.Errorf("got %+v, %v, want an error", proof, err)
	}
}

// Below the domain, Active Directory refers to partitions that hold nobody.
func TestReferencesOfActiveDirectory(t *testing.T) {
	t.Parallel()
	own := []string{
		"ldap://example.com/CN=Configuration," + suffix,
		"ldap://DomainDnsZones.example.com/DC=DomainDnsZones," + suffix,
		"ldap://ForestDnsZones.example.com/dc=forestdnszones,DC=Example,DC=com",
	}
	root := map[string][]string{
		"rootDomainNamingContext": {suffix}, "defaultNamingContext": {suffix},
		"configurationNamingContext": {"CN=Configuration," + suffix},
	}
	for name, test := range map[string]struct {
		root map[string][]string
		urls []string
		why  string
	}{
		"its own":                {root: root, urls: own},
		"of another server kind": {urls: own, why: "3 references were not followed"},
		"a child domain":         {root: root, urls: append([]string{"ldap://child.example.com/DC=child," + suffix}, own...), why: "a reference to ldap://child.example.com/DC=child," + suffix},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := company(3)
			d.Root = test.root
			for _, url := range test.urls {
				d.Faults = append(d.Faults, ldaptest.Fault{Base: people, After: 3, Act: ldaptest.Refer, URLs: []string{url}})
			}
			_, proof, err := read(t, config(start(t, d)))
			if err != nil || proof.Complete != (test.why == "") || !strings.Contains(proof.Why(), test.why) {
				t.Errorf("got %+v, %v, want why %q", proof, err, test.why)
			}
		})
	}
}
