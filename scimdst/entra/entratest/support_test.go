package entratest

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
)

// site is a server and somebody who talks to it.
type site struct {
	*Server
	t     *testing.T
	token string
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   map[string]any
	raw    string
}

// start runs a server whose test fails when it was asked for anything that it
// does not have, unless the test says so with refuses.
func start(t *testing.T, o Options) *site {
	t.Helper()
	s, err := Start(o)
	if err != nil {
		t.Fatal(err)
	}
	id := ClientID
	if len(o.Clients) > 0 {
		id = o.Clients[0].ID
	}
	token, err := s.Token(id)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return &site{Server: s, t: t, token: token}
}

// renew asks for a new token after a long time.
func (s *site) renew() {
	s.t.Helper()
	token, err := s.Token(ClientID)
	if err != nil {
		s.t.Fatal(err)
	}
	s.token = token
}

// do sends a request and returns the answer, whatever it is.
func (s *site) do(method, path, body string, headers ...string) answer {
	s.t.Helper()
	address := path
	if strings.HasPrefix(path, "/") {
		address = s.URL + path
	}
	r, err := http.NewRequestWithContext(s.t.Context(), method, strings.ReplaceAll(address, " ", "%20"), strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+s.token)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	a := answer{status: resp.StatusCode, header: resp.Header, raw: string(raw)}
	if len(raw) > 0 && strings.HasPrefix(resp.Header.Get("Content-Type"), "application/json") {
		if err := json.Unmarshal(raw, &a.body); err != nil {
			s.t.Fatalf("%s %s: %v in %s", method, path, err, raw)
		}
	}
	return a
}

// want sends a request that must be answered with a status.
func (s *site) want(status int, method, path, body string, headers ...string) answer {
	s.t.Helper()
	a := s.do(method, path, body, headers...)
	if a.status != status {
		s.t.Fatalf("%s %s: %d %s, want %d", method, path, a.status, a.raw, status)
	}
	return a
}

// fails sends a request that must be answered with a status and an error whose
// code and message contain the text.
func (s *site) fails(status int, text, method, path, body string, headers ...string) answer {
	s.t.Helper()
	a := s.want(status, method, path, body, headers...)
	e, _ := a.body["error"].(map[string]any)
	code, _ := e["code"].(string)
	message, _ := e["message"].(string)
	if !strings.Contains(code+": "+message, text) {
		s.t.Errorf("%s %s: the error is %q, %q and does not contain %q", method, path, code, message, text)
	}
	return a
}

// nothingRefused fails if the server was asked for what it does not have.
func (s *site) nothingRefused() {
	s.t.Helper()
	for _, r := range s.Refused() {
		s.t.Errorf("%s %s was refused: %s", r.Method, r.Path, r.Why)
	}
}

func (s *site) addUser(u User) string {
	s.t.Helper()
	id, err := s.AddUser(u)
	if err != nil {
		s.t.Fatal(err)
	}
	return id
}

func (s *site) addGroup(g Group) string {
	s.t.Helper()
	id, err := s.AddGroup(g)
	if err != nil {
		s.t.Fatal(err)
	}
	return id
}

// values are the objects of a collection.
func (a answer) values() []map[string]any {
	list, _ := a.body["value"].([]any)
	var objects []map[string]any
	for _, v := range list {
		m, _ := v.(map[string]any)
		objects = append(objects, m)
	}
	return objects
}

// column is one property of each object of a collection.
func (a answer) column(name string) []string {
	list := []string{}
	for _, m := range a.values() {
		text, _ := m[name].(string)
		list = append(list, text)
	}
	return list
}

func (a answer) text(name string) string {
	text, _ := a.body[name].(string)
	return text
}

// try sends a request whose answer may be cut.
func (s *site) try(method, path, body string) ([]byte, error) {
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.URL+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+s.token)
	r.Header.Set("Content-Type", "application/json")
	resp, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(r)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	return io.ReadAll(resp.Body)
}
