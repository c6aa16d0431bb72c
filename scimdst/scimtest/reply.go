package scimtest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

const errorSchema = "urn:ietf:params:scim:api:messages:2.0:Error"

// reply is an answer that is ready to be written.
type reply struct {
	status      int
	header      http.Header
	contentType string
	body        []byte
}

func jsonReply(status int, v any) reply {
	body, err := json.Marshal(v)
	if err != nil {
		// unreachable unless the store holds what did not come from JSON
		return reply{status: http.StatusInternalServerError, body: []byte(err.Error())}
	}
	return reply{status: status, contentType: "application/scim+json", body: body}
}

// scimError is an error as the service answers it (RFC 7644 §3.12).
type scimError struct {
	status   int
	scimType string
	detail   string
}

func (e *scimError) Error() string { return e.detail }

func problem(status int, scimType, format string, args ...any) error {
	return &scimError{status: status, scimType: scimType, detail: fmt.Sprintf(format, args...)}
}

func errorReply(err error) reply {
	var e *scimError
	if !errors.As(err, &e) {
		e = &scimError{status: http.StatusInternalServerError, detail: err.Error()}
	}
	body := map[string]any{"schemas": []string{errorSchema}, "status": strconv.Itoa(e.status), "detail": e.detail}
	if e.scimType != "" {
		body["scimType"] = e.scimType
	}
	return jsonReply(e.status, body)
}

// drip writes a byte at a time until the client has gone.
func (rep reply) drip(ctx context.Context, w http.ResponseWriter) {
	rep.head(w)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for _, b := range rep.body {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			_, _ = w.Write([]byte{b})
			_ = http.NewResponseController(w).Flush()
		}
	}
}

func (rep reply) head(w http.ResponseWriter) {
	for name, values := range rep.header {
		w.Header()[name] = values
	}
	if rep.contentType != "" {
		w.Header().Set("Content-Type", rep.contentType)
	}
	if rep.status != http.StatusNoContent {
		w.Header().Set("Content-Length", strconv.Itoa(len(rep.body)))
	}
	w.WriteHeader(rep.status)
}

func (rep reply) write(w http.ResponseWriter, f *Fault) {
	rep.head(w)
	if f != nil && f.Trouble == Truncate {
		_, _ = w.Write(rep.body[:len(rep.body)/2])
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
	_, _ = w.Write(rep.body) // a client that has gone does not matter
}
