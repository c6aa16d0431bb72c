package ivantitest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Event is one line of the audit trail.
type Event struct {
	At                 time.Time
	Type, Name, Action string
	Actor              string
	Before, After      map[string]any
}

// Log adds an event of the present moment, such as what an administrator does
// elsewhere.
func (s *Server) Log(e Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log(e)
}

// log is Log under the lock.
func (s *Server) log(e Event) {
	e.At = s.now
	s.trail = append(s.trail, e)
}

// Trail returns the audit trail.
func (s *Server) Trail() []Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.trail)
}

// AuditJSON is the trail as the export writes it in JSON. The names of the
// fields are those that the vendor documents for the export in CEF.
func (s *Server) AuditJSON() []byte {
	type line struct {
		CreatedAt  string         `json:"createdAt"`
		EntityType string         `json:"entityType"`
		EntityName string         `json:"entityName"`
		ActionType string         `json:"actionType"`
		Actor      string         `json:"actor"`
		Before     map[string]any `json:"before,omitempty"`
		After      map[string]any `json:"after,omitempty"`
	}
	lines := []line{}
	for _, e := range s.Trail() {
		lines = append(lines, line{e.At.Format(time.RFC3339), e.Type, e.Name, e.Action, e.Actor, e.Before, e.After})
	}
	b, err := json.MarshalIndent(lines, "", " ")
	if err != nil {
		panic(err) // unreachable: an event is text
	}
	return append(b, '\n')
}

// AuditCEF is the trail as the export writes it in CEF.
func (s *Server) AuditCEF() []byte {
	var b bytes.Buffer
	for i, e := range s.Trail() {
		state := func(m map[string]any) string {
			j, err := json.Marshal(m)
			if err != nil {
				panic(err) // unreachable: an event is text
			}
			return strings.ReplaceAll(string(j), "=", `\=`)
		}
		meta := fmt.Sprintf(`{"createdAt":%q,"entityType":%q,"entityName":%q,"actionType":%q}`, e.At.Format(time.RFC3339), e.Type, e.Name, e.Action)
		fmt.Fprintf(&b, "CEF:25|Ivanti Inc|Ivanti Neurons for MDM|119|%d|%s|Low|cs1Label=meta cs1=%s cs2Label=actor cs2=%s cs3Label=before cs3=%s cs4Label=after cs4=%s\n",
			i+1, strings.ReplaceAll(e.Type+" "+e.Action, "|", `\|`), meta, e.Actor, state(e.Before), state(e.After))
	}
	return b.Bytes()
}
