package ldapsrc

import (
	"strings"
	"testing"
)

// Each code that a domain controller adds to a refused bind is said in words.
func TestAdviceOnBind(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]string{
		"525": "no such account", "52e": "password is wrong", "530": "may not log on now", "531": "may not log on now, or from here",
		"532": "has expired; set a new one", "533": "is disabled", "701": "account has expired", "773": "change its password",
		"775": "is locked", "1": "Check bind_dn", "52": "Check bind_dn",
	} {
		text := "80090308: LdapErr: DSID-0C090449, comment: AcceptSecurityContext error, data " + code + ", v4563\x00"
		if got := adviceOnBind(text); !strings.Contains(got, want) {
			t.Errorf("data %s: got %q, want %q", code, got, want)
		}
	}
	if got := adviceOnBind(""); !strings.Contains(got, "Check bind_dn") {
		t.Errorf("got %q", got)
	}
}
