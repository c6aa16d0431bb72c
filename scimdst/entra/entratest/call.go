package entratest

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// call is one request on its way through the routes.
type call struct {
	Request
	path    string // below /v1.0, escaped
	query   string
	header  http.Header
	root    string // the server's address, without /v1.0
	client  *Client
	options url.Values
	// names are what the pattern's {...} stand for.
	names map[string]string
}

func (c *call) option(name string) string { return c.options.Get(name) }

// readOptions refuses query options that the route does not have.
func (c *call) readOptions(allowed string) error {
	options, err := url.ParseQuery(c.query)
	if err != nil {
		return unknown("The query string cannot be read.")
	}
	for _, name := range slices.Sorted(maps.Keys(options)) {
		if !slices.Contains(strings.Fields(allowed), name) || len(options[name]) > 1 {
			return unknown("The query parameter '%s' is not supported here.", name)
		}
	}
	c.options = options
	return nil
}

// readHeaders refuses headers that no documented request has.
func (c *call) readHeaders() error {
	allowed := []string{
		"Accept", "Accept-Encoding", "Accept-Language", "Authorization", "Client-Request-Id", "Connection", "Consistencylevel",
		"Content-Encoding", "Content-Length", "Content-Type", "Return-Client-Request-Id", "Sdkversion", "Traceparent", "Tracestate",
		"User-Agent", "X-Ms-Throttle-Priority",
	}
	for _, name := range slices.Sorted(maps.Keys(c.header)) {
		if !slices.Contains(allowed, name) {
			return unknown("The header '%s' is not documented.", name)
		}
	}
	return nil
}

// object reads the body: a JSON object with no members but those allowed.
func (c *call) object(allowed ...string) (map[string]json.RawMessage, error) {
	kind, _, _ := strings.Cut(c.header.Get("Content-Type"), ";")
	if kind != "application/json" {
		return nil, unknown("The content type is '%s' and not application/json.", kind)
	}
	return members(c.Body, allowed...)
}

// members reads a JSON object with no members but those allowed. "*" allows
// directory extensions.
func members(raw []byte, allowed ...string) (map[string]json.RawMessage, error) {
	var m map[string]json.RawMessage
	if err := json.Unmarshal(raw, &m); err != nil || m == nil {
		return nil, problem(http.StatusBadRequest, "BadRequest", "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.")
	}
	for _, name := range slices.Sorted(maps.Keys(m)) {
		if !slices.Contains(allowed, name) && (!isExtension(name) || !slices.Contains(allowed, "*")) {
			return nil, unknown("Property '%s' does not exist as a declared property or extension property.", name)
		}
	}
	return m, nil
}

// into reads one member; a missing one leaves the value as it is.
func into[T any](m map[string]json.RawMessage, name string, value *T) error {
	raw, ok := m[name]
	if !ok {
		return nil
	}
	if decode(raw, value) != nil {
		return unknown("Invalid value specified for property '%s' of the resource.", name)
	}
	return nil
}

// decode reads JSON that has nothing besides what the value has.
func decode(raw []byte, value any) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	return d.Decode(value)
}

// nothing refuses a body where none is documented.
func (c *call) nothing() error {
	if len(bytes.TrimSpace(c.Body)) > 0 {
		return unknown("The request takes no body.")
	}
	return nil
}
