package ldapsrc

import "testing"

func TestWithin(t *testing.T) {
	t.Parallel()
	const base, one, sub = 0, 1, 2
	for _, test := range []struct {
		key, base string
		scope     int
		want      bool
	}{
		{"ou=a,dc=x", "ou=a,dc=x", base, true},
		{"cn=b,ou=a,dc=x", "ou=a,dc=x", base, false},
		{"cn=b,ou=a,dc=x", "ou=a,dc=x", one, true},
		{"ou=a,dc=x", "ou=a,dc=x", one, false},
		{"cn=c,cn=b,ou=a,dc=x", "ou=a,dc=x", one, false},
		{`cn=b\,ou=a,dc=x`, "ou=a,dc=x", one, false},
		{`cn=b\,ou=a,dc=x`, "dc=x", one, true},
		{"ou=a,dc=x", "ou=a,dc=x", sub, true},
		{"cn=c,cn=b,ou=a,dc=x", "ou=a,dc=x", sub, true},
		{"cn=b,ou=aa,dc=x", "ou=a,dc=x", sub, false},
		{"cn=b,xou=a,dc=x", "ou=a,dc=x", sub, false},
		{`cn=b\,ou=a,dc=x`, "ou=a,dc=x", sub, false},
		{`cn=b\\,ou=a,dc=x`, "ou=a,dc=x", sub, true},
		{"dc=x", "", sub, true},
		{"dc=x", "", one, true},
		{"cn=a,dc=x", "", one, false},
		{"", "", one, false},
		{"", "", base, true},
	} {
		if got := within(test.key, test.base, test.scope); got != test.want {
			t.Errorf("%q within %q, scope %d: got %t, want %t", test.key, test.base, test.scope, got, test.want)
		}
	}
}
