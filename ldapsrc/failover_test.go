package ldapsrc_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/go-ldap/ldap/v3"

	"ldap2scim/ldapsrc"
	"ldap2scim/ldapsrc/ldaptest"
	"ldap2scim/plan"
)

// The first server that answers is read.
func TestFailover(t *testing.T) {
	t.Parallel()
	good := start(t, company(3))
	gone := "ldap://" + closedPort(t)
	busy := start(t, ldaptest.Directory{Faults: []ldaptest.Fault{{On: ldaptest.Binds, Act: ldaptest.Answer, Code: 52}}})
	refusing := start(t, ldaptest.Directory{Faults: []ldaptest.Fault{{On: ldaptest.Binds, Act: ldaptest.Answer, Code: 49}}})
	for name, test := range map[string]struct {
		urls []string
		code uint16
		text string
	}{
		"the second":      {urls: []string{gone, good.URL()}},
		"the third":       {urls: []string{busy.URL(), gone, good.URL()}},
		"the first":       {urls: []string{good.URL(), gone}},
		"wrong password":  {urls: []string{gone, refusing.URL(), good.URL()}, code: 49, text: refusing.URL()},
		"none":            {urls: []string{gone, busy.URL()}, code: 52, text: gone},
		"only urls":       {urls: []string{"", good.URL()}},
		"one that is not": {urls: []string{gone}, text: "connection refused"},
	} {
		c := config(good)
		c.URL, c.URLs = test.urls[0], test.urls[1:]
		source, err := ldapsrc.Open(t.Context(), c)
		if err == nil {
			proof, err := source.Read(t.Context(), func(plan.Entry) error { return nil })
			if err != nil || !proof.Complete || proof.Searches[0].Entries != 3 {
				t.Errorf("%s: got %+v, %v", name, proof, err)
			}
			if err := source.Close(); err != nil {
				t.Error(err)
			}
		}
		var failure *ldapsrc.Error
		switch {
		case test.text == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case test.text != "" && (err == nil || !strings.Contains(err.Error(), test.text) || !errors.As(err, &failure) || failure.Hint() == ""):
			t.Errorf("%s: got %v, want it to say %q, and a hint", name, err, test.text)
		case test.code != 0 && !ldap.IsErrorWithCode(err, test.code):
			t.Errorf("%s: got %v, want result %d", name, err, test.code)
		}
	}
}

// A lost connection is made again, and the search begun again, as long as
// nobody has an entry of it.
func TestLostBeforeTheFirstEntry(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		times int
		fine  bool
	}{"once": {1, true}, "twice": {2, true}, "always": {99, false}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := company(25)
			var s *ldaptest.Server
			left := test.times
			d.Faults = []ldaptest.Fault{{Base: groups, Act: ldaptest.Call, Do: func() {
				if left--; left < 0 {
					s.Break()
				}
			}}, {Base: groups, Act: ldaptest.HangUp}}
			s = start(t, d)
			// The faults of a search were chosen before Break: one more.
			if test.fine {
				left--
			}
			got, proof, err := read(t, config(s))
			if test.fine && (err != nil || !proof.Complete || len(got) != 26 || len(proof.Searches) != 2) {
				t.Errorf("got %d entries, %+v, %v", len(got), proof, err)
			}
			var failure *ldapsrc.Error
			if !test.fine && (!errors.As(err, &failure) || !failure.Temporary() || proof.Complete || len(got) != 25) {
				t.Errorf("got %d entries, %+v, %v, want a temporary error", len(got), proof, err)
			}
		})
	}
}

// After its first entry a search is an error, and a read from the beginning
// connects again by itself.
func TestLostAfterTheFirstEntry(t *testing.T) {
	t.Parallel()
	d := company(25)
	d.Faults = []ldaptest.Fault{{Base: people, Page: 2, After: 5, Act: ldaptest.HangUp}}
	server := start(t, d)
	s := open(t, config(server))
	n := 0
	yield := func(plan.Entry) error { n++; return nil }
	proof, err := s.Read(t.Context(), yield)
	var failure *ldapsrc.Error
	if !errors.As(err, &failure) || !failure.Temporary() || proof.Complete || n != 15 {
		t.Errorf("got %d entries, %+v, %v, want a temporary error after 15", n, proof, err)
	}
	server.Break()
	if facts, err := s.Check(t.Context()); err != nil || len(facts.Bases) != 2 {
		t.Errorf("check: got %+v, %v", facts, err)
	}
	n = 0
	if proof, err := s.Read(t.Context(), yield); err != nil || !proof.Complete || n != 26 {
		t.Errorf("again: got %d entries, %+v, %v, want all 26", n, proof, err)
	}
}

// A server that is gone in the middle of a read is replaced by the next one.
func TestFailoverBetweenSearches(t *testing.T) {
	t.Parallel()
	first, err := ldaptest.Start(company(5))
	if err != nil {
		t.Fatal(err)
	}
	second := start(t, company(5))
	c := config(first)
	c.URLs = []string{second.URL()}
	s := open(t, c)
	n := 0
	proof, err := s.Read(t.Context(), func(plan.Entry) error {
		if n++; n == 5 {
			return first.Close()
		}
		return nil
	})
	if err != nil || !proof.Complete || n != 6 || second.Searches() == 0 {
		t.Errorf("got %d entries, %+v, %v, want 6, the last from the second server", n, proof, err)
	}
}
