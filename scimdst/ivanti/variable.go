package ivanti

import (
	"regexp"
	"strings"
	"unicode"
)

// fate is what becomes of a variable after the migration.
type fate struct{ after, instead string }

// gone are the variables that only LDAP, Active Directory or the old Entra ID
// user source give a value (IVD, Variables: the column of what each needs).
// That they have none for a SCIM user is inferred from that table.
func gone() map[string]fate {
	const custom = "an IdP custom attribute that is filled with the same value, such as ${%s}"
	lost := func(name string) fate {
		return fate{"it has no value for people who come from SCIM", strings.ReplaceAll(custom, "%s", name)}
	}
	return map[string]fate{
		"usercn": lost("userCommonName"), "userdn": lost("distinguishedName"), "userou": lost("organizationalUnit"),
		"samaccountname": lost("samAccountNameIdp"), "userrealm": lost("realm"),
		"userupn":               {"it has no value for people who come from SCIM", "${userUID} where the user ID is the principal name, or an IdP custom attribute"},
		"onpremisesimmutableid": {"only the Entra ID user source fills it, not SCIM", "an IdP custom attribute that is filled from it"},
	}
}

// kept are the variables that work for people of every source (IVD, Variables).
func kept() []string {
	return []string{
		"department", "useruid", "useruidlocalpart", "useruiddomain", "useremailaddress", "useremailaddresslocalpart", "useremailaddressdomain",
		"userfirstname", "userlastname", "userdisplayname", "userlocale", "edipi", "managedappleid",
	}
}

// Custom is a custom attribute whose type changes: Was is its name in LDAP, Name
// that of the IdP attribute.
type Custom struct{ Was, Name string }

// expression finds ${...}, also with a function in it: ${fn:upper(userDN)}.
func expression() *regexp.Regexp { return regexp.MustCompile(`\$\{[^{}\r\n]{1,300}\}`) }

// names returns the variables within an expression: what is a name, is no
// function, and does not stand in quotes.
func names(inside string) []string {
	var found []string
	quote := rune(0)
	rs := []rune(inside)
	for i := 0; i < len(rs); {
		r := rs[i]
		switch {
		case quote != 0:
			if r == quote {
				quote = 0
			}
			i++
		case r == '\'' || r == '"':
			quote = r
			i++
		case unicode.IsLetter(r) || r == '_':
			from := i
			for i < len(rs) && (unicode.IsLetter(rs[i]) || unicode.IsDigit(rs[i]) || strings.ContainsRune("_.-:", rs[i])) {
				i++
			}
			word := string(rs[from:i])
			if i < len(rs) && rs[i] == '(' || strings.HasPrefix(word, "fn:") {
				continue
			}
			found = append(found, word)
		default:
			i++
		}
	}
	return found
}
