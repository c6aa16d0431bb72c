package entra

import (
	"context"
	"net/http"
)

// Graph sends one request to Microsoft Graph v1.0 and returns its answer. It
// does not retry. An error that is an answer is an [*Error].
type Graph interface {
	Send(ctx context.Context, r Request) (Answer, error)
}

// Request is one request.
type Request struct {
	Method string
	// Path is below /v1.0, with its query, escaped; or an absolute address
	// that Graph gave for the next page.
	Path string
	// Body is JSON, or nil.
	Body []byte
	// Shown takes the place of a body that holds a secret, or of one that is
	// known only when it is sent, wherever it is shown.
	Shown string
}

// Answer is what came back with a 2xx.
type Answer struct {
	Body []byte
	// Units are the resource units that it cost (x-ms-resource-unit), and
	// Limit the share of the quota that is used, from 0.8 to 1.8
	// (x-ms-throttle-limit-percentage); 0 where Graph did not say.
	Units int
	Limit float64
}

func get(path string) Request { return Request{Method: http.MethodGet, Path: path} }

// writes tells whether a request may change something.
func (r Request) writes() bool { return r.Method != http.MethodGet }
