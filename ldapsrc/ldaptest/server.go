package ldaptest

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"slices"
	"sync"
)

// Directory is what a server starts with.
type Directory struct {
	// Entries in any order; parents need not be there. An entry with a
	// userPassword can bind; nobody can read it.
	Entries []Entry
	// Anonymous lets anybody search. Otherwise a bind must come first.
	Anonymous bool
	// PageLimit is the largest page; a client that asks for a larger one gets
	// this much. 0 means no limit.
	PageLimit int
	// SizeLimit is the largest number of entries that a search gives, paged
	// or not; the result is then sizeLimitExceeded. 0 means no limit.
	SizeLimit int
	// RangeLimit is the largest number of values that an attribute comes
	// with; the others come in ranges ([MS-ADTS] §3.1.1.3.1.3.3). 0 means no
	// limit.
	RangeLimit int
	// Root holds attributes for the root DSE, beside the usual ones.
	Root map[string][]string
	// NoPaging makes paged results an unknown control.
	NoPaging bool
	// NoStartTLS makes StartTLS an unknown operation.
	NoStartTLS bool
	// Faults go wrong from the start.
	Faults []Fault
}

// Server is a directory that runs. Its methods are safe for concurrent use.
type Server struct {
	directory Directory
	store     *store
	tls       *tls.Config
	ca        []byte
	listeners [2]net.Listener // ldap, ldaps
	running   sync.WaitGroup

	mu       sync.Mutex
	closed   bool
	faults   []Fault
	sessions map[*session]bool
	searches int
}

// Start runs a directory on two ports of 127.0.0.1 that the system chooses.
// The caller closes it.
func Start(d Directory) (*Server, error) {
	s := &Server{directory: d, store: newStore(), faults: slices.Clone(d.Faults), sessions: make(map[*session]bool)}
	for _, e := range d.Entries {
		if err := s.Add(e); err != nil {
			return nil, err
		}
	}
	var err error
	if s.tls, s.ca, err = issue(); err != nil {
		return nil, err
	}
	for i := range s.listeners {
		if s.listeners[i], err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
			return nil, errors.Join(fmt.Errorf("listen: %w", err), s.Close())
		}
	}
	s.running.Go(func() { s.accept(s.listeners[0], func(c net.Conn) net.Conn { return c }) })
	s.running.Go(func() { s.accept(s.listeners[1], func(c net.Conn) net.Conn { return tls.Server(c, s.tls) }) })
	return s, nil
}

// URL is that of the port for ldap and StartTLS.
func (s *Server) URL() string { return "ldap://" + s.listeners[0].Addr().String() }

// LDAPSURL is that of the encrypted port.
func (s *Server) LDAPSURL() string { return "ldaps://" + s.listeners[1].Addr().String() }

// CAPEM is the certificate of the authority that issued the server's, which
// is for localhost, 127.0.0.1 and ::1.
func (s *Server) CAPEM() []byte { return slices.Clone(s.ca) }

// Close ends all connections and waits until nothing runs any more.
func (s *Server) Close() error {
	s.mu.Lock()
	s.closed = true
	for session := range s.sessions {
		session.end()
	}
	s.mu.Unlock()
	var errs []error
	for _, l := range s.listeners {
		if l != nil {
			if err := l.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
				errs = append(errs, err)
			}
		}
	}
	s.running.Wait()
	return errors.Join(errs...)
}

// Add adds an entry.
func (s *Server) Add(e Entry) error { return s.store.add(e) }

// Modify replaces the given attributes of an entry; one without values is
// removed.
func (s *Server) Modify(dn string, attrs map[string][]string) error { return s.store.modify(dn, attrs) }

// Delete removes an entry, and leaves those below it.
func (s *Server) Delete(dn string) error { return s.store.delete(dn) }

// Break makes things go wrong from now on, instead of what went wrong before.
func (s *Server) Break(faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = slices.Clone(faults)
}

// Searches returns how many search requests have come so far.
func (s *Server) Searches() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.searches
}

func (s *Server) accept(l net.Listener, wrap func(net.Conn) net.Conn) {
	for {
		c, err := l.Accept()
		if err != nil {
			return // closed
		}
		session := newSession(s, wrap(c))
		s.mu.Lock()
		if s.closed {
			s.mu.Unlock()
			session.end()
			return
		}
		s.sessions[session] = true
		s.mu.Unlock()
		s.running.Go(func() {
			session.serve()
			s.mu.Lock()
			defer s.mu.Unlock()
			delete(s.sessions, session)
		})
	}
}

// struck returns the faults that strike an operation.
func (s *Server) struck(on On, path []string, page int) []Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	return fitting(s.faults, on, path, page)
}
