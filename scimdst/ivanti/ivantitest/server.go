package ivantitest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"ldap2scim/scimdst/scimtest"
)

// Options are the tenant at its start.
type Options struct {
	// User and Password are those of the API user; "api" and "secret" if empty.
	User, Password string
	// LDAP is the LDAP server of the tenant; with an empty name there is none.
	LDAP LDAP
	// Accounts are there beside those of the LDAP server.
	Accounts []Account
	// Groups are there by name, with their source.
	Groups   map[string]string
	Devices  []Device
	Policies []Policy
	// IdPAttributes are the custom attributes that User Provisioning has.
	IdPAttributes []string
	// AppleIDs is the setting of User Provisioning.
	AppleIDs AppleIDSetting
	// Renames lets a userName be changed: the vendor's pages disagree.
	Renames bool
	// Masked hides names as the GDPR profile of an API user does.
	Masked bool
	// Now is the service's clock at the start.
	Now time.Time
	// SCIM are further rules of the provisioning side. Its Token is the first
	// token that is generated.
	SCIM scimtest.Options
}

// AppleIDSetting makes Managed Apple IDs from the email, or from an attribute.
type AppleIDSetting struct {
	On        bool
	Subdomain bool
	// Attribute is the custom attribute that it comes from; "" is the email.
	Attribute string
}

// Server is a running tenant. Close ends it. Its methods may be called at any
// time from any goroutine.
type Server struct {
	// URL is the base of the customer API and of CPS.
	URL string
	// SCIM is the provisioning side, with its own URL and Token.
	SCIM *scimtest.Server

	options Options
	http    *http.Server
	served  chan error

	mu        sync.Mutex
	now       time.Time
	due       time.Time // the next sync
	made      int64
	accounts  []*Account
	groups    map[string]string // name to source
	members   map[string][]string
	scimUser  map[string]string // SCIM id to uid
	scimGroup map[string]string // SCIM id to name
	tokens    []token
	trail     []Event
	requests  []string
	interfere func(http.ResponseWriter, *http.Request) bool
}

// Start runs a tenant on two ports that the system chooses.
func Start(o Options) (*Server, error) {
	o.User, o.Password = cmp.Or(o.User, "api"), cmp.Or(o.Password, "secret")
	o.LDAP.Interval = cmp.Or(o.LDAP.Interval, 15*time.Minute)
	if o.Now.IsZero() {
		o.Now = time.Date(2026, 1, 5, 8, 0, 0, 0, time.UTC)
	}
	for _, p := range o.LDAP.People {
		if len(p.Custom) > mostCustom {
			return nil, fmt.Errorf("start the MDM: %s has %d custom attributes, and %d are possible", p.UID, len(p.Custom), mostCustom)
		}
	}
	s := &Server{
		options: o, served: make(chan error, 1), now: o.Now.UTC(), groups: map[string]string{}, members: map[string][]string{},
		scimUser: map[string]string{}, scimGroup: map[string]string{},
	}
	for name, source := range o.Groups {
		s.groups[name] = source
	}
	for _, a := range o.Accounts {
		s.add(a)
	}
	first := cmp.Or(o.SCIM.Token, "secret")
	s.tokens = []token{{text: first, active: true}}
	s.sync()
	scim := o.SCIM
	scim.Token, scim.Accept, scim.Rule, scim.Stored = first, s.accepts, s.rule, s.stored
	var err error
	if s.SCIM, err = scimtest.Start(scim); err != nil {
		return nil, err
	}
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, errors.Join(fmt.Errorf("start the MDM: %w", err), s.SCIM.Close())
	}
	s.URL = "http://" + l.Addr().String()
	s.http = &http.Server{Handler: s.routes()} //nolint:gosec // loopback only
	go func() { s.served <- s.http.Serve(l) }()
	return s, nil
}

// Close ends the tenant and cuts what is under way.
func (s *Server) Close() error {
	err := s.http.Close()
	<-s.served //nolint:errcheck // it says that the server is closed
	return errors.Join(err, s.SCIM.Close())
}

// User and Password are what the API asks for.
func (s *Server) User() string     { return s.options.User }
func (s *Server) Password() string { return s.options.Password }

// Requests returns the paths that the API was asked for so far, each with its
// method and query, also those that were refused.
func (s *Server) Requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// Interfere lets f answer a request of the API in place of the tenant when it
// returns true; nil ends that.
func (s *Server) Interfere(f func(http.ResponseWriter, *http.Request) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.interfere = f
}

func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/v1/account", s.listAccounts)
	mux.HandleFunc("GET /api/v1/group", s.listGroups)
	mux.HandleFunc("GET /api/v1/metadata/tenant", s.tenant)
	mux.HandleFunc("GET /api/v1/device", s.listDevices)
	mux.HandleFunc("GET /api/v1/policy", s.listPolicies)
	mux.HandleFunc("GET /msa/v1/cps/user", s.cps)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.requests = append(s.requests, r.Method+" "+r.URL.RequestURI())
		interfere := s.interfere
		s.mu.Unlock()
		if interfere != nil && interfere(w, r) {
			return
		}
		if user, password, _ := r.BasicAuth(); user != s.options.User || password != s.options.Password {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		mux.ServeHTTP(w, r)
	})
}
