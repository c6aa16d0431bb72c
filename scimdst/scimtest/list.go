package scimtest

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

const listSchema = "urn:ietf:params:scim:api:messages:2.0:ListResponse"

// list answers a search (RFC 7644 §3.4.2).
func (s *store) list(k *kind, q url.Values) (reply, error) {
	if s.options.has(CursorOnly) {
		return s.cursorPage(k, q)
	}
	start, err := number(q, "startIndex", 1)
	if err != nil {
		return reply{}, err
	}
	count, err := s.pageCount(q)
	if err != nil {
		return reply{}, err
	}
	start = max(start, 1)
	hits, err := s.search(k, q.Get("filter"))
	if err != nil {
		return reply{}, err
	}
	from := min(start-1, len(hits))
	to := min(from+count, len(hits))
	resources := s.listed(hits[from:to], q)
	return jsonReply(http.StatusOK, map[string]any{
		"schemas": []string{listSchema}, "totalResults": len(hits),
		"startIndex": start, "itemsPerPage": len(resources), "Resources": resources,
	}), nil
}

// search returns what the filter selects, but for what is too new to be in
// the index.
func (s *store) search(k *kind, text string) ([]*record, error) {
	if text == "" || s.options.has(IgnoreFilter) {
		return s.of(k).order, nil
	}
	expression, err := parseFilter(text)
	if err != nil {
		return nil, err
	}
	in := scope{kind: k}
	if _, err := in.match(expression, map[string]any{}); err != nil {
		return nil, err // also where there is nothing to search
	}
	var hits []*record
	for _, rec := range s.of(k).order {
		m, err := in.match(expression, s.searchable(rec))
		if err != nil {
			return nil, err
		}
		if m && s.now-rec.born > s.hidden {
			hits = append(hits, rec)
		}
	}
	return hits, nil
}

// searchable is shown without copying, for reading only.
func (s *store) searchable(rec *record) map[string]any {
	m := make(map[string]any, len(rec.body)+2)
	for key, value := range rec.body {
		m[key] = value
	}
	m["id"] = rec.id
	s.membersHidden(rec, m)
	m["meta"] = map[string]any{
		"resourceType": rec.kind.name, "created": stamp(rec.born),
		"lastModified": stamp(rec.modified), "version": rec.etag(),
	}
	return m
}

func number(q url.Values, name string, otherwise int) (int, error) {
	text := q.Get(name)
	if text == "" {
		return otherwise, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0, problem(http.StatusBadRequest, "invalidValue", "%s is not a number", name)
	}
	return n, nil
}

// project keeps what attributes and excludedAttributes ask for (RFC 7644
// §3.9). The id and the schemas are always there.
func project(m map[string]any, q url.Values) map[string]any {
	if only := q.Get("attributes"); only != "" {
		kept := map[string]any{"id": m["id"], "schemas": m["schemas"]}
		for name := range strings.SplitSeq(only, ",") {
			keepPath(kept, m, strings.TrimSpace(name))
		}
		return kept
	}
	for name := range strings.SplitSeq(q.Get("excludedAttributes"), ",") {
		name = strings.TrimSpace(name)
		if !slices.Contains([]string{"", "id", "schemas"}, name) {
			dropPath(m, name)
		}
	}
	return m
}

func keepPath(kept, m map[string]any, path string) {
	in, to, name := m, kept, path
	if owner, rest, ok := splitPath(m, path); ok {
		in, _ = m[owner].(map[string]any)
		to, _ = kept[owner].(map[string]any)
		if to == nil {
			to = map[string]any{}
			kept[owner] = to
		}
		name = rest
	}
	key := spelled(in, name)
	if v, ok := in[key]; ok {
		to[key] = v
	}
}

func dropPath(m map[string]any, path string) {
	if owner, rest, ok := splitPath(m, path); ok {
		if in, isObject := m[owner].(map[string]any); isObject {
			delete(in, spelled(in, rest))
		}
		return
	}
	delete(m, spelled(m, path))
}

// splitPath splits name.givenName or URN:attribute where the owner is an
// object of m.
func splitPath(m map[string]any, path string) (owner, rest string, ok bool) {
	sep := "."
	if strings.HasPrefix(strings.ToLower(path), "urn:") {
		sep = ":"
	}
	i := strings.LastIndex(path, sep)
	if i < 0 {
		return "", "", false
	}
	owner = spelled(m, path[:i])
	_, ok = m[owner].(map[string]any)
	return owner, path[i+1:], ok
}
