package entratest

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

const (
	base        = "/v1.0"
	largestBody = 16 << 20
)

// Server is a running tenant. Its methods may be called at any time from any
// goroutine, but not from a Fault's Match.
type Server struct {
	// URL is the base of Graph, as http://127.0.0.1:port/v1.0.
	URL string
	// Authority is the base of the token endpoint, as http://127.0.0.1:port, or
	// https://127.0.0.1:port with Options.TLS.
	Authority string
	// Certificate is what the token endpoint shows, as PEM, with Options.TLS.
	Certificate []byte

	options Options
	http    *http.Server
	served  chan error
	serving int

	mu     sync.Mutex
	world  *world
	quota  quota
	faults []*Fault
	log    []Request
	record record
}

// record is what the server remembers for those who look at it.
type record struct {
	refused []Refusal
	denied  []Denial
}

// Start runs a tenant on a port that the system chooses. Close ends it.
func Start(o Options) (*Server, error) {
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("start Microsoft Graph in this process: %w", err)
	}
	o = o.filled()
	authority := "http://" + l.Addr().String()
	s := &Server{
		URL: authority + base, Authority: authority,
		options: o, served: make(chan error, 2), quota: quota{limits: o.Limits}, world: newWorld(o),
	}
	s.http = &http.Server{Handler: http.HandlerFunc(s.serve)} //nolint:gosec // loopback only
	s.listen(l)
	if o.TLS {
		if err := s.secure(); err != nil {
			return nil, errors.Join(err, s.Close())
		}
	}
	return s, nil
}

func (s *Server) listen(l net.Listener) {
	s.serving++
	go func() { s.served <- s.http.Serve(l) }()
}

// Close ends the tenant and cuts what is under way.
func (s *Server) Close() error {
	err := s.http.Close()
	for range s.serving {
		<-s.served //nolint:errcheck // it says that the server is closed
	}
	return err
}

// Advance moves the server's own clock.
func (s *Server) Advance(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.world.moved += d
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	body, err := bodyOf(r)
	if err != nil {
		errorReply(&graphError{status: http.StatusUnsupportedMediaType, code: "UnsupportedMediaType", message: err.Error()}).write(w, nil)
		return
	}
	asked := Request{Method: r.Method, Path: strings.TrimPrefix(r.URL.RequestURI(), base), Body: body}
	fault := s.begin(asked)
	if fault != nil && fault.before(w, r) {
		return
	}
	rep := s.handle(r.Context(), &call{Request: asked, root: rootOf(r), path: r.URL.EscapedPath(), query: r.URL.RawQuery, header: r.Header})
	if fault != nil {
		if fault.Trouble == HangAfter {
			<-r.Context().Done()
			return
		}
		if fault.Trouble == CutAfter {
			panic(http.ErrAbortHandler) // cuts the connection, by net/http's own contract
		}
		rep = fault.after(rep)
	}
	rep.write(w, fault)
}

// rootOf is the server's address as the client knows it.
func rootOf(r *http.Request) string {
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// bodyOf reads the body, which may be compressed as the SDK's own pipeline
// does it.
func bodyOf(r *http.Request) ([]byte, error) {
	var from io.Reader = r.Body
	switch r.Header.Get("Content-Encoding") {
	case "", "identity":
	case "gzip":
		z, err := gzip.NewReader(r.Body)
		if err != nil {
			return nil, errors.New("the body says that it is gzip and is not")
		}
		from = z
	default:
		return nil, errors.New("the content encoding is not supported")
	}
	return io.ReadAll(io.LimitReader(from, largestBody))
}

// begin logs the request and returns the fault that it meets, or nil.
func (s *Server) begin(asked Request) *Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log = append(s.log, asked)
	return s.meet(asked)
}

// handle works out the answer, under the lock, so that each request is done
// at once.
func (s *Server) handle(ctx context.Context, c *call) reply {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.world.tick()
	rep, err := s.dispatch(ctx, c)
	return s.closing(c, rep, err)
}

// closing turns an error into its answer, and remembers what was refused.
func (s *Server) closing(c *call, rep reply, err error) reply {
	if err == nil {
		return rep
	}
	var e *graphError
	if !errors.As(err, &e) {
		e = &graphError{status: http.StatusInternalServerError, code: "InternalServerError", message: err.Error()}
	}
	if e.undocumented {
		s.record.refused = append(s.record.refused, Refusal{Request: c.Request, Why: e.message})
	}
	if len(e.missing) > 0 {
		s.record.denied = append(s.record.denied, Denial{Request: c.Request, Missing: e.missing})
	}
	e.at, e.id = s.world.now(), s.world.requestID()
	return errorReply(e)
}

func (s *Server) dispatch(ctx context.Context, c *call) (reply, error) {
	path, graph := strings.CutPrefix(c.path, base)
	if !graph {
		return s.authority(c)
	}
	c.path = path
	if err := s.identify(c); err != nil {
		return reply{}, err
	}
	if path == "/$batch" {
		return s.batch(ctx, c)
	}
	return s.answer(ctx, c)
}
