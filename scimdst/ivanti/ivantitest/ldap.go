package ivantitest

import (
	"maps"
	"slices"
	"strings"
	"time"
)

const (
	// longestDisplayName is what the sync of the vendor takes; a longer one it
	// ignores.
	longestDisplayName = 128
	// mostCustom is the number of custom LDAP attributes that there can be.
	mostCustom = 7
)

// LDAP is the tenant's LDAP server. It is enabled at the start.
type LDAP struct {
	// Name is what the portal calls it.
	Name string
	// Interval is the sync interval; 15 minutes if 0.
	Interval time.Duration
	// People are those whom it finds.
	People []Person
	// AppleIDs is the setting of its page; Attribute is then an attribute of
	// LDAP.
	AppleIDs AppleIDSetting
	// Disabled is "Enable this LDAP Server" deselected.
	Disabled bool
}

// Person is an entry that the LDAP server finds.
type Person struct {
	GUID, DN, UID               string
	Email, First, Last, Display string
	// Custom are at most seven attributes.
	Custom map[string]string
	Groups []string
}

// Pass moves the clock on. An enabled LDAP server syncs at each interval.
func (s *Server) Pass(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	end := s.now.Add(d)
	for next := s.due; !next.After(end); next = s.due {
		s.now = next
		s.sync()
	}
	s.now = end
}

// Now is the service's clock.
func (s *Server) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

// EnableLDAP edits the LDAP server: true selects "Enable this LDAP Server".
func (s *Server) EnableLDAP(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := s.options.LDAP.Disabled
	s.options.LDAP.Disabled = !on
	s.log(Event{
		Type: "LDAP Server", Name: s.options.LDAP.Name, Action: "edited", Actor: "admin@tenant.example",
		Before: map[string]any{"enabled": !before}, After: map[string]any{"enabled": on},
	})
}

// SetPerson adds somebody to the directory, or changes them there; the tenant
// sees it at the next sync.
func (s *Server) SetPerson(p Person) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.removePerson(p.UID)
	s.options.LDAP.People = append(s.options.LDAP.People, p)
}

// RemovePerson takes somebody out of the directory.
func (s *Server) RemovePerson(uid string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.removePerson(uid)
}

func (s *Server) removePerson(uid string) {
	s.options.LDAP.People = slices.DeleteFunc(slices.Clone(s.options.LDAP.People), func(p Person) bool { return p.UID == uid })
}

// sync takes over what the directory says, if the server is there and enabled.
func (s *Server) sync() {
	l := s.options.LDAP
	s.due = s.now.Add(l.Interval)
	if l.Name == "" || l.Disabled {
		return
	}
	s.log(Event{Type: "LDAP Server", Name: l.Name, Action: "Sync started", Actor: "System"})
	found := map[string]bool{}
	for _, p := range l.People {
		found[strings.ToLower(p.UID)] = true
		s.take(p)
	}
	for _, a := range s.accounts {
		a.NoSync = a.Source == LDAPs && !found[strings.ToLower(a.UID)]
	}
	s.log(Event{Type: "LDAP Server", Name: l.Name, Action: "Sync completed", Actor: "System"})
}

func (s *Server) take(p Person) {
	a := s.find(p.UID)
	switch {
	case a == nil:
		a = s.add(Account{UID: p.UID, Source: LDAPs})
	case a.Source != LDAPs:
		return
	}
	a.GUID, a.DN, a.Email, a.First, a.Last = p.GUID, p.DN, p.Email, p.First, p.Last
	if len(p.Display) <= longestDisplayName {
		a.Display = p.Display
	}
	a.LDAP, a.Groups = maps.Clone(p.Custom), slices.Clone(p.Groups)
	for _, g := range p.Groups {
		if s.groups[g] == "" {
			s.groups[g] = LDAPs
		}
	}
	if !s.frozen(a) {
		a.AppleID = s.options.LDAP.AppleIDs.address(a, p.Custom)
	}
}
