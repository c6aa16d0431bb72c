package entratest

import (
	"net/http"
	"strings"
)

// Trouble is a way to misbehave.
type Trouble int

const (
	// StatusBefore answers Status, and does nothing.
	StatusBefore Trouble = iota + 1
	// StatusAfter does what was asked, and answers Status.
	StatusAfter
	// CutBefore cuts the connection without doing anything.
	CutBefore
	// CutAfter does what was asked, and cuts the connection.
	CutAfter
	// Truncate does what was asked, and cuts the answer's body in the middle.
	Truncate
	// Hang does nothing until the client goes away.
	Hang
	// HangAfter does what was asked, and then nothing until the client goes.
	HangAfter
)

// Fault says which requests meet which trouble. The items of a batch meet
// faults too, each for itself, and only those that answer a status.
type Fault struct {
	Trouble Trouble
	// Match picks the requests; nil picks all.
	Match func(Request) bool
	// Skip lets so many of the picked requests pass first.
	Skip int
	// Times is how many are met; 0 stands for one, a negative number for all.
	Times int
	// Status is for StatusBefore and StatusAfter.
	Status int
	// Code is the error's code; what belongs to Status if empty.
	Code string
	// Header is added to the answer, such as Retry-After.
	Header http.Header

	met int
}

// Inject adds a fault. Of several that pick a request, the first is met.
func (s *Server) Inject(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f.Times == 0 {
		f.Times = 1
	}
	s.faults = append(s.faults, &f)
}

// Heal takes all faults away.
func (s *Server) Heal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

// To matches a method and the beginning of a path such as /users.
func To(method, path string) func(Request) bool {
	return func(r Request) bool { return r.Method == method && strings.HasPrefix(r.Path, path) }
}

// Ending matches a method and the end of a path, without its query.
func Ending(method, path string) func(Request) bool {
	return func(r Request) bool {
		at, _, _ := strings.Cut(r.Path, "?")
		return r.Method == method && strings.HasSuffix(at, path)
	}
}

// meet returns the fault that a request meets; the server's lock is held.
func (s *Server) meet(r Request) *Fault {
	for _, f := range s.faults {
		if r.Batched && f.Trouble != StatusBefore && f.Trouble != StatusAfter {
			continue
		}
		if f.meets(r) {
			return f
		}
	}
	return nil
}

func (f *Fault) meets(r Request) bool {
	if f.Match != nil && !f.Match(r) {
		return false
	}
	f.met++
	return f.met > f.Skip && (f.Times < 0 || f.met <= f.Skip+f.Times)
}

// before reports whether the fault has dealt with the request.
func (f *Fault) before(w http.ResponseWriter, r *http.Request) bool {
	switch f.Trouble {
	case StatusBefore:
		f.reply().write(w, nil)
	case CutBefore:
		panic(http.ErrAbortHandler) // cuts the connection, by net/http's own contract
	case Hang:
		<-r.Context().Done()
	default:
		return false
	}
	return true
}

func (f *Fault) after(rep reply) reply {
	if f.Trouble == StatusAfter {
		return f.reply()
	}
	return rep
}

func (f *Fault) reply() reply {
	code := f.Code
	if code == "" {
		code = map[int]string{
			http.StatusTooManyRequests: "TooManyRequests", http.StatusNotFound: "Request_ResourceNotFound",
			http.StatusServiceUnavailable: "ServiceUnavailable", http.StatusGatewayTimeout: "GatewayTimeout",
		}[f.Status]
	}
	return errorReply(&graphError{status: f.Status, code: code, message: "a fault was injected", header: f.Header.Clone()})
}
