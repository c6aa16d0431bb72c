package scimtest

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
)

func cutBase(path string) (string, bool) { return strings.CutPrefix(path, "/scim/v2") }

func (s *store) location(r *record) string {
	return s.base + r.kind.endpoint + "/" + url.PathEscape(r.id)
}

// route finds the resource type and the id, and does what is asked.
func (s *Server) route(r *http.Request, body []byte) (reply, error) {
	path, ok := cutBase(r.URL.EscapedPath())
	if !ok {
		return reply{}, problem(http.StatusNotFound, "", "there is nothing at %s", r.URL.Path)
	}
	for _, k := range []*kind{users, groups} {
		rest, ok := strings.CutPrefix(path, k.endpoint)
		if !ok {
			continue
		}
		if rest == "" {
			return s.onCollection(k, r, body)
		}
		id, err := url.PathUnescape(strings.TrimPrefix(rest, "/"))
		if err == nil && rest[0] == '/' {
			return s.onResource(k, id, r, body)
		}
	}
	if path == "/Bulk" && r.Method == http.MethodPost && s.options.BulkOperations > 0 && !s.options.has(BulkAbsent) {
		return s.onBulk(body)
	}
	return s.discover(r.Method, path)
}

func (s *Server) onCollection(k *kind, r *http.Request, body []byte) (reply, error) {
	switch r.Method {
	case http.MethodGet:
		return s.store.list(k, r.URL.Query())
	case http.MethodPost:
		given, err := object(body)
		if err != nil {
			return reply{}, err
		}
		rec, err := s.store.create(k, given)
		if err != nil {
			return reply{}, err
		}
		return s.show(http.StatusCreated, rec, r.URL.Query())
	}
	return reply{}, notAllowed(r.Method)
}

func (s *Server) onResource(k *kind, id string, r *http.Request, body []byte) (reply, error) {
	rec, err := s.store.get(k, id)
	if err != nil {
		return reply{}, err
	}
	want := r.Header.Get("If-Match")
	if r.Method != http.MethodGet && want != "" && want != "*" && want != rec.etag() && !s.options.has(IgnoreVersion) {
		return reply{}, problem(http.StatusPreconditionFailed, "", "the version is %s", rec.etag())
	}
	switch r.Method {
	case http.MethodGet:
		return s.show(http.StatusOK, rec, r.URL.Query())
	case http.MethodPut:
		given, err := object(body)
		if err != nil {
			return reply{}, err
		}
		next, err := normal(k, given)
		if err != nil {
			return reply{}, err
		}
		return s.change(rec, next, http.StatusOK, r)
	case http.MethodPatch:
		if err := s.store.tooMany(body); err != nil {
			return reply{}, err
		}
		next, err := s.store.patch(rec, body)
		if err != nil {
			return reply{}, err
		}
		status := http.StatusOK
		if s.options.PatchNoContent {
			status = http.StatusNoContent
		}
		return s.change(rec, next, status, r)
	case http.MethodDelete:
		s.store.remove(rec)
		return reply{status: http.StatusNoContent}, nil
	}
	return reply{}, notAllowed(r.Method)
}

func (s *Server) change(rec *record, next map[string]any, status int, r *http.Request) (reply, error) {
	if err := s.store.replace(rec, next); err != nil {
		return reply{}, err
	}
	if status == http.StatusNoContent {
		return reply{status: status, header: http.Header{"Etag": {rec.etag()}}}, nil
	}
	return s.show(status, rec, r.URL.Query())
}

func (s *Server) show(status int, rec *record, q url.Values) (reply, error) {
	rep := jsonReply(status, project(s.store.shown(rec), q))
	rep.header = http.Header{"Etag": {rec.etag()}}
	if status == http.StatusCreated {
		rep.header.Set("Location", s.store.location(rec))
	}
	return rep, nil
}

func object(body []byte) (map[string]any, error) {
	var m map[string]any
	if err := json.Unmarshal(body, &m); err != nil || m == nil {
		return nil, problem(http.StatusBadRequest, "invalidSyntax", "the body is not a JSON object")
	}
	return m, nil
}

func notAllowed(method string) error {
	return problem(http.StatusMethodNotAllowed, "", "%s is not for this", method)
}
