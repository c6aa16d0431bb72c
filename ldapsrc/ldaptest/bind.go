package ldaptest

import (
	"slices"
	"strings"

	"github.com/go-ldap/ldap/v3"

	"ldap2scim/ldapsrc/internal/filter"
)

// bind answers a bind (RFC 4511 §4.2). A failed one leaves the session
// anonymous.
func (s *session) bind(r request) error {
	s.bound = ""
	if len(r.op.Children) < 3 {
		return errEnd
	}
	dn := r.op.Children[1].Data.String()
	method := r.op.Children[2]
	path, err := filter.Path(dn)
	for _, f := range s.server.struck(Binds, path, 0) {
		switch f.Act {
		case HangUp:
			return errEnd
		case Stall:
			return s.stall()
		case Answer:
			return s.bindReply(r, f.Code, f.Text)
		case Call:
			f.Do()
		default: // the others are of searches
		}
	}
	password := method.Data.String()
	switch {
	case method.Tag != 0:
		return s.bindReply(r, ldap.LDAPResultAuthMethodNotSupported, "simple binds only")
	case dn == "" && password == "":
		return s.bindReply(r, ldap.LDAPResultSuccess, "")
	case password == "":
		// RFC 4513 §5.1.2: a name and no password proves nothing.
		return s.bindReply(r, ldap.LDAPResultUnwillingToPerform, "unauthenticated bind is not allowed")
	case err != nil:
		return s.bindReply(r, ldap.LDAPResultInvalidDNSyntax, err.Error())
	}
	key := strings.Join(path, ",")
	who := s.server.store.get(key)
	if who == nil || !slices.Contains(who.values("userpassword"), password) {
		return s.bindReply(r, ldap.LDAPResultInvalidCredentials, "")
	}
	s.bound = key
	return s.bindReply(r, ldap.LDAPResultSuccess, "")
}

func (s *session) bindReply(r request, code int, text string) error {
	return s.reply(r, ldap.ApplicationBindResponse, reply{code: code, text: text})
}
