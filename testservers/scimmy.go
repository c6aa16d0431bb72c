package testservers

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"testing"
	"time"
)

// Service is a SCIM 2.0 service that runs until the test is over. It holds
// users (core, enterprise and Ivanti schema) and groups in memory; userName,
// a group's displayName and externalId are unique.
type Service struct {
	// URL is the SCIM base, without a slash at its end.
	URL string
	// Token is the bearer token that every SCIM request needs.
	Token string

	t       testing.TB
	control string
}

// Counters is what a service holds and what it was asked since it started or
// was reset.
type Counters struct {
	Users  int `json:"users"`
	Groups int `json:"groups"`
	// Requests counts by method and endpoint: "POST Users".
	Requests map[string]int `json:"requests"`
	// Statuses counts answers by HTTP status, those that were dropped too.
	Statuses map[int]int `json:"statuses"`
	// Dropped counts writes that were carried out and whose answer was lost.
	Dropped int `json:"dropped"`
}

// SCIMMY starts a SCIM service made of the npm packages scimmy and express,
// with a token of its own.
func SCIMMY(t testing.TB) *Service {
	t.Helper()
	node := requireProgram(t, "nodejs", "node")
	script := filepath.Join(scimmyFolder(t), "server.mjs")
	token := rand.Text()
	greeting := &firstLine{done: make(chan struct{})}
	p := launch(t, program{
		name: "scimmy", path: node, args: []string{script},
		env: []string{"TOKEN=" + token}, tee: greeting,
	})
	var hello struct {
		Port int `json:"port"`
	}
	if err := p.await(t.Context(), func() error { return greeting.decode(&hello) }); err != nil {
		t.Fatal(err)
	}
	host := fmt.Sprintf("http://127.0.0.1:%d", hello.Port)
	return &Service{URL: host + "/scim/v2", Token: token, t: t, control: host + "/_ctl"}
}

// Control turns knobs of the service, which testservers/scimmy/knobs.mjs
// lists, and leaves the others as they are. A knob that there is not ends the
// test.
func (s *Service) Control(knobs map[string]int) {
	s.t.Helper()
	body, err := json.Marshal(knobs)
	if err != nil {
		s.t.Fatalf("control the SCIM service: %v", err)
	}
	s.ask(http.MethodPost, body, nil)
}

// Reset empties the service, its counters too, and turns all knobs back.
func (s *Service) Reset() {
	s.t.Helper()
	s.ask(http.MethodDelete, nil, nil)
}

// Counters returns the counters as they are now.
func (s *Service) Counters() Counters {
	s.t.Helper()
	var c Counters
	s.ask(http.MethodGet, nil, &c)
	return c
}

func (s *Service) ask(method string, body []byte, answer any) {
	s.t.Helper()
	// Not t.Context, which ends before the clean-up functions run.
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, s.control, bytes.NewReader(body))
	if err != nil {
		s.t.Fatalf("ask the SCIM service: %v", err)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatalf("ask the SCIM service: %v", err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = errors.New(resp.Status)
	}
	if err == nil && answer != nil {
		err = json.Unmarshal(text, answer)
	}
	if err != nil {
		s.t.Fatalf("ask the SCIM service: %s %s: %v: %s", method, s.control, err, text)
	}
}

// firstLine keeps the first line that is written to it and lets the rest go.
type firstLine struct {
	line []byte
	done chan struct{} // closed when the line is whole
}

func (f *firstLine) Write(p []byte) (int, error) {
	select {
	case <-f.done:
		return len(p), nil
	default:
	}
	line, _, whole := bytes.Cut(p, []byte("\n"))
	f.line = append(f.line, line...)
	if whole {
		close(f.done)
	}
	return len(p), nil
}

// decode returns an error as long as the line is not whole.
func (f *firstLine) decode(v any) error {
	select {
	case <-f.done:
		return json.Unmarshal(f.line, v)
	default:
		return errors.New("nothing printed yet")
	}
}
