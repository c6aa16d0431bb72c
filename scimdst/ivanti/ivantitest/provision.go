package ivantitest

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"ldap2scim/scimdst/scimtest"
)

const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"

// rule holds what is sent against the vendor's page on User Provisioning.
func (s *Server) rule(c scimtest.Change) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.Kind == "Group" {
		return s.groupRule(c)
	}
	keep(c.Before, c.After)
	if err := s.personRule(c); err != nil {
		return err
	}
	custom, _ := c.After[scimtest.Ivanti].(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(custom)) {
		if !slices.ContainsFunc(s.options.IdPAttributes, func(known string) bool { return strings.EqualFold(known, name) }) {
			return fmt.Errorf("the custom attribute %s does not exist in this tenant", name)
		}
	}
	return s.takesOver(c)
}

// personRule is what the vendor asks of each person.
func (s *Server) personRule(c scimtest.Change) error {
	name, _ := c.After["name"].(map[string]any)
	switch {
	case c.Before == nil && c.After["active"] == false:
		return errors.New("inactive users cannot be provisioned")
	case email(c.After) == "":
		return errors.New("the email address is mandatory")
	case blank(name["givenName"]) || blank(name["familyName"]):
		return errors.New("the first and the last name must not be blank")
	case c.Before != nil && !s.options.Renames && text(c.Before, "userName") != text(c.After, "userName"):
		return errors.New("the userName of a user who is provisioned cannot be changed")
	}
	return nil
}

// takesOver refuses to make a SCIM account of one where no page says so.
func (s *Server) takesOver(c scimtest.Change) error {
	a := s.find(text(c.After, "userName"))
	if a == nil || a.Source == SCIM {
		return nil
	}
	switch {
	case a.Source == LDAPs && s.options.LDAP.Name != "" && !s.options.LDAP.Disabled:
		return &scimtest.Refusal{Status: http.StatusConflict, Detail: "the account belongs to an LDAP server that is enabled"}
	case a.Source == LDAPs, a.Source == Local, a.Source == Entra:
		return nil
	}
	return fmt.Errorf("an account of source %s is not taken over", a.Source)
}

func (s *Server) groupRule(c scimtest.Change) error {
	name := text(c.After, "displayName")
	for known, source := range s.groups {
		if strings.EqualFold(known, name) && source != SCIM && source != LDAPs && source != Entra {
			return &scimtest.Refusal{Status: http.StatusConflict, ScimType: "uniqueness", Detail: "duplicate groups from different sources are not allowed"}
		}
	}
	for _, id := range memberIDs(c.After) {
		if s.scimGroup[id] != "" {
			return errors.New("nested groups are not supported")
		}
	}
	return nil
}

// stored makes the accounts what was provisioned.
func (s *Server) stored(c scimtest.Change) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case c.Kind == "Group":
		s.storeGroup(c)
	case c.After == nil:
		if a := s.find(s.scimUser[c.ID]); a != nil { // a soft delete
			a.Disabled = true
		}
	default:
		s.storePerson(c)
	}
}

func (s *Server) storePerson(c scimtest.Change) {
	uid := text(c.After, "userName")
	a := s.find(uid)
	if old := s.scimUser[c.ID]; old != "" {
		a = s.find(old)
	}
	if a == nil {
		a = s.add(Account{})
	}
	s.scimUser[c.ID] = uid
	name, _ := c.After["name"].(map[string]any)
	a.UID, a.Source, a.NoSync = uid, SCIM, false
	a.Email, a.Display, a.Disabled = email(c.After), text(c.After, "displayName"), c.After["active"] == false
	a.First, a.Last = text(name, "givenName"), text(name, "familyName")
	custom, _ := c.After[scimtest.Ivanti].(map[string]any)
	if a.IdP == nil && len(custom) > 0 {
		a.IdP = map[string]string{}
	}
	for key := range custom {
		a.IdP[key] = text(custom, key)
	}
	if !s.frozen(a) {
		a.AppleID = s.options.AppleIDs.address(a, a.IdP)
	}
}

func (s *Server) storeGroup(c scimtest.Change) {
	old := s.scimGroup[c.ID]
	delete(s.groups, old)
	delete(s.members, c.ID)
	if c.After != nil {
		name := text(c.After, "displayName")
		s.scimGroup[c.ID], s.groups[name], s.members[c.ID] = name, SCIM, memberIDs(c.After)
		return
	}
	delete(s.scimGroup, c.ID)
	for _, id := range memberIDs(c.Before) { // who is in no other group is disabled
		if a := s.find(s.scimUser[id]); a != nil && !s.inGroup(id) {
			a.Disabled = true
		}
	}
}

func (s *Server) inGroup(id string) bool {
	for _, ids := range s.members {
		if slices.Contains(ids, id) {
			return true
		}
	}
	return false
}

// keep puts back what a request would have made blank: the vendor does not
// clear, and what is not mapped any more keeps its value.
func keep(before, after map[string]any) {
	for _, key := range []string{"displayName", scimtest.Ivanti, enterprise} {
		old, was := before[key]
		if !was {
			continue
		}
		inner, isMap := old.(map[string]any)
		switch now := after[key].(type) {
		case nil:
			after[key] = old
		case string:
			if now == "" {
				after[key] = old
			}
		case map[string]any:
			for name, value := range inner {
				if isMap && blank(now[name]) {
					now[name] = value
				}
			}
		}
	}
}

func text(m map[string]any, key string) string {
	t, _ := m[key].(string)
	return t
}

func blank(v any) bool {
	t, _ := v.(string)
	return strings.TrimSpace(t) == ""
}

func email(body map[string]any) string {
	list, _ := body["emails"].([]any)
	for _, e := range list {
		entry, _ := e.(map[string]any)
		if value := text(entry, "value"); value != "" {
			return value
		}
	}
	return ""
}

func memberIDs(body map[string]any) []string {
	list, _ := body["members"].([]any)
	var ids []string
	for _, m := range list {
		entry, _ := m.(map[string]any)
		ids = append(ids, text(entry, "value"))
	}
	return ids
}
