package ldapsrc

import (
	"fmt"
	"strings"
	"testing"
)

func TestParseDescription(t *testing.T) {
	t.Parallel()
	for written, want := range map[string]description{
		"CN":                                   {name: "cn", asked: "CN"},
		"cn;lang-DE":                           {name: "cn;lang-de", asked: "cn;lang-DE"},
		"userCertificate;binary":               {name: "usercertificate", asked: "userCertificate;binary"},
		"member;range=0-1499":                  {name: "member", asked: "member", ranged: true, next: 1500},
		"Member;Range=1500-*":                  {name: "member", asked: "Member", ranged: true, low: 1500},
		"x;binary;range=2-3;a":                 {name: "x;a", asked: "x;binary;a", ranged: true, low: 2, next: 4},
		"member;range=-1--1":                   {name: "member", asked: "member", ranged: true},
		"member;range=":                        {name: "member", asked: "member", ranged: true},
		"member;range=0-999999999999999999999": {name: "member", asked: "member", ranged: true},
	} {
		if got := parseDescription(written); got != want {
			t.Errorf("%q: got %+v, want %+v", written, got, want)
		}
	}
}

// A range option never changes the attribute, and its bounds are what they
// say.
func FuzzRange(f *testing.F) {
	f.Add("member", "0", "1499")
	f.Add("member;lang-de", "1500", "*")
	f.Add("x", "-1", "18446744073709551616")
	f.Fuzz(func(t *testing.T, name, low, high string) {
		if strings.Contains(low+high, ";") {
			return
		}
		plain := parseDescription(name)
		got := parseDescription(name + ";range=" + low + "-" + high)
		if got.name != plain.name || got.asked != plain.asked || !got.ranged {
			t.Fatalf("got %+v, and without the range %+v", got, plain)
		}
		if got.low < 0 || got.next < 0 {
			t.Errorf("got %+v, want no bound below 0", got)
		}
		if got.next > 0 && !strings.Contains(name, "range=") && fmt.Sprint(got.next-1) != strings.TrimLeft(strings.TrimPrefix(high, "+"), "0") && got.next != 1 && !strings.Contains(low, "-") {
			t.Errorf("range %s-%s: got next %d", low, high, got.next)
		}
	})
}
