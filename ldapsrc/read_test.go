package ldapsrc_test

import (
	"encoding/hex"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ldap2scim/ldapsrc/ldaptest"
	"ldap2scim/plan"
)

func TestReadDecodes(t *testing.T) {
	t.Parallel()
	raw, err := hex.DecodeString("33221100554477668899aabbccddeeff")
	if err != nil {
		t.Fatal(err)
	}
	d := company(0)
	more := group("more", "UID=u1, OU=People,"+suffix, "uid=u0,"+people, "uid=u1,"+people, "nonsense")
	more.Attrs["entryUUID"] = []string{"00000000-0000-0000-0000-000000000001"}
	d.Entries = append(d.Entries, more,
		ldaptest.Entry{DN: "CN=Lovelace\\, Ada," + people, Attrs: map[string][]string{
			"objectClass": {"inetOrgPerson"}, "entryUUID": {"8C5F1D1A-0000-1041-9805-DB8F757B6062"},
			"UID": {"ada"}, "mail": {"ada@example.com", "al@example.com"}, "mail;lang-fr": {"ada@exemple.fr"},
			"jpegPhoto": {"\x00\xff"}, "title": {"not asked for"},
		}},
		ldaptest.Entry{DN: "cn=ad," + groups, Attrs: map[string][]string{
			"objectClass": {"groupOfNames"}, "entryUUID": {string(raw)}, "member": {"uid=u0," + people},
		}},
	)
	c := config(start(t, d))
	c.Users.Attributes = []string{"uid", "MAIL", "jpegPhoto"}
	c.Groups.Filter = "(&(objectClass=groupOfNames)(!(cn=everybody)))"
	c.Units = c.Users
	c.Units.Base, c.Units.Filter = suffix, "(objectClass=organizationalUnit)"
	c.Units.ID, c.Units.Attributes = "ou", []string{"ou"}
	got, proof, err := read(t, c)
	if err != nil {
		t.Fatal(err)
	}
	want := []plan.Entry{
		{
			Kind: plan.Person, ID: "8c5f1d1a-0000-1041-9805-db8f757b6062", DN: "CN=Lovelace\\, Ada," + people,
			Key: `cn=lovelace\, ada,` + people,
			Attrs: map[string][]string{
				"uid": {"ada"}, "mail": {"ada@example.com", "al@example.com"}, "mail;lang-fr": {"ada@exemple.fr"},
				"jpegphoto": {"\x00\xff"},
			},
		},
		{
			Kind: plan.Group, ID: "00000000-0000-0000-0000-000000000001", DN: "cn=more," + groups, Key: "cn=more," + groups,
			Attrs:   map[string][]string{"cn": {"more"}},
			Members: []string{"?nonsense", "uid=u0," + people, "uid=u1," + people},
			Flaws:   []string{"it has a member that does not parse: nonsense"},
		},
		{
			Kind: plan.Group, ID: "33221100554477668899aabbccddeeff", DN: "cn=ad," + groups, Key: "cn=ad," + groups,
			Attrs: map[string][]string{}, Members: []string{"uid=u0," + people},
		},
		{Kind: plan.Unit, ID: "people", DN: people, Key: people, Attrs: map[string][]string{"ou": {"people"}}},
		{Kind: plan.Unit, ID: "groups", DN: groups, Key: groups, Attrs: map[string][]string{"ou": {"groups"}}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if !proof.Complete || proof.Why() != "" {
		t.Errorf("got proof %+v, want it complete", proof)
	}
	for i, entries := range []int{1, 2, 2} {
		if s := proof.Searches[i]; s.Entries != entries || s.Pages != 1 {
			t.Errorf("search %s: got %d entries on %d pages, want %d on 1", s.Name, s.Entries, s.Pages, entries)
		}
	}
}

// An entry that cannot be identified reaches the caller all the same.
func TestReadStandIns(t *testing.T) {
	t.Parallel()
	d := company(1)
	c := config(start(t, d))
	c.Users.ID = "employeeNumber"
	c.Users.Attributes = nil
	got, _, err := read(t, c)
	if err != nil {
		t.Fatal(err)
	}
	key := "uid=u00000," + people
	want := plan.Entry{Kind: plan.Person, ID: plan.ExternalID("dn:" + key), DN: key, Key: key, Attrs: map[string][]string{}}
	if diff := cmp.Diff(want, got[0]); diff != "" {
		t.Error(diff)
	}
}

// The size of the pages must not matter, nor how many there are.
func TestReadPageSizes(t *testing.T) {
	t.Parallel()
	const n = 5000
	s := start(t, company(n))
	var whole []plan.Entry
	for _, size := range []int{n + 1, n, 1000, 999, 77} {
		c := config(s)
		c.PageSize = size
		got, proof, err := read(t, c)
		if err != nil || !proof.Complete {
			t.Fatalf("page size %d: got %+v, %v", size, proof, err)
		}
		if pages := (n + size - 1) / size; proof.Searches[0].Pages != pages || proof.Searches[0].Entries != n {
			t.Errorf("page size %d: got %d entries on %d pages, want %d on %d", size, proof.Searches[0].Entries, proof.Searches[0].Pages, n, pages)
		}
		if whole == nil {
			whole = got
		}
		if diff := cmp.Diff(whole, got); diff != "" {
			t.Fatalf("page size %d: %s", size, diff)
		}
	}
	if len(whole) != n+1 {
		t.Errorf("got %d entries, want %d", len(whole), n+1)
	}
}

// A server may give smaller pages than it was asked for.
func TestReadSmallerPages(t *testing.T) {
	t.Parallel()
	d := company(25)
	d.PageLimit = 4
	got, proof, err := read(t, config(start(t, d)))
	if err != nil || !proof.Complete || count(got, plan.Person) != 25 || proof.Searches[0].Pages != 7 {
		t.Errorf("got %d people, %+v, %v, want 25 on 7 pages", count(got, plan.Person), proof, err)
	}
}

// Nothing found is complete: the base was there.
func TestReadNothing(t *testing.T) {
	t.Parallel()
	got, proof, err := read(t, config(start(t, company(0))))
	if err != nil || !proof.Complete || count(got, plan.Person) != 0 || proof.Searches[0].Pages != 1 {
		t.Errorf("got %v, %+v, %v, want no people, complete", got, proof, err)
	}
}

func TestReadStoppedByCaller(t *testing.T) {
	t.Parallel()
	stop := errors.New("disk full")
	s := open(t, config(start(t, company(30))))
	n := 0
	proof, err := s.Read(t.Context(), func(plan.Entry) error {
		if n++; n == 15 {
			return stop
		}
		return nil
	})
	if !errors.Is(err, stop) || proof.Complete || n != 15 {
		t.Errorf("got %v after %d entries, %+v, want %v after 15", err, n, proof, stop)
	}
	if _, err := s.Read(t.Context(), func(plan.Entry) error { return nil }); err == nil {
		t.Error("a second read: got no error, want one: answers to the first are still on the wire")
	}
}

// A caller who wants no more need not wait for a server that is silent.
func TestReadStoppedInSilence(t *testing.T) {
	t.Parallel()
	stop := errors.New("disk full")
	d := company(200)
	d.Faults = []ldaptest.Fault{{Base: people, Page: 7, After: 8, Act: ldaptest.Stall}}
	c := config(start(t, d))
	c.Timeout = time.Minute
	begin := time.Now()
	_, err := open(t, c).Read(t.Context(), func(plan.Entry) error { return stop })
	if waited := time.Since(begin); !errors.Is(err, stop) || waited > c.Timeout/2 {
		t.Errorf("got %v after %s, want %v at once", err, waited, stop)
	}
}

func TestReadTwice(t *testing.T) {
	t.Parallel()
	s := open(t, config(start(t, company(30))))
	for range 2 {
		proof, err := s.Read(t.Context(), func(plan.Entry) error { return nil })
		if err != nil || !proof.Complete || proof.Searches[0].Entries != 30 {
			t.Errorf("got %+v, %v, want 30 people", proof, err)
		}
	}
}

// The attribute's own syntax may add a bit string to a name.
func TestReadUniqueMembers(t *testing.T) {
	t.Parallel()
	d := company(0)
	d.Entries = append(d.Entries, ldaptest.Entry{DN: "cn=u," + groups, Attrs: map[string][]string{
		"objectClass": {"groupOfUniqueNames"}, "uniqueMember": {"uid=b," + people + "#'0101'B", "uid=a," + people, "uid=c," + people + "#'2'B"},
	}})
	c := config(start(t, d))
	c.Groups.Members, c.Groups.Filter, c.Groups.Attributes = "UniqueMember", "(objectClass=groupOfUniqueNames)", nil
	got, _, err := read(t, c)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"uid=a," + people, "uid=b," + people, "uid=c," + people + "#'2'b"}
	if diff := cmp.Diff(want, got[0].Members); diff != "" || len(got[0].Attrs) != 0 {
		t.Errorf("got %v: %s", got[0].Attrs, diff)
	}
}
