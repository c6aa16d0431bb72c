package plan

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/go-ldap/ldap/v3"
)

func TestLooksLikeDN(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]bool{
		"cn=a,dc=b": true, "cn=a+uid=b,dc=c": true, "2.5.4.3=a,dc=b": true, `cn=a\,b,dc=c`: true, "CN = a , DC = b": true, "cn=,dc=": true, "cn=#0402ab,dc=b": true,
		"": false, "a": false, "cn=a": false, "cn=a+uid=b": false, "=a,=b": false, "a=b;c=d": false, "1=2=3": false, "a=b,c": false, "a b=c,d=e": false,
		"1..2=a,dc=b": false, `cn=a,dc=b\`: false, "x@y, z": false, `cn="a",dc=b`: false, "price=3,50": false,
	} {
		if got := looksLikeDN(s); got != want {
			t.Errorf("%q: %v, want %v", s, got, want)
		}
	}
}

// FuzzLooksLikeDN: what is taken for a DN is one for another parser too, and
// a DN that was put together with escapes is found.
func FuzzLooksLikeDN(f *testing.F) {
	f.Add("cn=a,dc=b", "x", "y")
	f.Add(`cn=a\2cb,dc=c+d=e`, "a,b", " #")
	f.Add("1.2=a,b=c", `\`, "\"<>;")
	f.Fuzz(func(t *testing.T, s, a, b string) {
		if utf8.ValidString(s) && looksLikeDN(s) {
			dn, err := ldap.ParseDN(s)
			// That parser wants hexadecimal after # and after some backslashes.
			if err == nil && len(dn.RDNs) < 2 {
				t.Errorf("%q has %d parts", s, len(dn.RDNs))
			}
		}
		if built := "cn=" + ldap.EscapeDN(a) + ",dc=" + ldap.EscapeDN(b); !looksLikeDN(built) {
			t.Errorf("%q is a DN", built)
		}
	})
}

// FuzzAppleID: an ID has one @ more than none, keeps what stands before it,
// and the subdomain goes before the domain alone.
func FuzzAppleID(f *testing.F) {
	f.Add("user@example.com")
	f.Add("a@b@c")
	f.Add(" @ ")
	f.Fuzz(func(t *testing.T, address string) {
		plain, sub := AppleIDPattern{From: "mail"}, AppleIDPattern{From: "mail", Subdomain: true}
		one, two := plain.of(address), sub.of(address)
		if (one == "") != (two == "") {
			t.Fatalf("%q: %q and %q", address, one, two)
		}
		if one == "" {
			return
		}
		at := strings.LastIndex(one, "@")
		if one[:at]+"@appleid."+one[at+1:] != two || plain.of(one) != one || one != strings.TrimSpace(address) {
			t.Errorf("%q: %q and %q", address, one, two)
		}
		if none := (AppleIDPattern{Subdomain: true}).of(address); none != "" {
			t.Errorf("no pattern gives %q", none)
		}
	})
}

// TestAppleIDs has the vendor's example.
func TestAppleIDs(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"user@example.com": "user@appleid.example.com", " user@example.com ": "user@appleid.example.com", "user": "", "@x": "", "x@": "", "": "",
	} {
		if got := (AppleIDPattern{From: "mail", Subdomain: true}).of(address); got != want {
			t.Errorf("%q: %q, want %q", address, got, want)
		}
	}
}

// BenchmarkWant is the rules on one person, with a mapping of each form.
func BenchmarkWant(b *testing.B) {
	rules := Rules{MembersPerRequest: 1, Group: []Mapping{{Target: DisplayName, Source: "cn"}}, Person: []Mapping{
		{Target: UserName, Source: "uid"},
		{Target: DisplayName, First: []string{"displayname", "cn"}},
		{Target: WorkEmail, Expression: `lower(first("mail"))`},
	}}
	m, err := newMapper(Input{Rules: rules})
	if err != nil {
		b.Fatal(err)
	}
	e := Entry{Kind: Person, ID: "p", Attrs: map[string][]string{"uid": {"u"}, "cn": {"c"}, "mail": {"U@X"}}}
	for b.Loop() {
		m.want(e)
	}
}
