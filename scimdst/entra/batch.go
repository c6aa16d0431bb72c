package entra

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// batchMost is the largest number of requests in a batch, bindMost that of
// members in one request that adds members.
// Source: learn.microsoft.com/graph/json-batching and /graph/api/group-post-members.
const (
	batchMost = 20
	bindMost  = 20
)

// batchItem is one request of a batch, and batchAnswer its answer.
type batchItem struct {
	ID      string            `json:"id"`
	Method  string            `json:"method"`
	URL     string            `json:"url"`
	Headers map[string]string `json:"headers,omitempty"`
	Body    json.RawMessage   `json:"body,omitempty"`
}

type batchAnswer struct {
	ID      string            `json:"id"`
	Status  int               `json:"status"`
	Headers map[string]string `json:"headers"`
	Body    json.RawMessage   `json:"body"`
}

// batchOf puts up to twenty requests into one.
func batchOf(requests []Request) (Request, error) {
	items := make([]batchItem, len(requests))
	for i, r := range requests {
		items[i] = batchItem{ID: strconv.Itoa(i + 1), Method: r.Method, URL: r.Path, Body: r.Body}
		if len(r.Body) > 0 {
			items[i].Headers = map[string]string{"Content-Type": "application/json"}
		}
	}
	body, err := encode(map[string]any{"requests": items})
	return Request{Method: http.MethodPost, Path: "/$batch", Body: body}, err
}

// sendBatch sends requests together and returns what came of each: its body,
// or its error. The last error is about all of them.
func sendBatch(ctx context.Context, g Graph, requests []Request) (bodies []json.RawMessage, errs []error, err error) {
	r, err := batchOf(requests)
	if err != nil {
		return nil, nil, err
	}
	a, err := g.Send(ctx, r)
	if err != nil {
		return nil, nil, err
	}
	var got struct {
		Responses []batchAnswer `json:"responses"`
	}
	if err := json.Unmarshal(a.Body, &got); err != nil {
		return nil, nil, fmt.Errorf("read the answers of a batch: %w", err)
	}
	bodies, errs = make([]json.RawMessage, len(requests)), make([]error, len(requests))
	for i, r := range requests {
		errs[i] = &Error{Method: r.Method, Path: pathOf(r.Path), Err: errors.New("the batch has no answer to it")}
	}
	for _, one := range got.Responses {
		i, err := strconv.Atoi(one.ID)
		if i--; err != nil || i < 0 || i >= len(requests) {
			return nil, nil, fmt.Errorf("read the answers of a batch: there is no request %q", one.ID)
		}
		bodies[i], errs[i] = one.Body, nil
		if one.Status >= http.StatusBadRequest {
			errs[i] = one.failure(requests[i])
		}
	}
	return bodies, errs, nil
}

// Cost is what Graph told of one request.
type Cost struct {
	Method string
	Status int
	// Units are resource units (x-ms-resource-unit), and Limit is the share of
	// the quota that is used (x-ms-throttle-limit-percentage); 0 where it was
	// not told.
	Units int
	Limit float64
	// Scope and Information say whose quota it was that was used up, and why
	// (x-ms-throttle-scope, x-ms-throttle-information).
	Scope, Information string
}

// CostOf reads the headers of an answer, each by its name in lower case.
func CostOf(method string, status int, header func(name string) string) Cost {
	c := Cost{Method: method, Status: status, Scope: header("x-ms-throttle-scope"), Information: header("x-ms-throttle-information")}
	c.Units, _ = strconv.Atoi(header("x-ms-resource-unit"))                       // 0 when it is not told
	c.Limit, _ = strconv.ParseFloat(header("x-ms-throttle-limit-percentage"), 64) // likewise
	return c
}

// BatchCosts is what Graph told of each request of a batch, and nothing for
// what is none.
func BatchCosts(r Request, a Answer) []Cost {
	var asked struct {
		Requests []batchItem `json:"requests"`
	}
	var got struct {
		Responses []batchAnswer `json:"responses"`
	}
	if r.Path != "/$batch" || json.Unmarshal(r.Body, &asked) != nil || json.Unmarshal(a.Body, &got) != nil {
		return nil
	}
	methods := map[string]string{}
	for _, one := range asked.Requests {
		methods[one.ID] = one.Method
	}
	var costs []Cost
	for _, one := range got.Responses {
		costs = append(costs, CostOf(methods[one.ID], one.Status, one.header))
	}
	return costs
}

// header is one of the answer, without regard to case.
func (a batchAnswer) header(name string) string {
	for have, v := range a.Headers {
		if strings.EqualFold(have, name) {
			return v
		}
	}
	return ""
}

func (a batchAnswer) failure(r Request) *Error {
	e := &Error{Method: r.Method, Path: pathOf(r.Path), Status: a.Status, Wait: RetryAfter(a.header("Retry-After"))}
	var said struct {
		Error struct {
			Code    string `json:"code"`
			Message string `json:"message"`
		} `json:"error"`
	}
	if json.Unmarshal(a.Body, &said) == nil {
		e.Code, e.Message = said.Error.Code, said.Error.Message
	}
	return e
}

// RetryAfter reads the seconds of a Retry-After header, at most a day; 0 for a
// value that says nothing.
func RetryAfter(v string) time.Duration {
	s, err := strconv.ParseFloat(strings.TrimSpace(v), 64)
	if err != nil || !(s > 0) {
		return 0
	}
	return time.Duration(min(s, 24*60*60) * float64(time.Second))
}

// pathOf is a path without its query.
func pathOf(path string) string {
	if u, err := url.Parse(path); err == nil {
		return u.Path
	}
	path, _, _ = strings.Cut(path, "?")
	return path
}

// readBatch reads several things together. Those that are refused for a
// temporary reason are read again alone.
func readBatch(ctx context.Context, g Graph, p Patience, requests []Request) ([]json.RawMessage, error) {
	bodies, errs, err := sendBatch(ctx, g, requests)
	if err != nil {
		if e := (*Error)(nil); !errors.As(err, &e) || !e.Temporary() {
			return nil, err
		}
		bodies, errs = make([]json.RawMessage, len(requests)), make([]error, len(requests))
		for i := range errs {
			errs[i] = err
		}
	}
	for i, failed := range errs {
		if failed == nil {
			continue
		}
		a, err := read(ctx, g, p, requests[i])
		if err != nil {
			return nil, err
		}
		bodies[i] = a.Body
	}
	return bodies, nil
}

// encode is JSON without escapes for HTML.
func encode(v any) ([]byte, error) {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Errorf("encode a request: %w", err)
	}
	return []byte(strings.TrimSuffix(b.String(), "\n")), nil
}
