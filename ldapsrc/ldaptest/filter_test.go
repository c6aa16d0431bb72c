package ldaptest

import (
	"testing"

	"github.com/go-ldap/ldap/v3"
)

func entryUnderTest(t testing.TB) *record {
	t.Helper()
	r, err := newRecord(Entry{DN: "uid=ada,ou=people,dc=x", Attrs: map[string][]string{
		"objectClass": {"top", "inetOrgPerson"}, "cn": {"Ada  Lovelace"}, "cn;lang-de": {"Ada aus London"},
		"mail": {"ada@example.com", "AL@Example.com"}, "uidNumber": {"1001"}, "userAccountControl": {"514"},
		"homeDirectory": {"/home/Ada"}, "objectGUID": {"\x00\xff*"}, "manager": {"UID=Babbage, OU=People,dc=x"},
		"createTimestamp": {"20260102030405Z"}, "userPassword": {"secret"}, "note": {"a*b(c)\\"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestFilter(t *testing.T) {
	t.Parallel()
	r := entryUnderTest(t)
	knows := func(base string) bool { return r.values(base) != nil || usual(base) }
	for _, test := range []struct {
		filter string
		want   truth
	}{
		// Equality by the attribute's rule.
		{"(cn=ada lovelace)", yes},
		{"(CN= ADA   LOVELACE )", yes},
		{"(cn=ada)", no},
		{"(sn=x)", no},
		{"(mail=al@example.com)", yes},
		{"(homeDirectory=/home/Ada)", yes},
		{"(homeDirectory=/home/ada)", no},
		{"(uidNumber=01001)", yes},
		{"(manager=uid=babbage,ou=people,DC=X)", yes},
		{"(manager=uid=other,dc=x)", no},
		{`(objectGUID=\00\ff\2a)`, yes},
		{`(objectGUID=\00\ff)`, no},
		{"(cn~=ADA LOVELACE)", yes},
		{`(note=a\2ab\28c\29\5c)`, yes},
		// Options (RFC 4512 §2.5.2).
		{"(cn;lang-de=ada aus london)", yes},
		{"(cn=ada aus london)", yes},
		{"(cn;lang-fr=*)", no},
		// Presence.
		{"(objectClass=*)", yes},
		{"(sn=*)", no},
		{"(nosuch=*)", undefined},
		// Substrings.
		{"(cn=ada*)", yes},
		{"(cn=*LACE)", yes},
		{"(cn=a*a l*e)", yes},
		{"(cn=*a*a*a*)", yes},
		{"(cn=*a*a*a*a*a*)", no},
		{"(cn=lov*)", no},
		{"(cn=ada*ada)", no},
		{"(cn;lang-de=ada*ada)", no},
		{"(cn=ada lovelace*ada lovelace)", no},
		{"(uidNumber=10*)", undefined},
		{"(manager=uid=*)", undefined},
		// Order.
		{"(uidNumber>=1001)", yes},
		{"(uidNumber>=999)", yes},
		{"(uidNumber<=999)", no},
		{"(uidNumber<=x)", undefined},
		{"(createTimestamp>=20260101000000Z)", yes},
		{"(createTimestamp<=20260101000000Z)", no},
		{"(createTimestamp<=yesterday)", undefined},
		{"(manager>=uid=a)", undefined},
		{"(cn>=ada)", yes},
		// Undefined (RFC 4511 §4.5.1.7).
		{"(nosuch=x)", undefined},
		{"(uidNumber=x)", undefined},
		{"(manager=babbage)", undefined},
		{"(userPassword=secret)", undefined},
		{"(userPassword=*)", undefined},
		{"(!(nosuch=x))", undefined},
		{"(&(nosuch=x)(cn=*))", undefined},
		{"(&(nosuch=x)(sn=*))", no},
		{"(|(nosuch=x)(cn=*))", yes},
		{"(|(nosuch=x)(sn=*))", undefined},
		{"(!(sn=*))", yes},
		{"(!(cn=*))", no},
		{"(&)", yes},
		{"(|)", no},
		{"(&(objectClass=inetorgperson)(|(sn=*)(!(mail=nobody@example.com))))", yes},
		// Extensible matches.
		{"(cn:caseExactMatch:=Ada Lovelace)", yes},
		{"(cn:caseExactMatch:=ada lovelace)", no},
		{"(cn:2.5.13.2:=ada lovelace)", yes},
		{"(homeDirectory:caseIgnoreMatch:=/HOME/ADA)", yes},
		{"(cn:=ada lovelace)", yes},
		{"(userAccountControl:1.2.840.113556.1.4.803:=2)", yes},
		{"(userAccountControl:1.2.840.113556.1.4.803:=3)", no},
		{"(userAccountControl:1.2.840.113556.1.4.804:=3)", yes},
		{"(!(userAccountControl:1.2.840.113556.1.4.803:=2))", no},
		{"(cn:1.2.3:=x)", undefined},
		{"(ou:dn:=people)", undefined},
		{"(:caseExactMatch:=x)", undefined},
	} {
		packet, err := ldap.CompileFilter(test.filter)
		if err != nil {
			t.Errorf("%s: %v", test.filter, err)
			continue
		}
		f, err := decodeFilter(packet)
		if err != nil {
			t.Errorf("%s: %v", test.filter, err)
			continue
		}
		if got := f.eval(r, knows); got != test.want {
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
	r := entryUnderTest(f)
	all := func(string) bool { return true }
	f.Fuzz(func(t *testing.T, s string) {
		packet, err := ldap.CompileFilter(s)
		if err != nil {
			return
		}
		decoded, err := decodeFilter(packet)
		if err != nil {
			return
		}
		got := decoded.eval(r, all)
		opposite := (&filter{op: ldap.FilterNot, parts: []*filter{decoded}}).eval(r, all)
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
		second, err := decodeFilter(again)
		if err != nil {
			t.Fatalf("%s, printed as %s: %v", s, printed, err)
		}
		if second.eval(r, all) != got {
			t.Errorf("%s, printed as %s: got %d, then %d", s, printed, got, second.eval(r, all))
		}
	})
}
