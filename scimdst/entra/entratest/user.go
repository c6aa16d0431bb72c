package entratest

import (
	"fmt"
	"strings"
)

// User is a person in the directory.
type User struct {
	// ID is given by AddUser if it is empty.
	ID                string
	UserPrincipalName string
	DisplayName       string
	GivenName         string
	Surname           string
	Mail              string
	// MailNickname is the local part of UserPrincipalName if it is empty.
	MailNickname string
	Department   string
	JobTitle     string
	Company      string
	EmployeeID   string
	Phone        string
	// Guest is somebody of another tenant.
	Guest bool
	// Disabled is somebody who cannot sign in.
	Disabled bool
	// Deleted is somebody in the recycle bin, whom no request shows.
	Deleted bool
	// OnPremises is what synchronization from a directory on premises gives;
	// nil for people who exist in the cloud only.
	OnPremises *OnPremises
	// Attributes are extensionAttribute1 to 15 at their place less one.
	Attributes [15]string
	// Extensions are directory extensions by their full name.
	Extensions map[string]string

	born    int
	changed int
}

// OnPremises are the properties of synchronized people that cannot be written
// through Graph.
type OnPremises struct {
	// ImmutableID is the base64 of objectGUID or ms-DS-ConsistencyGuid.
	ImmutableID        string
	SAMAccountName     string
	UserPrincipalName  string
	DistinguishedName  string
	DomainName         string
	SecurityIdentifier string
}

// AddUser puts a person into the directory without a request and without
// delay, and returns the id.
func (s *Server) AddUser(u User) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.world.addUser(&u)
}

// ChangeUser lets f change a person in the directory, as an administrator or
// synchronization does.
func (s *Server) ChangeUser(id string, f func(*User)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.world.userByID[id]
	if u == nil {
		return fmt.Errorf("change user %s: there is none", id)
	}
	delete(s.world.userByName, fold(u.UserPrincipalName))
	f(u)
	s.world.userByName[fold(u.UserPrincipalName)] = u
	u.changed = s.world.asked + 1
	return nil
}

func (w *world) addUser(u *User) (string, error) {
	if u.UserPrincipalName == "" {
		return "", fmt.Errorf("add user %q: userPrincipalName is empty", u.DisplayName)
	}
	if w.userByName[fold(u.UserPrincipalName)] != nil {
		return "", fmt.Errorf("add user %s: the userPrincipalName is taken", u.UserPrincipalName)
	}
	if u.ID == "" {
		u.ID = w.newID("05e40000")
	}
	if u.MailNickname == "" {
		u.MailNickname, _, _ = strings.Cut(u.UserPrincipalName, "@")
	}
	u.changed = w.asked
	w.users = append(w.users, u)
	w.userByID[u.ID] = u
	w.userByName[fold(u.UserPrincipalName)] = u
	return u.ID, nil
}

// Users returns a copy of the people who are not deleted, in the order in
// which they came.
func (s *Server) Users() []User {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]User, 0, len(s.world.users))
	for _, u := range s.world.users {
		if !u.Deleted {
			list = append(list, *u)
		}
	}
	return list
}

// fold is how the directory compares names.
func fold(text string) string { return strings.ToLower(text) }
