package entratest

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// route is one documented request.
type route struct {
	method, pattern string
	options         string // query options, besides none
	need            need
	cost            int    // resource units
	quota           string // a quota of its own: "demand" or "logs"
	handle          func(context.Context, *Server, *call) (reply, error)
}

// local makes a handler of a function that only looks at this world.
func local(f func(*Server, *call) (reply, error)) func(context.Context, *Server, *call) (reply, error) {
	return func(_ context.Context, s *Server, c *call) (reply, error) { return f(s, c) }
}

// routes are all requests that this server has. Of two that fit a path the
// first is taken.
func (s *Server) routes() []route {
	return slices.Concat(directoryRoutes(), groupRoutes(), applicationRoutes(), principalRoutes(), synchronizationRoutes())
}

// answer finds the route and does what is asked.
func (s *Server) answer(ctx context.Context, c *call) (reply, error) {
	r, err := s.find(c)
	if err != nil {
		return reply{}, err
	}
	if err := c.readHeaders(); err != nil {
		return reply{}, err
	}
	if err := c.readOptions(r.options); err != nil {
		return reply{}, err
	}
	if r.method == http.MethodGet || r.method == http.MethodDelete {
		if err := c.nothing(); err != nil {
			return reply{}, err
		}
	}
	charged, err := s.charge(r, c)
	if err != nil {
		return reply{}, err
	}
	rep, err := reply{}, r.need.met(c.client)
	if err == nil {
		rep, err = r.handle(ctx, s, c)
	}
	var e *graphError
	if errors.As(err, &e) {
		e.header = merge(e.header, charged) // what is refused costs as much
	}
	rep.header = merge(rep.header, charged)
	return rep, err
}

func (s *Server) find(c *call) (route, error) {
	known := false
	for _, r := range s.routes() {
		names, ok := fits(r.pattern, c.path)
		if !ok {
			continue
		}
		if known = true; r.method == c.Method {
			c.names = names
			return r, nil
		}
	}
	if known {
		return route{}, &graphError{
			status: http.StatusMethodNotAllowed, code: "Request_BadRequest", undocumented: true,
			message: "Specified HTTP method is not allowed for the request target.",
		}
	}
	return route{}, &graphError{
		status: http.StatusNotFound, code: "BadRequest", undocumented: true,
		message: "Resource not found for the segment '" + strings.TrimPrefix(c.path, "/") + "'.",
	}
}

// fits holds a path against a pattern. A {name} takes one segment.
func fits(pattern, path string) (map[string]string, bool) {
	want, have := strings.Split(pattern, "/"), strings.Split(strings.TrimSuffix(path, "/"), "/")
	if len(want) != len(have) {
		return nil, false
	}
	names := map[string]string{}
	for i, segment := range want {
		text, err := url.PathUnescape(have[i])
		if err != nil {
			return nil, false
		}
		name, isName := strings.CutPrefix(segment, "{")
		if !isName {
			if segment != text {
				return nil, false
			}
			continue
		}
		if text == "" || strings.HasPrefix(text, "$") {
			return nil, false
		}
		names[strings.TrimSuffix(name, "}")] = text
	}
	return names, true
}

func merge(a, b http.Header) http.Header {
	if a == nil {
		return b
	}
	for name, values := range b {
		a[name] = values
	}
	return a
}

// withContext makes a handler of a method that talks to the target.
func withContext(f func(*Server, context.Context, *call) (reply, error)) func(context.Context, *Server, *call) (reply, error) {
	return func(ctx context.Context, s *Server, c *call) (reply, error) { return f(s, ctx, c) }
}
