package entratest

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
)

const mostBatched = 20

// item is one request of a batch.
type item struct {
	ID        string
	Method    string
	URL       string
	Headers   map[string]string
	Body      json.RawMessage
	DependsOn []string
}

// batch does each request for itself, with its own quota, fault and status.
// The answers are in the reverse order, as any order may come.
//
// Source: learn.microsoft.com/graph/json-batching
func (s *Server) batch(ctx context.Context, c *call) (reply, error) {
	if c.Method != http.MethodPost {
		return reply{}, &graphError{status: http.StatusMethodNotAllowed, code: "BadRequest", message: "A batch is sent by POST.", undocumented: true}
	}
	if err := c.readHeaders(); err != nil {
		return reply{}, err
	}
	given, err := c.object("requests")
	if err != nil {
		return reply{}, err
	}
	var items []item
	if err := into(given, "requests", &items); err != nil {
		return reply{}, err
	}
	if err := checkItems(items); err != nil {
		return reply{}, err
	}
	status := map[string]int{}
	var responses []any
	for i, it := range items {
		if i > 0 {
			s.world.tick()
		}
		rep := s.item(ctx, c, it, status)
		status[strings.ToLower(it.ID)] = rep.status
		responses = append(responses, itemAnswer(it.ID, rep))
	}
	slices.Reverse(responses)
	return jsonReply(http.StatusOK, map[string]any{"responses": responses}), nil
}

func checkItems(items []item) error {
	if len(items) == 0 || len(items) > mostBatched {
		return problem(http.StatusBadRequest, "BadRequest", "Number of batch request steps exceeds the maximum value of %d.", mostBatched)
	}
	seen := map[string]bool{}
	for _, it := range items {
		id := strings.ToLower(it.ID)
		if id == "" || seen[id] {
			return problem(http.StatusBadRequest, "BadRequest", "Request Id has to be unique in a batch.")
		}
		for _, on := range it.DependsOn {
			if !seen[strings.ToLower(on)] {
				return problem(http.StatusBadRequest, "BadRequest", "The request %s depends on %s, which does not come before it.", it.ID, on)
			}
		}
		seen[id] = true
	}
	return nil
}

func (s *Server) item(ctx context.Context, outer *call, it item, status map[string]int) reply {
	path, query, _ := strings.Cut("/"+strings.TrimPrefix(it.URL, "/"), "?")
	asked := Request{Method: it.Method, Path: path, Body: it.Body, Batched: true}
	if query != "" {
		asked.Path += "?" + query
	}
	s.log = append(s.log, asked)
	c := &call{Request: asked, path: path, query: query, header: http.Header{}, client: outer.client, root: outer.root}
	for name, value := range it.Headers {
		c.header.Set(name, value)
	}
	for _, on := range it.DependsOn {
		if status[strings.ToLower(on)] >= http.StatusBadRequest {
			return s.closing(c, reply{}, problem(http.StatusFailedDependency, "FailedDependency", "The request it depends on failed."))
		}
	}
	fault := s.meet(asked)
	if fault != nil && fault.Trouble == StatusBefore {
		return fault.reply()
	}
	rep, err := s.answer(ctx, c)
	rep = s.closing(c, rep, err)
	if fault != nil {
		rep = fault.after(rep)
	}
	return rep
}

func itemAnswer(id string, rep reply) map[string]any {
	headers := map[string]string{"Cache-Control": "no-cache"}
	for name, values := range rep.header {
		if strings.HasPrefix(name, "X-Ms-") { // as Graph writes them
			name = strings.ToLower(name)
		}
		headers[name] = strings.Join(values, ", ")
	}
	answer := map[string]any{"id": id, "status": rep.status, "headers": headers}
	if len(rep.body) == 0 {
		return answer
	}
	if headers["Content-Type"] == "" {
		headers["Content-Type"] = "application/json"
	}
	answer["body"] = json.RawMessage(rep.body)
	if headers["Content-Type"] == "text/plain" {
		answer["body"] = string(rep.body)
	}
	return answer
}
