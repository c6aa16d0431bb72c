package ivantitest

import (
	"errors"
	"fmt"
	"slices"
)

// token is one of the SCIM tokens, of which there are two at most.
type token struct {
	text   string
	active bool
}

// GenerateToken makes another SCIM token. There can be two.
func (s *Server) GenerateToken() (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.tokens) == 2 {
		return "", errors.New("there are two tokens, and there can be no more")
	}
	s.made++
	t := token{text: fmt.Sprintf("scim-token-%d", s.made), active: true}
	s.tokens = append(s.tokens, t)
	s.log(Event{Type: "SCIM Token", Action: "Created", Actor: "admin@tenant.example"})
	return t.text, nil
}

// ActivateToken makes a token active or inactive.
func (s *Server) ActivateToken(text string, on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	action := map[bool]string{true: "Enabled", false: "Disabled"}[on]
	for i := range s.tokens {
		if s.tokens[i].text == text {
			s.tokens[i].active = on
			s.log(Event{Type: "SCIM Token", Action: action, Actor: "admin@tenant.example"})
		}
	}
}

// RemoveToken deletes a token for good.
func (s *Server) RemoveToken(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tokens = slices.DeleteFunc(s.tokens, func(t token) bool { return t.text == text })
	s.log(Event{Type: "SCIM Token", Action: "Deleted", Actor: "admin@tenant.example"})
}

func (s *Server) accepts(text string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Contains(s.tokens, token{text: text, active: true})
}
