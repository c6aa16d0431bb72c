package entra_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"sync"

	"ldap2scim/scimdst/entra"
)

// meddling adds somebody to the group just before the first batch of members.
type meddling struct {
	entra.Graph
	w    *world
	mu   sync.Mutex
	done bool
}

func (m *meddling) Send(ctx context.Context, r entra.Request) (entra.Answer, error) {
	m.mu.Lock()
	first := !m.done && r.Path == "/$batch" && bytes.Contains(r.Body, []byte("members@odata.bind"))
	m.done = m.done || first
	m.mu.Unlock()
	if first {
		var batch struct {
			Requests []struct {
				URL  string
				Body struct {
					Bind []string `json:"members@odata.bind"`
				}
			}
		}
		if err := json.Unmarshal(r.Body, &batch); err != nil {
			return entra.Answer{}, err
		}
		for _, one := range batch.Requests {
			body, err := json.Marshal(map[string][]string{"members@odata.bind": one.Body.Bind[3:5]})
			if err != nil {
				return entra.Answer{}, err
			}
			if _, err := m.Graph.Send(ctx, entra.Request{Method: http.MethodPatch, Path: one.URL, Body: body}); err != nil {
				return entra.Answer{}, err
			}
		}
	}
	return m.Graph.Send(ctx, r)
}

// editing shows another mapping each time that it is read, as if somebody were
// at work in the portal.
type editing struct {
	entra.Graph
	mu sync.Mutex
	n  int
}

func (e *editing) Send(ctx context.Context, r entra.Request) (entra.Answer, error) {
	a, err := e.Graph.Send(ctx, r)
	if err == nil && r.Method == http.MethodGet && strings.HasSuffix(r.Path, "/schema") {
		e.mu.Lock()
		e.n++
		a.Body = append(bytes.Repeat([]byte(" "), e.n), a.Body...)
		e.mu.Unlock()
	}
	return a, err
}

// counting counts the requests that write and were taken, each of a batch for
// itself.
type counting struct {
	entra.Graph
	mu sync.Mutex
	n  int
}

func (c *counting) Send(ctx context.Context, r entra.Request) (entra.Answer, error) {
	a, err := c.Graph.Send(ctx, r)
	if err != nil || r.Method == http.MethodGet {
		return a, err
	}
	n := 1
	if r.Path == "/$batch" {
		n = bytes.Count(a.Body, []byte(`"status":20`))
	}
	c.mu.Lock()
	c.n += n
	c.mu.Unlock()
	return a, nil
}

func (c *counting) taken() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.n
}
