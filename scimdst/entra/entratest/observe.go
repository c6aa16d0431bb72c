package entratest

import "slices"

// Request is one request as it came, also one that was refused or cut.
type Request struct {
	Method string
	// Path is below /v1.0, escaped, with the query. Requests for tokens have
	// their whole path.
	Path string
	Body []byte
	// Batched says that it is an item of a batch, whose own request comes first.
	Batched bool
}

// Refusal is a request that this server does not have.
type Refusal struct {
	Request
	Why string
}

// Denial is a request whose client lacked permissions.
type Denial struct {
	Request
	// Missing are the permissions of which one of each line was needed, the
	// least privileged first.
	Missing []string
}

// Requests returns all requests so far, in order.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.log)
}

// Forget empties what [Server.Requests] returns.
func (s *Server) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log = nil
}

// Refused returns what was asked for and is not documented, or not in this
// server's tables.
func (s *Server) Refused() []Refusal {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.record.refused)
}

// Denied returns what was refused for want of a permission. The answer itself
// names none, as Graph's does not.
func (s *Server) Denied() []Denial {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.record.denied)
}
