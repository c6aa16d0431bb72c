package ldapsrc

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"ldap2scim/plan"
)

// AccountAttributes returns the attributes of which it is known what they say
// of an account.
//
//   - userAccountControl and accountExpires: Active Directory. A lock-out, a
//     password that has expired and one that must be changed do not disable;
//     an account of a computer or of a trust is no person's.
//   - nsAccountLock: 389 Directory Server and FreeIPA.
//   - pwdAccountLockedTime: OpenLDAP's password policy. The account counts as
//     disabled while the attribute is there.
//   - shadowExpire: the days of shadow(5).
//   - krbPrincipalExpiration: FreeIPA.
//   - loginDisabled: eDirectory.
func AccountAttributes() []string {
	return []string{
		"userAccountControl", "accountExpires", "nsAccountLock", "pwdAccountLockedTime",
		"shadowExpire", "krbPrincipalExpiration", "loginDisabled",
	}
}

// accountAttribute is the name of one, and that in lower case.
type accountAttribute struct{ name, lower string }

// state judges the account by the attributes that the directory keeps for it.
// The first reason to count it as disabled stands.
func (p *shape) state(e *plan.Entry) {
	for _, a := range p.account {
		values := e.Attrs[a.lower]
		if len(values) == 0 {
			if a.lower == "useraccountcontrol" {
				flaw(e, "userAccountControl is not shown, so it is not known whether the account is disabled")
			}
			continue
		}
		p.onlyOne(e, a.lower)
		for _, value := range values {
			reason, wrong := p.judge(a, value)
			if e.Inactive == "" {
				e.Inactive = reason
			}
			if wrong != "" {
				flaw(e, wrong)
			}
		}
	}
}

// judge returns why a value disables the account, or "", and what is wrong
// with the value, or "".
func (p *shape) judge(a accountAttribute, value string) (reason, wrong string) {
	switch a.lower {
	case "useraccountcontrol":
		return judgeControl(value)
	case "nsaccountlock", "logindisabled":
		return judgeFlag(a.name, value)
	case "pwdaccountlockedtime":
		return judgeLock(value)
	}
	at, never, err := expiry(a.lower, value)
	switch {
	case err != nil:
		return "", fmt.Sprintf("%s is %q, which is not a time: %v", a.name, value, err)
	case never:
		return "", ""
	case p.now == nil:
		return "", fmt.Sprintf("the account expires on %s (%s), and it is not known which day it is", day(at), a.name)
	case !p.now().Before(at):
		return fmt.Sprintf("expired on %s (%s)", day(at), a.name), ""
	}
	return "", ""
}

// Bits of userAccountControl ([MS-ADTS] §2.2.16).
const (
	accountDisable     = 0x2
	tempDuplicate      = 0x100
	normalAccount      = 0x200
	interdomainTrust   = 0x800
	workstationAccount = 0x1000
	serverAccount      = 0x2000
)

func judgeControl(value string) (reason, wrong string) {
	n, err := strconv.ParseInt(value, 10, 64)
	if err != nil || n < math.MinInt32 || n > math.MaxUint32 {
		return "", fmt.Sprintf("userAccountControl is %q, which is not a number of 32 bits", value)
	}
	bits := uint32(n)
	for _, other := range []struct {
		bit  uint32
		what string
	}{
		{workstationAccount, "a computer"},
		{serverAccount, "a domain controller"},
		{interdomainTrust, "a trust between domains"},
		{tempDuplicate, "somebody of another domain (a local duplicate)"},
	} {
		if bits&other.bit != 0 {
			words := fmt.Sprintf("the account of %s (userAccountControl %s)", other.what, value)
			return words, "this is " + words + ", not of a person"
		}
	}
	if bits&accountDisable != 0 {
		return fmt.Sprintf("disabled (userAccountControl %s)", value), ""
	}
	if bits&normalAccount == 0 {
		return "", fmt.Sprintf("userAccountControl is %s, which is not that of a normal account", value)
	}
	return "", ""
}

func judgeFlag(name, value string) (reason, wrong string) {
	switch strings.ToLower(strings.TrimSpace(value)) {
	case "true":
		return fmt.Sprintf("disabled (%s)", name), ""
	case "false", "":
		return "", ""
	}
	return "", fmt.Sprintf("%s is %q, which is neither true nor false", name, value)
}

// lockedForGood is what an administrator's lock looks like
// (draft-behera-ldap-password-policy §5.3.3).
const lockedForGood = "000001010000Z"

func judgeLock(value string) (reason, wrong string) {
	if value == lockedForGood {
		return "locked until an administrator unlocks it (pwdAccountLockedTime)", ""
	}
	at, err := generalizedTime(value)
	if err != nil {
		return "locked (pwdAccountLockedTime)", fmt.Sprintf("pwdAccountLockedTime is %q, which is not a time: %v", value, err)
	}
	return fmt.Sprintf("locked since %s (pwdAccountLockedTime)", day(at)), ""
}

func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }
