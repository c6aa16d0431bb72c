package ldapsrc

import (
	"strings"
	"testing"
	"time"

	"ldap2scim/plan"
)

func TestAccountState(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		name, value    string
		inactive, flaw string
	}{
		// userAccountControl, by bits.
		{"userAccountControl", "512", "", ""},
		{"userAccountControl", "66048", "", ""},
		{"userAccountControl", "514", "disabled (userAccountControl 514)", ""},
		{"userAccountControl", "66050", "disabled (userAccountControl 66050)", ""},
		{"userAccountControl", "546", "disabled", ""},
		{"userAccountControl", "262658", "disabled", ""},
		{"userAccountControl", "528", "", ""},     // locked out
		{"userAccountControl", "8389120", "", ""}, // the password has expired
		{"userAccountControl", "4096", "the account of a computer", "not of a person"},
		{"userAccountControl", "4098", "the account of a computer", "not of a person"},
		{"userAccountControl", "532480", "the account of a domain controller", "not of a person"},
		{"userAccountControl", "2080", "the account of a trust", "not of a person"},
		{"userAccountControl", "256", "local duplicate", "not of a person"},
		{"userAccountControl", "32", "", "not that of a normal account"},
		{"userAccountControl", "-2147483136", "", ""},
		{"userAccountControl", "x", "", "not a number of 32 bits"},
		{"userAccountControl", "99999999999", "", "not a number of 32 bits"},
		// Days of expiry, up to the second.
		{"accountExpires", "0", "", ""},
		{"accountExpires", "9223372036854775807", "", ""},
		{"accountExpires", "134221104000000000", "expired on 2026-05-01 (accountExpires)", ""},
		{"accountExpires", "134221104000000001", "", ""},
		{"accountExpires", "116444736000000000", "expired on 1970-01-01", ""},
		{"accountExpires", "-1", "", "is negative"},
		{"accountExpires", "soon", "", "not a number"},
		{"shadowExpire", "-1", "", ""},
		{"shadowExpire", "20574", "expired on 2026-05-01 (shadowExpire)", ""},
		{"shadowExpire", "20575", "", ""},
		{"shadowExpire", "0", "", "never to some"},
		{"shadowExpire", "x", "", "not a number of days"},
		{"krbPrincipalExpiration", "20260501120000Z", "expired on 2026-05-01", ""},
		{"krbPrincipalExpiration", "20260501120001Z", "", ""},
		{"krbPrincipalExpiration", "never", "", "not a generalized time"},
		// Locks.
		{"pwdAccountLockedTime", "000001010000Z", "until an administrator unlocks it", ""},
		{"pwdAccountLockedTime", "20260401000000Z", "locked since 2026-04-01", ""},
		{"pwdAccountLockedTime", "x", "locked (pwdAccountLockedTime)", "not a generalized time"},
		{"nsAccountLock", "TRUE", "disabled (nsAccountLock)", ""},
		{"nsAccountLock", "false", "", ""},
		{"nsAccountLock", "perhaps", "", "neither true nor false"},
		{"loginDisabled", "true", "disabled (loginDisabled)", ""},
	} {
		s := named{Search: Search{ID: "id", Account: []string{test.name}}, kind: plan.Person}
		p := newShape(Config{Now: func() time.Time { return now }}, s, nil)
		e := p.entry(record{dn: "cn=a", attrs: map[string][]string{strings.ToLower(test.name): {test.value}}})
		flaws := strings.Join(e.Flaws, "; ")
		if !strings.Contains(e.Inactive, test.inactive) || (e.Inactive == "") != (test.inactive == "") {
			t.Errorf("%s %s: got inactive %q, want %q", test.name, test.value, e.Inactive, test.inactive)
		}
		if !strings.Contains(flaws, test.flaw) || (flaws == "") != (test.flaw == "") {
			t.Errorf("%s %s: got flaws %q, want %q", test.name, test.value, flaws, test.flaw)
		}
		if len(e.Attrs) != 0 {
			t.Errorf("%s: got %v, want what no rule reads left out", test.name, e.Attrs)
		}
	}
}

// What is not known is said.
func TestAccountStateUnknown(t *testing.T) {
	t.Parallel()
	s := named{Search: Search{ID: "id", Account: []string{"userAccountControl", "accountExpires"}}, kind: plan.Person}
	for name, test := range map[string]struct {
		attrs map[string][]string
		flaw  string
	}{
		"no rights":  {map[string][]string{}, "userAccountControl is not shown"},
		"no clock":   {map[string][]string{"useraccountcontrol": {"512"}, "accountexpires": {"116444736000000000"}}, "not known which day it is"},
		"two values": {map[string][]string{"useraccountcontrol": {"512", "514"}}, "useraccountcontrol has 2 values"},
	} {
		e := newShape(Config{}, s, nil).entry(record{dn: "cn=a", attrs: test.attrs})
		if len(e.Flaws) != 1 || !strings.Contains(e.Flaws[0], test.flaw) {
			t.Errorf("%s: got flaws %q, want %q", name, e.Flaws, test.flaw)
		}
	}
}

// Every attribute that the configuration can name is judged.
func TestAccountAttributesAreKnown(t *testing.T) {
	t.Parallel()
	for _, name := range AccountAttributes() {
		if _, wrong := new(shape).judge(accountAttribute{name, strings.ToLower(name)}, "?"); wrong == "" {
			t.Errorf("%s: a value that is none has no flaw", name)
		}
	}
}
