package scimtest

import (
	"encoding/json"
	"net/http"
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
	// Drip does what was asked, and answers a byte every few milliseconds.
	Drip
	// Twice does what was asked two times, as a network that repeats a request,
	// and gives the second answer.
	Twice
	// Hang does nothing until the client goes away.
	Hang
	// HangAfter does what was asked, and then nothing until the client goes.
	HangAfter
	// HTMLPage does nothing and answers 200 with a page for people.
	HTMLPage
	// DropMembers leaves out all members that a request would add.
	DropMembers
	// FirstPage answers a listing with its first page, whatever was asked.
	FirstPage
	// WrongTotal answers a listing with Total as totalResults.
	WrongTotal
)

// Fault says which requests meet which trouble.
type Fault struct {
	Trouble Trouble
	// Match picks the requests; nil picks all. It must not read the body.
	Match func(*http.Request) bool
	// Skip lets so many of the picked requests pass first.
	Skip int
	// Times is how many are met; 0 stands for one, a negative number for all.
	Times int
	// Status is for StatusBefore and StatusAfter.
	Status int
	// Header is added to the answer, such as Retry-After.
	Header http.Header
	// Body replaces the error body of StatusBefore and StatusAfter.
	Body string
	// Total is for WrongTotal.
	Total int

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
	s.faults, s.stale = nil, 0
}

// Stale makes searches miss what was made less than so many requests ago, as
// services do whose index is behind. A resource can still be read by its id.
func (s *Server) Stale(requests int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stale = requests
}

// To matches a method and the beginning of a path such as /Users.
func To(method, path string) func(*http.Request) bool {
	return func(r *http.Request) bool {
		rest, ok := cutBase(r.URL.Path)
		return ok && r.Method == method && len(rest) >= len(path) && rest[:len(path)] == path
	}
}

// meets counts; the server's lock is held.
func (f *Fault) meets(r *http.Request) bool {
	if f.Match != nil && !f.Match(r) {
		return false
	}
	f.met++
	if f.met <= f.Skip {
		return false
	}
	return f.Times < 0 || f.met <= f.Skip+f.Times
}

// before reports whether the fault has dealt with the request.
func (f *Fault) before(w http.ResponseWriter, r *http.Request) bool {
	switch f.Trouble {
	case StatusBefore:
		f.statusReply().write(w, nil)
	case CutBefore:
		panic(http.ErrAbortHandler)
	case Hang:
		<-r.Context().Done()
	case HTMLPage:
		page := reply{status: http.StatusOK, contentType: "text/html; charset=utf-8", body: []byte("<html><body>Please sign in.</body></html>")}
		page.write(w, nil)
	case FirstPage:
		q := r.URL.Query()
		q.Set("startIndex", "1")
		r.URL.RawQuery = q.Encode()
		return false
	default:
		return false
	}
	return true
}

// after changes an answer, and reports true when there is to be none.
func (f *Fault) after(rep reply) (reply, bool) {
	switch f.Trouble {
	case StatusAfter:
		return f.statusReply(), false
	case CutAfter:
		return rep, true
	case WrongTotal:
		return f.wrongTotal(rep), false
	default: // it has struck before, or strikes elsewhere
	}
	return rep, false
}

func (f *Fault) statusReply() reply {
	rep := errorReply(problem(f.Status, "", "a fault was injected"))
	if f.Body != "" {
		rep.body = []byte(f.Body)
	}
	rep.header = f.Header.Clone()
	return rep
}

func (f *Fault) wrongTotal(rep reply) reply {
	var list map[string]any
	if json.Unmarshal(rep.body, &list) != nil {
		return rep
	}
	list["totalResults"] = f.Total
	return jsonReply(rep.status, list)
}
