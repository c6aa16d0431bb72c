package ivantitest

import (
	"slices"
	"strings"
)

// The sources of accounts, in the vendor's words.
const (
	Local = "LOCAL"
	LDAPs = "LDAP"
	Entra = "AAD"
	SCIM  = "SCIM_AAD"
)

// Account is one of the tenant's users.
type Account struct {
	ID int64
	// UID is the user ID, unique without regard to case.
	UID                         string
	Email, First, Last, Display string
	// Source is LOCAL, LDAP, AAD, SCIM_AAD or another of the vendor's.
	Source   string
	Disabled bool
	// GUID and DN are what the LDAP server says of the person.
	GUID, DN string
	// NoSync: the LDAP server does not have the person any more.
	NoSync  bool
	AppleID string
	// LDAP and IdP are the custom attributes of either type, by name.
	LDAP, IdP map[string]string
	Groups    []string
}

// Accounts returns a copy of all accounts in the order of their ids.
func (s *Server) Accounts() []Account {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]Account, len(s.accounts))
	for i, a := range s.accounts {
		all[i] = *a
	}
	return all
}

// Account returns the account with a user ID.
func (s *Server) Account(uid string) (Account, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a := s.find(uid); a != nil {
		return *a, true
	}
	return Account{}, false
}

// The lock is held by who calls what follows.

func (s *Server) add(a Account) *Account {
	s.made++
	a.ID = 1000 + s.made
	s.accounts = append(s.accounts, &a)
	return &a
}

func (s *Server) find(uid string) *Account {
	i := slices.IndexFunc(s.accounts, func(a *Account) bool { return strings.EqualFold(a.UID, uid) })
	if i < 0 {
		return nil
	}
	return s.accounts[i]
}

// address makes a Managed Apple ID as the setting says, or "".
func (o AppleIDSetting) address(a *Account, attributes map[string]string) string {
	text := a.Email
	if o.Attribute != "" {
		text = attributes[o.Attribute]
	}
	local, domain, ok := strings.Cut(text, "@")
	switch {
	case !o.On || !ok:
		return ""
	case o.Subdomain:
		return local + "@appleid." + domain
	}
	return text
}

// frozen: the Managed Apple ID cannot change now.
func (s *Server) frozen(a *Account) bool {
	return a.AppleID != "" && slices.ContainsFunc(s.options.Devices, func(d Device) bool {
		return strings.EqualFold(d.UID, a.UID) && d.UserEnrolled && (d.State == "ACTIVE" || d.State == "RETIRE_PENDING")
	})
}
