package ldapsrc_test

import (
	"strings"
	"testing"

	"ldap2scim/ldapsrc/ldaptest"
	"ldap2scim/plan"
)

// A first page that is refused is asked for again in half its size.
func TestPageSizeIsLowered(t *testing.T) {
	t.Parallel()
	d := company(25)
	refuse := ldaptest.Fault{Base: people, Page: 1, Act: ldaptest.Answer, Code: 53}
	var s *ldaptest.Server
	calls := 0
	d.Faults = []ldaptest.Fault{{Base: people, Page: 1, Act: ldaptest.Call, Do: func() {
		if calls++; calls == 2 {
			s.Break()
		}
	}}, refuse}
	s = start(t, d)
	c := config(s)
	c.PageSize = 40
	got, proof, err := read(t, c)
	if err != nil || !proof.Complete || count(got, plan.Person) != 25 {
		t.Fatalf("got %d people, %+v, %v", count(got, plan.Person), proof, err)
	}
	if search := proof.Searches[0]; search.Pages != 3 || !strings.Contains(search.Request, "pr=10/noprompt") {
		t.Errorf("got %+v, want 3 pages of 10", search)
	}
}
