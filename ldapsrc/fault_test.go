package ldapsrc_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"ldap2scim/ldapsrc"
	"ldap2scim/ldapsrc/ldaptest"
	"ldap2scim/plan"
)

// What cuts a search short by the server's own word is incomplete.
func TestIncomplete(t *testing.T) {
	t.Parallel()
	other := []string{"ldap://other.example.com/" + people}
	for name, test := range map[string]struct {
		fault  ldaptest.Fault
		limit  int
		people int
		why    string
	}{
		"size limit of the directory": {limit: 13, people: 13, why: "size limit"},
		"time limit":                  {fault: ldaptest.Fault{Page: 2, After: 3, Act: ldaptest.Answer, Code: 3}, people: 13, why: "time limit"},
		"size limit":                  {fault: ldaptest.Fault{Page: 3, After: 5, Act: ldaptest.Answer, Code: 4}, people: 25, why: "size limit"},
		"administrative limit":        {fault: ldaptest.Fault{Page: 1, Act: ldaptest.Answer, Code: 11}, why: "lower page_size"},
		"referral":                    {fault: ldaptest.Fault{Page: 1, Act: ldaptest.Answer, Code: 10, URLs: other}, why: other[0]},
		"referral of the base":        {fault: ldaptest.Fault{On: ldaptest.Looks, Act: ldaptest.Answer, Code: 10, URLs: other}, why: other[0]},
		"reference":                   {fault: ldaptest.Fault{Page: 2, After: 4, Act: ldaptest.Refer, URLs: other}, people: 25, why: "a reference to " + other[0]},
		"references on every page":    {fault: ldaptest.Fault{Act: ldaptest.Refer, URLs: other}, people: 25, why: "3 references"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := company(25)
			d.SizeLimit = test.limit
			if test.fault.Act != 0 {
				test.fault.Base = people
				d.Faults = []ldaptest.Fault{test.fault}
			}
			got, proof, err := read(t, config(start(t, d)))
			if err != nil {
				t.Fatal(err)
			}
			if proof.Complete {
				t.Error("the proof says complete")
			}
			if n := count(got, plan.Person); n != test.people {
				t.Errorf("got %d people, want %d", n, test.people)
			}
			if why := proof.Why(); !strings.HasPrefix(why, "users: ") || !strings.Contains(why, test.why) {
				t.Errorf("got why %q, want it to hold %q", why, test.why)
			}
			if n := count(got, plan.Group); n != 1 {
				t.Errorf("got %d groups, want the one that is there", n)
			}
		})
	}
}

// What breaks off is an error, and never an end.
func TestBroken(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault  ldaptest.Fault
		people int
		cause  error
		text   string
	}{
		"hang-up at once":         {fault: ldaptest.Fault{Act: ldaptest.HangUp}, cause: io.ErrUnexpectedEOF, text: "lost"},
		"hang-up within a page":   {fault: ldaptest.Fault{Page: 2, After: 5, Act: ldaptest.HangUp}, people: 15, cause: io.ErrUnexpectedEOF, text: "lost"},
		"hang-up after a page":    {fault: ldaptest.Fault{Page: 1, After: 10, Act: ldaptest.HangUp}, people: 10, cause: io.ErrUnexpectedEOF, text: "lost"},
		"hang-up at the base":     {fault: ldaptest.Fault{On: ldaptest.Looks, Act: ldaptest.HangUp}, cause: io.ErrUnexpectedEOF, text: "lost"},
		"notice of disconnection": {fault: ldaptest.Fault{Page: 2, Act: ldaptest.Say, Code: 52, Text: "going down"}, people: 10, text: "going down"},
		"busy":                    {fault: ldaptest.Fault{Page: 2, After: 2, Act: ldaptest.Answer, Code: 51}, people: 12, text: "Busy"},
		"no rights":               {fault: ldaptest.Fault{Act: ldaptest.Answer, Code: 50}, text: "Insufficient Access"},
		"lost cookie":             {fault: ldaptest.Fault{Page: 2, Act: ldaptest.LoseCookie}, people: 20, text: "cookie"},
		"lost control":            {fault: ldaptest.Fault{Page: 2, Act: ldaptest.LoseControl}, people: 20, text: "paging control"},
		"lost control at the end": {fault: ldaptest.Fault{Page: 3, Act: ldaptest.LoseControl}, people: 25, text: "paging control"},
		"never ending":            {fault: ldaptest.Fault{Act: ldaptest.Circle, Page: 0}, text: "does not come to an end"},
		"never ending later":      {fault: ldaptest.Fault{Act: ldaptest.Circle, Page: 2}, people: 10, text: "does not come to an end"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := company(25)
			test.fault.Base = people
			d.Faults = []ldaptest.Fault{test.fault}
			if test.fault.Act == ldaptest.Circle && test.fault.Page > 0 {
				later := test.fault
				later.Page++
				d.Faults = append(d.Faults, later)
			}
			got, proof, err := read(t, config(start(t, d)))
			if err == nil || proof.Complete {
				t.Fatalf("got %+v, %v, want an error", proof, err)
			}
			if test.cause != nil && !errors.Is(err, test.cause) {
				t.Errorf("got %v, want %v", err, test.cause)
			}
			if !strings.Contains(err.Error(), test.text) || !strings.Contains(err.Error(), "read users below "+people) {
				t.Errorf("got %v, want it to hold %q", err, test.text)
			}
			if n := count(got, plan.Person); n != test.people {
				t.Errorf("got %d people, want %d", n, test.people)
			}
		})
	}
}

func TestDuplicateBetweenPages(t *testing.T) {
	t.Parallel()
	d := company(25)
	d.Faults = []ldaptest.Fault{{Base: people, Page: 2, Act: ldaptest.Repeat}}
	got, proof, err := read(t, config(start(t, d)))
	if err != nil || !proof.Complete || count(got, plan.Person) != 26 || got[9].ID != got[10].ID || got[9].ID == "" {
		t.Errorf("got %d people, %+v, %v, want 26, one of them twice", count(got, plan.Person), proof, err)
	}
}

func TestChangeBetweenPages(t *testing.T) {
	t.Parallel()
	var s *ldaptest.Server
	d := company(25)
	d.Faults = []ldaptest.Fault{{Base: people, Page: 2, Act: ldaptest.Call, Do: func() {
		if err := s.Modify(person(20).DN, map[string][]string{"mail": {"new@example.com"}}); err != nil {
			t.Error(err)
		}
		if err := s.Delete(person(21).DN); err != nil {
			t.Error(err)
		}
	}}}
	s = start(t, d)
	got, proof, err := read(t, config(s))
	if err != nil || !proof.Complete || count(got, plan.Person) != 24 || got[20].First("mail") != "new@example.com" {
		t.Errorf("got %d people, %+v, %v, want 24, the 21st with its new mail", count(got, plan.Person), proof, err)
	}
}

// A page may come without entries and with a cookie; the search goes on.
func TestEmptyPage(t *testing.T) {
	t.Parallel()
	var s *ldaptest.Server
	d := company(35)
	d.Faults = []ldaptest.Fault{{Base: people, Page: 2, Act: ldaptest.Call, Do: func() {
		for i := 10; i < 30; i++ {
			if err := s.Delete(person(i).DN); err != nil {
				t.Error(err)
			}
		}
	}}}
	s = start(t, d)
	got, proof, err := read(t, config(s))
	if err != nil || !proof.Complete || count(got, plan.Person) != 15 || proof.Searches[0].Pages != 4 {
		t.Errorf("got %d people, %+v, %v, want 15 on 4 pages", count(got, plan.Person), proof, err)
	}
}

// A cancelled context ends a read at once, whatever the server does, and is
// never an end of the search.
func TestCancel(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]ldaptest.Fault{
		"within a page":          {Base: people, Page: 2, After: 5, Act: ldaptest.Stall},
		"between pages":          {Base: people, Page: 2, Act: ldaptest.Stall},
		"before the first entry": {On: ldaptest.Looks, Base: people, Act: ldaptest.Stall},
		"while entries come":     {},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := company(30)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			last := 15
			if fault.Act != 0 {
				first := fault
				first.Act, first.Do = ldaptest.Call, cancel
				d.Faults = []ldaptest.Fault{first, fault}
				last = 0
			}
			c := config(start(t, d))
			c.Timeout = 15 * time.Second
			s := open(t, c)
			n, begin := 0, time.Now()
			proof, err := s.Read(ctx, func(plan.Entry) error {
				if n++; n == last {
					cancel()
				}
				return nil
			})
			if !errors.Is(err, context.Canceled) || proof.Complete {
				t.Errorf("got %+v, %v, want %v", proof, err, context.Canceled)
			}
			if waited := time.Since(begin); waited > c.Timeout/2 {
				t.Errorf("it took %s", waited)
			}
			if _, err := s.Read(t.Context(), func(plan.Entry) error { return nil }); err == nil {
				t.Error("a read after it: got no error")
			}
		})
	}
}

func TestCancelledBefore(t *testing.T) {
	t.Parallel()
	server := start(t, company(1))
	s := open(t, config(server))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if proof, err := s.Read(ctx, func(plan.Entry) error { return nil }); !errors.Is(err, context.Canceled) || proof.Complete {
		t.Errorf("Read: got %+v, %v, want %v", proof, err, context.Canceled)
	}
	if _, err := ldapsrc.Open(ctx, config(server)); !errors.Is(err, context.Canceled) {
		t.Errorf("Open: got %v, want %v", err, context.Canceled)
	}
}

func TestClosed(t *testing.T) {
	t.Parallel()
	s := open(t, config(start(t, company(3))))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if proof, err := s.Read(t.Context(), func(plan.Entry) error { return nil }); err == nil || proof.Complete {
		t.Errorf("got %+v, %v, want an error: a closed connection is no empty directory", proof, err)
	}
}

func TestServerGone(t *testing.T) {
	t.Parallel()
	server, err := ldaptest.Start(company(3))
	if err != nil {
		t.Fatal(err)
	}
	s := open(t, config(server))
	if err := server.Close(); err != nil {
		t.Fatal(err)
	}
	if proof, err := s.Read(t.Context(), func(plan.Entry) error { return nil }); err == nil || proof.Complete {
		t.Errorf("got %+v, %v, want an error", proof, err)
	}
}

func TestTimeout(t *testing.T) {
	t.Parallel()
	d := company(25)
	d.Faults = []ldaptest.Fault{{Base: people, Page: 2, After: 5, Act: ldaptest.Stall}}
	c := config(start(t, d))
	c.Timeout = 2 * time.Second
	n := 0
	proof, err := open(t, c).Read(t.Context(), func(plan.Entry) error { n++; return nil })
	var failure *ldapsrc.Error
	if !errors.As(err, &failure) || !strings.Contains(err.Error(), "silent for 2s") || !strings.Contains(failure.Hint(), "timeout") {
		t.Errorf("got %v, want that the server was silent", err)
	}
	if n != 15 || proof.Complete {
		t.Errorf("got %d entries, %+v, want 15, incomplete", n, proof)
	}
}
