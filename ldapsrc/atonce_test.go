package ldapsrc_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ldap2scim/ldapsrc"
	"ldap2scim/ldapsrc/ldaptest"
	"ldap2scim/plan"
)

// atOnceConfig reads a directory in which the groups need the people, and
// people come from two bases.
func atOnceConfig(s *ldaptest.Server) ldapsrc.Config {
	c := config(s)
	c.PrimaryGroups, c.Groups.Dynamic = "include", "memberURL"
	c.Users.Bases = []string{people, groups}
	c.Users.Base = ""
	c.Units = ldapsrc.Search{Base: suffix, Filter: "(objectClass=organizationalUnit)", ID: "entryUUID", Attributes: []string{"ou"}}
	return c
}

// What is read does not depend on how many connections there are.
func TestReadAtOnce(t *testing.T) {
	t.Parallel()
	d := primaryGroups()
	for i := 6; i < 300; i++ {
		d.Entries = append(d.Entries, with(person(i), map[string][]string{"objectSid": {objectSID(0, uint32(1000+i))}, "primaryGroupID": {"513"}}))
	}
	d.Entries = append(d.Entries, with(group("dynamic"), map[string][]string{"memberURL": {"ldap:///" + people + "??sub?(uid=u0000*)"}, "objectSid": {objectSID(0, 9)}}))
	s := start(t, d)
	var want []plan.Entry
	var wantProof plan.Proof
	for _, n := range []int{0, 1, 2, 4} {
		c := atOnceConfig(s)
		c.Connections = n
		got, proof, err := read(t, c)
		if err != nil || !proof.Complete {
			t.Fatalf("%d connections: got %+v, %v", n, proof, err)
		}
		slices.SortFunc(got, func(a, b plan.Entry) int { return strings.Compare(a.Key, b.Key) })
		if want == nil {
			want, wantProof = got, proof
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%d connections: %s", n, diff)
		}
		if diff := cmp.Diff(wantProof, proof); diff != "" {
			t.Errorf("%d connections: %s", n, diff)
		}
	}
	if n := len(groupNamed(t, want, "domain users").Members); n != 297 {
		t.Errorf("got %d people with the primary group, want 297", n)
	}
}

func TestReadAtOnceFails(t *testing.T) {
	t.Parallel()
	stop := errors.New("disk full")
	d := company(50)
	d.Entries = append(d.Entries, with(group("g"), map[string][]string{"objectSid": {objectSID(0, 9)}}))
	for name, test := range map[string]struct {
		fault ldaptest.Fault
		yield error
		is    func(error) bool
	}{
		"caller stops": {yield: stop, is: func(err error) bool { return errors.Is(err, stop) }},
		"hang-up":      {fault: ldaptest.Fault{Base: people, Page: 2, After: 3, Act: ldaptest.HangUp}, is: func(err error) bool { return strings.Contains(err.Error(), "lost") }},
		"no such base": {fault: ldaptest.Fault{On: ldaptest.Looks, Base: suffix, Act: ldaptest.Answer, Code: 32}, is: func(err error) bool { return strings.Contains(err.Error(), "No Such Object") }},
	} {
		d.Faults = nil
		if test.fault.Act != 0 {
			d.Faults = []ldaptest.Fault{test.fault}
		}
		c := atOnceConfig(start(t, d))
		c.Connections = 3
		proof, err := open(t, c).Read(t.Context(), func(plan.Entry) error { return test.yield })
		if err == nil || !test.is(err) || proof.Complete {
			t.Errorf("%s: got %+v, %v", name, proof, err)
		}
	}
	d.Faults = []ldaptest.Fault{{Base: people, Page: 3, Act: ldaptest.Answer, Code: 4}}
	c := atOnceConfig(start(t, d))
	c.Connections = 3
	_, proof, err := read(t, c)
	if err != nil || proof.Complete || !strings.Contains(proof.Why(), "users: the server stopped at its size limit") {
		t.Errorf("size limit: got %+v, %v, want it incomplete", proof, err)
	}
}

func TestReadAtOnceCancelled(t *testing.T) {
	t.Parallel()
	d := company(50)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	d.Faults = []ldaptest.Fault{{Base: people, Page: 2, Act: ldaptest.Call, Do: cancel}, {Base: people, Page: 2, Act: ldaptest.Stall}}
	c := config(start(t, d))
	c.Connections = 2
	proof, err := open(t, c).Read(ctx, func(plan.Entry) error { return nil })
	if !errors.Is(err, context.Canceled) || proof.Complete {
		t.Errorf("got %+v, %v, want %v", proof, err, context.Canceled)
	}
}
