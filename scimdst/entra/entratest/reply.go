package entratest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// reply is an answer that is ready to be written.
type reply struct {
	status int
	header http.Header
	body   []byte
}

func jsonReply(status int, v any) reply {
	body, err := json.Marshal(v)
	if err != nil {
		// unreachable unless the world holds what did not come from JSON
		return reply{status: http.StatusInternalServerError, body: []byte(err.Error())}
	}
	return reply{status: status, body: body}
}

func noContent() reply { return reply{status: http.StatusNoContent} }

// graphError is an error as Graph answers it.
//
// Source: learn.microsoft.com/graph/errors
type graphError struct {
	status  int
	code    string
	message string
	header  http.Header
	// undocumented says that the request is none that this server has.
	undocumented bool
	// missing are permissions, for those who look at the server.
	missing []string
	at      time.Time
	id      string
}

func (e *graphError) Error() string { return e.message }

func problem(status int, code, format string, args ...any) error {
	return &graphError{status: status, code: code, message: fmt.Sprintf(format, args...)}
}

func badRequest(format string, args ...any) error {
	return problem(http.StatusBadRequest, "Request_BadRequest", format, args...)
}

// unknown refuses what is not documented, or not asked for by anybody here.
func unknown(format string, args ...any) error {
	return &graphError{status: http.StatusBadRequest, code: "Request_BadRequest", message: fmt.Sprintf(format, args...), undocumented: true}
}

func notFound(id string) error {
	return problem(http.StatusNotFound, "Request_ResourceNotFound",
		"Resource '%s' does not exist or one of its queried reference-property objects are not present.", id)
}

func errorReply(e *graphError) reply {
	rep := jsonReply(e.status, map[string]any{"error": map[string]any{
		"code": e.code, "message": e.message,
		"innerError": map[string]any{"date": e.at.UTC().Format("2006-01-02T15:04:05"), "request-id": e.id, "client-request-id": e.id},
	}})
	rep.header = e.header
	return rep
}

func (rep reply) write(w http.ResponseWriter, f *Fault) {
	for name, values := range rep.header {
		w.Header()[name] = values
	}
	if rep.status != http.StatusNoContent {
		if w.Header().Get("Content-Type") == "" {
			w.Header().Set("Content-Type", "application/json")
		}
		w.Header().Set("Content-Length", strconv.Itoa(len(rep.body)))
	}
	w.WriteHeader(rep.status)
	if f != nil && f.Trouble == Truncate {
		_, _ = w.Write(rep.body[:len(rep.body)/2])
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler) // cuts the connection, by net/http's own contract
	}
	_, _ = w.Write(rep.body) // a client that has gone does not matter
}
