package filter

import (
	"slices"
	"testing"

	"github.com/go-ldap/ldap/v3"
)

func entryUnderTest() []Attribute {
	var attrs []Attribute
	for name, values := range map[string][]string{
		"objectClass": {"top", "inetOrgPerson"}, "cn": {"Ada  Lovelace"}, "cn;lang-de": {"Ada aus London"},
		"mail": {"ada@example.com", "AL@Example.com"}, "uidNumber": {"1001"}, "userAccountControl": {"514"},
		"homeDirectory": {"/home/Ada"}, "objectGUID": {"\x00\xff*"}, "manager": {"UID=Babbage, OU=People,dc=x"},
		"createTimestamp": {"20260102030405Z"}, "userPassword": {"secret"}, "note": {"a*b(c)\\"},
		"objectCategory": {"CN=Person,CN=Schema,CN=Configuration,DC=x"},
	} {
		attrs = append(attrs, Describe(name, values))
	}
	return attrs
}

func TestFilter(t *testing.T) {
	t.Parallel()
	r := entryUnderTest()
	knows := func(base string) bool {
		return Usual(base) || slices.ContainsFunc(r, func(a Attribute) bool { return a.Base == base })
	}
	for _, test := range []struct {
		filter string
		want   Truth
	}{
		// Equality by the attribute's rule.
		{"(cn=ada lovelace)", Yes},
		{"(CN= ADA   LOVELACE )", Yes},
		{"(cn=ada)", No},
		{"(sn=x)", No},
		{"(mail=al@example.com)", Yes},
		{"(homeDirectory=/home/Ada)", Yes},
		{"(homeDirectory=/home/ada)", No},
		{"(uidNumber=01001)", Yes},
		{"(manager=uid=babbage,ou=people,DC=X)", Yes},
		{"(manager=uid=other,dc=x)", No},
		{`(objectGUID=\00\ff\2a)`, Yes},
		{`(objectGUID=\00\ff)`, No},
		{"(cn~=ADA LOVELACE)", Yes},
		{`(note=a\2ab\28c\29\5c)`, Yes},
		// Options (RFC 4512 §2.5.2).
		{"(cn;lang-de=ada aus london)", Yes},
		{"(cn=ada aus london)", Yes},
		{"(cn;lang-fr=*)", No},
		// Presence.
		{"(objectClass=*)", Yes},
		{"(sn=*)", No},
		{"(nosuch=*)", Undefined},
		// Substrings.
		{"(cn=ada*)", Yes},
		{"(cn=*LACE)", Yes},
		{"(cn=a*a l*e)", Yes},
		{"(cn=*a*a*a*)", Yes},
		{"(cn=*a*a*a*a*a*)", No},
		{"(cn=lov*)", No},
		{"(cn=ada*ada)", No},
		{"(cn;lang-de=ada*ada)", No},
		{"(cn=ada lovelace*ada lovelace)", No},
		{"(uidNumber=10*)", Undefined},
		{"(manager=uid=*)", Undefined},
		// Order.
		{"(uidNumber>=1001)", Yes},
		{"(uidNumber>=999)", Yes},
		{"(uidNumber<=999)", No},
		{"(uidNumber<=x)", Undefined},
		{"(createTimestamp>=20260101000000Z)", Yes},
		{"(createTimestamp<=20260101000000Z)", No},
		{"(createTimestamp<=yesterday)", Undefined},
		{"(manager>=uid=a)", Undefined},
		{"(cn>=ada)", Yes},
		// Undefined (RFC 4511 §4.5.1.7).
		{"(nosuch=x)", Undefined},
		{"(uidNumber=x)", Undefined},
		{"(manager=babbage)", Undefined},
		{"(userPassword=secret)", Undefined},
		{"(userPassword=*)", Undefined},
		{"(!(nosuch=x))", Undefined},
		{"(&(nosuch=x)(cn=*))", Undefined},
		{"(&(nosuch=x)(sn=*))", No},
		{"(|(nosuch=x)(cn=*))", Yes},
		{"(|(nosuch=x)(sn=*))", Undefined},
		{"(!(sn=*))", Yes},
		{"(!(cn=*))", No},
		{"(&)", Yes},
		{"(|)", No},
		{"(&(objectClass=inetorgperson)(|(sn=*)(!(mail=nobody@example.com))))", Yes},
		// Extensible matches.
		{"(cn:caseExactMatch:=Ada Lovelace)", Yes},
		{"(cn:caseExactMatch:=ada lovelace)", No},
		{"(cn:2.5.13.2:=ada lovelace)", Yes},
		{"(homeDirectory:caseIgnoreMatch:=/HOME/ADA)", Yes},
		{"(cn:=ada lovelace)", Yes},
		{"(userAccountControl:1.2.840.113556.1.4.803:=2)", Yes},
		{"(userAccountControl:1.2.840.113556.1.4.803:=3)", No},
		{"(userAccountControl:1.2.840.113556.1.4.804:=3)", Yes},
		{"(!(userAccountControl:1.2.840.113556.1.4.803:=2))", No},
		{"(objectCategory=person)", Yes},
		{"(objectCategory=CN=Person,CN=Schema,CN=Configuration,DC=x)", Yes},
		{"(objectCategory=computer)", No},
		{"(cn:1.2.3:=x)", Undefined},
		{"(ou:dn:=people)", Undefined},
		{"(:caseExactMatch:=x)", Undefined},
	} {
		f, err := Parse(test.filter)
		if err != nil {
			t.Errorf("%s: %v", test.filter, err)
			continue
		}
		if got := f.Eval(r, knows); got != test.want {
			t.Errorf("%s: got %d, want %d (0 false, 1 undefined, 2 true)", test.filter, got, test.want)
		}
	}
}

// Every filter that the library compiles is decoded and evaluated; its
// negation is the opposite, and both survive being printed.
func FuzzFilter(f *testing.F) {
	for _, s := range []string{"(cn=a*b)", "(&(a=b)(!(c>=d)))", `(objectGUID=\00\ff)`, "(a:dn:2.5.13.2:=x)", "(|(a=*)(b~=c))", "(a:=b)"} {
		f.Add(s)
	}
	r := entryUnderTest()
	all := func(string) bool { return true }
	f.Fuzz(func(t *testing.T, s string) {
		packet, err := ldap.CompileFilter(s)
		if err != nil {
			return
		}
		decoded, err := Decode(packet)
		if err != nil {
			return
		}
		got := decoded.Eval(r, all)
		opposite := (&Filter{op: ldap.FilterNot, parts: []*Filter{decoded}}).Eval(r, all)
		if got.not() != opposite {
			t.Errorf("%s: got %d, and negated %d", s, got, opposite)
		}
		printed, err := ldap.DecompileFilter(packet)
		if err != nil {
			return
		}
		again, err := ldap.CompileFilter(printed)
		if err != nil {
			return
		}
		second, err := Decode(again)
		if err != nil {
			t.Fatalf("%s, printed as %s: %v", s, printed, err)
		}
		if second.Eval(r, all) != got {
			t.Errorf("%s, printed as %s: got %d, then %d", s, printed, got, second.Eval(r, all))
		}
	})
}

func TestAttributes(t *testing.T) {
	t.Parallel()
	f, err := Parse("(&(CN;lang-de=a)(|(sn=*)(!(cn:caseExactMatch:=b)))(:dn:2.5.13.2:=x))")
	if err != nil {
		t.Fatal(err)
	}
	if got := f.Attributes(); !slices.Equal(got, []string{"cn", "sn"}) {
		t.Errorf("got %q, want cn and sn", got)
	}
}
