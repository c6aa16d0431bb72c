package ldapsrc_test

import (
	"strings"
	"testing"

	"ldap2scim/ldapsrc"
	"ldap2scim/ldapsrc/ldaptest"
	"ldap2scim/plan"
)

func TestReferrals(t *testing.T) {
	t.Parallel()
	child := company(7)
	child.Anonymous = true
	other := start(t, child)
	closed := company(7) // lets nobody read without a bind
	private := start(t, closed)
	for name, test := range map[string]struct {
		fault  ldaptest.Fault
		to     string
		change func(*ldapsrc.Config)
		people int
		why    string
	}{
		"refused":                 {to: other.URL(), change: func(c *ldapsrc.Config) {}, people: 3, why: "was not followed"},
		"ignored":                 {to: other.URL(), change: func(c *ldapsrc.Config) { c.Referrals = "ignore" }, people: 3},
		"followed":                {to: other.URL(), change: func(c *ldapsrc.Config) { c.Referrals = "follow" }, people: 10},
		"followed by nobody":      {to: private.URL(), change: func(c *ldapsrc.Config) { c.Referrals = "follow" }, people: 3, why: "could not be followed"},
		"followed as the same":    {to: private.URL(), change: func(c *ldapsrc.Config) { c.Referrals, c.ReferralCredentials = "follow", "same" }, people: 10},
		"followed to nowhere":     {to: "ldap://" + closedPort(t), change: func(c *ldapsrc.Config) { c.Referrals = "follow" }, people: 3, why: "connection refused"},
		"followed from the base":  {fault: ldaptest.Fault{On: ldaptest.Looks, Act: ldaptest.Answer, Code: 10}, to: other.URL(), change: func(c *ldapsrc.Config) { c.Referrals = "follow" }, people: 7},
		"refused at the base":     {fault: ldaptest.Fault{On: ldaptest.Looks, Act: ldaptest.Answer, Code: 10}, to: other.URL(), change: func(c *ldapsrc.Config) {}, people: 0, why: "referred to"},
		"not a URL":               {to: "nonsense", change: func(c *ldapsrc.Config) { c.Referrals = "follow" }, people: 3, why: "names no server"},
		"never plain after a TLS": {to: other.URL(), change: nil, people: 3, why: "certificate"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := company(3)
			fault := test.fault
			if fault.Act == 0 {
				fault = ldaptest.Fault{Act: ldaptest.Refer}
			}
			fault.Base, fault.URLs = people, []string{test.to + "/" + people}
			d.Faults = []ldaptest.Fault{fault}
			s := start(t, d)
			c := config(s)
			if test.change == nil {
				// The other server's certificate is of another authority: that
				// it is looked at shows that the connection is encrypted.
				c.Referrals, c.URL, c.CAFile = "follow", s.LDAPSURL(), caFile(t, s)
			} else {
				test.change(&c)
			}
			got, proof, err := read(t, c)
			if err != nil || count(got, plan.Person) != test.people || proof.Complete != (test.why == "") || !strings.Contains(proof.Why(), test.why) {
				t.Errorf("got %d people, %+v, %v, want %d and why %q", count(got, plan.Person), proof, err, test.people, test.why)
			}
		})
	}
}

// Two servers that refer to each other do not keep a read busy.
func TestReferralsInACircle(t *testing.T) {
	t.Parallel()
	d := company(2)
	d.Anonymous = true
	s := start(t, d)
	s.Break(ldaptest.Fault{Base: people, Act: ldaptest.Refer, URLs: []string{s.URL() + "/" + people}})
	c := config(s)
	c.Referrals = "follow"
	_, proof, err := read(t, c)
	if err != nil || proof.Complete || !strings.Contains(proof.Why(), "without end") {
		t.Errorf("got %+v, %v, want that it does not end", proof, err)
	}
}
