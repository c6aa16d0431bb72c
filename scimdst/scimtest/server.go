package scimtest

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
)

const largestBody = 16 << 20

// Options are the rules of the service. The zero value is a service by the
// book with the token "secret".
type Options struct {
	// Token is the bearer token that is asked for; "secret" if empty.
	Token string
	// PageCap is the most that one page holds; 200 if 0.
	PageCap int
	// RequireEmail refuses a person without an e-mail address.
	RequireEmail bool
	// SameGroupNames lets two groups have one displayName.
	SameGroupNames bool
	// PatchNoContent answers a PATCH with 204 instead of the resource.
	PatchNoContent bool
	// MostCount refuses a larger count with 400; 0 takes any.
	MostCount int
	// MostMembers is the most that a PATCH may add or take; more is refused
	// with a misleading 400. 0 takes any number.
	MostMembers int
	// BulkOperations and BulkPayload are the most operations and bytes that
	// /Bulk takes; there is none if BulkOperations is 0.
	BulkOperations, BulkPayload int
	// Quota refuses what is too much; the zero value takes any number.
	Quota Quota
	// Quirks are in force all the time.
	Quirks []Quirk
	// Accept says whether a bearer token is good; nil compares it with Token.
	Accept func(token string) bool
	// Rule is asked before a resource is stored, after the service's own rules,
	// and Stored is told when it was stored or removed. Both are called under
	// the server's lock and must not call it.
	Rule   func(Change) error
	Stored func(Change)
	// NewID makes the id of the n-th resource; by default a UUID made of n.
	NewID func(n int) string
}

// Server is a running service. Its methods may be called at any time from any
// goroutine, but not from a Fault's Match.
type Server struct {
	// URL is the base, as http://127.0.0.1:port/scim/v2.
	URL string
	// Token is what clients must show.
	Token string

	options Options
	http    *http.Server
	served  chan error

	mu     sync.Mutex
	store  *store
	faults []*Fault
	log    []Request
	stale  int
	// refused counts what was too much for the quota.
	refused int
}

// Start runs a service on a port that the system chooses. Close ends it.
func Start(o Options) (*Server, error) {
	if o.Token == "" {
		o.Token = "secret"
	}
	if o.PageCap == 0 {
		o.PageCap = 200
	}
	if o.NewID == nil {
		o.NewID = func(n int) string { return fmt.Sprintf("5c1a0000-0000-4000-8000-%012x", n) }
	}
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("start the SCIM service: %w", err)
	}
	s := &Server{
		URL: "http://" + l.Addr().String() + "/scim/v2", Token: o.Token,
		options: o, served: make(chan error, 1),
	}
	s.store = newStore(o, s.URL)
	s.http = &http.Server{Handler: http.HandlerFunc(s.serve)} //nolint:gosec // loopback only
	go func() { s.served <- s.http.Serve(l) }()
	return s, nil
}

// Close ends the service and cuts what is under way.
func (s *Server) Close() error {
	err := s.http.Close()
	<-s.served //nolint:errcheck // it says that the server is closed
	return err
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, largestBody))
	if err != nil {
		return // the client went away
	}
	fault := s.begin(r, body)
	if fault != nil && fault.before(w, r) {
		return
	}
	rep := s.handle(r, body, fault)
	if fault != nil && fault.Trouble == Twice {
		rep = s.handle(r, body, fault)
	}
	s.answer(w, r, rep, fault)
}

// begin logs the request and returns the fault that it meets, or nil.
func (s *Server) begin(r *http.Request, body []byte) *Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log = append(s.log, Request{Method: r.Method, Path: strings.TrimPrefix(r.URL.RequestURI(), "/scim/v2"), Body: body})
	for _, f := range s.faults {
		if f.meets(r) {
			return f
		}
	}
	return nil
}

// handle works out the answer, under the lock, so that each request is done
// at once.
func (s *Server) handle(r *http.Request, body []byte, f *Fault) reply {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.options.accepts(s.Token, r.Header.Get("Authorization")) {
		return errorReply(problem(http.StatusUnauthorized, "", "the bearer token is missing or wrong"))
	}
	if rep := s.options.Quota.exceeds(r); rep != nil {
		s.refused++
		return *rep
	}
	s.store.now++
	s.store.hidden, s.store.dropMembers = s.stale, f != nil && f.Trouble == DropMembers
	rep, err := s.route(r, body)
	if err != nil {
		return errorReply(err)
	}
	return rep
}

func (s *Server) answer(w http.ResponseWriter, r *http.Request, rep reply, f *Fault) {
	if f != nil {
		switch f.Trouble {
		case HangAfter:
			<-r.Context().Done()
			return
		case Drip:
			rep.drip(r.Context(), w)
			return
		default:
		}
		var gone bool
		if rep, gone = f.after(rep); gone {
			panic(http.ErrAbortHandler) // cuts the connection, by net/http's own contract
		}
	}
	rep.write(w, f)
}
