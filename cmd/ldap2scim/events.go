package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"ldap2scim/migrate"
	"ldap2scim/plan"
)

// eventFile is the file of --events: one JSON object a line, as
// docs/watching.md says. A line is written whole and at once, so that a reader
// sees what has happened when the program is killed. It names steps and objects
// by their IDs, and has no text of the destination, as that may name people.
type eventFile struct {
	mu   sync.Mutex
	file *os.File
	// err is the first that came up; nothing is written after it.
	err error
}

func openEvents(path string) (*eventFile, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the file of events: %w", err)
	}
	return &eventFile{file: file}, nil
}

func (f *eventFile) close() error {
	err := errors.Join(f.err, f.file.Close())
	if err != nil {
		return fmt.Errorf("write events: %w", err)
	}
	return nil
}

// What the events have beside their time and name.
type (
	startedFields struct {
		Plan  string `json:"plan"`
		Steps int    `json:"steps"`
	}
	endedFields struct {
		Done        int  `json:"done"`
		Failed      int  `json:"failed"`
		Left        int  `json:"left"`
		Unknown     int  `json:"unknown"`
		Interrupted bool `json:"interrupted"`
	}
	costFields struct {
		Requests    int     `json:"requests"`
		Writes      int     `json:"writes"`
		Units       int     `json:"units"`
		Throttled   int     `json:"throttled"`
		Quota       float64 `json:"quota"`
		Scope       string  `json:"scope"`
		Information string  `json:"information"`
	}
	readFields struct {
		Kind plan.Kind `json:"kind"`
		N    int       `json:"n"`
	}
	countFields struct {
		N int `json:"n"`
	}
	steeredFields struct {
		Rate   float64 `json:"rate"`
		Paused bool    `json:"paused"`
	}
	secondsFields struct {
		Seconds float64 `json:"seconds"`
	}
	pacedFields struct {
		Rate    float64 `json:"rate"`
		AtATime int     `json:"atATime"`
	}
	downFields struct {
		Denied bool      `json:"denied"`
		Until  time.Time `json:"until"`
	}
	stepFields struct {
		Step   plan.StepID     `json:"step"`
		Action string          `json:"action"`
		Kind   plan.Kind       `json:"kind"`
		Object plan.ExternalID `json:"object"`
	}
	sendingFields struct {
		stepFields
		Attempt int `json:"attempt"`
	}
	waitingFields struct {
		stepFields
		Result  result  `json:"result"`
		Seconds float64 `json:"seconds"`
	}
	foundFields struct {
		stepFields
		Found string `json:"found"`
	}
	refusedFields struct {
		stepFields
		// Failure is "unknown" where nobody knows what became of the step.
		Failure string `json:"failure"`
	}
)

// observe is a [migrate.Observer].
func (f *eventFile) observe(e migrate.Event) {
	name, fields := described(e)
	f.write(time.Now(), name, fields)
}

// described is an event as its name and what else there is to it.
func described(e migrate.Event) (name string, fields any) {
	switch e := e.(type) {
	case migrate.Read:
		return "read", readFields{Kind: e.Kind, N: e.N}
	case migrate.Restarted:
		return "restarted", struct{}{}
	case migrate.Settling:
		return "settling", secondsFields{Seconds: e.For.Seconds()}
	case migrate.Again:
		return "again", secondsFields{Seconds: e.For.Seconds()}
	case migrate.Steered:
		return "steered", steeredFields{Rate: e.Rate, Paused: e.Paused}
	case migrate.Paced:
		return "paced", pacedFields{Rate: e.Rate, AtATime: e.AtATime}
	case migrate.Down:
		return "down", downFields{Denied: e.Denied, Until: e.Until.UTC()}
	case migrate.Back:
		return "back", struct{}{}
	case migrate.Marked:
		return "marked", countFields{N: e.N}
	case migrate.Sending:
		return "sending", sendingFields{stepFields: fieldsOf(e.Step), Attempt: e.Attempt}
	case migrate.Withheld:
		return "withheld", sendingFields{stepFields: fieldsOf(e.Step), Attempt: e.Attempt}
	case migrate.Answered:
		return "answered", fieldsOf(e.Step)
	case migrate.Waiting:
		return "waiting", waitingFields{stepFields: fieldsOf(e.Step), Result: resultOf(e.Err), Seconds: e.For.Seconds()}
	case migrate.LookedUp:
		return "looked-up", foundFields{stepFields: fieldsOf(e.Step), Found: foundWord(e.Found)}
	case migrate.Refused:
		failure := string(e.Failure)
		if failure == "" {
			failure = "unknown"
		}
		return "refused", refusedFields{stepFields: fieldsOf(e.Step), Failure: failure}
	case migrate.Recorded:
		return "recorded", countFields{N: e.N}
	}
	return "other", struct{}{}
}

func fieldsOf(s plan.Step) stepFields {
	return stepFields{Step: s.ID, Action: s.Action.Word(), Kind: s.Kind, Object: s.Object}
}

func foundWord(f plan.Found) string {
	switch f {
	case plan.AlreadySo:
		return "already-so"
	case plan.Foreign:
		return "foreign"
	case plan.NotSo:
	}
	return "not-so"
}

// write appends one line: the time and the name first.
func (f *eventFile) write(now time.Time, name string, fields any) {
	head, err := json.Marshal(struct {
		Time  time.Time `json:"time"`
		Event string    `json:"event"`
	}{now.UTC(), name})
	rest, restErr := json.Marshal(fields)
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err != nil {
		return
	}
	if f.err = errors.Join(err, restErr); f.err != nil {
		return
	}
	line := head[:len(head)-1]
	if len(rest) > len("{}") {
		line = append(append(line, ','), rest[1:len(rest)-1]...)
	}
	_, f.err = f.file.Write(append(line, '}', '\n'))
}
