package scimdst

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net"
	"net/url"
	"strings"
	"time"
)

const (
	defaultTimeout = 30 * time.Second
	defaultMembers = 100
)

// Config says where a SCIM service is and how gently to treat it. A zero
// number stands for the default.
type Config struct {
	// URL is the base, such as https://host/scim/v2.
	URL string `yaml:"url"`
	// Token returns the bearer token. It is called for each request, maybe
	// from several goroutines, so a source that costs something must cache. If
	// its error has a method Temporary() bool, that is heeded.
	Token func() (string, error) `yaml:"-"`
	// OAuth2, Basic and ClientCertificate are other ways to say who asks. A
	// certificate may be shown beside any of them.
	OAuth2            OAuth2            `yaml:"oauth2"`
	Basic             Basic             `yaml:"basic"`
	ClientCertificate ClientCertificate `yaml:"client_certificate"`
	// Headers are sent with each request. The values of SecretHeaders name
	// secrets.
	Headers       map[string]string `yaml:"headers"`
	SecretHeaders map[string]string `yaml:"secret_headers"`
	// Secret returns the secret that a key names, in whatever form the caller
	// gives names. It is called as Token is.
	Secret func(name string) (string, error) `yaml:"-"`
	// Refused, where it is not nil, is told when the service did not take who
	// asked, or not for this (401, 403): what Token and Secret have kept may be
	// old. It may be called from several goroutines.
	Refused func() `yaml:"-"`
	// Trace, where it is not nil, is told of each request when its answer
	// comes, maybe from several goroutines.
	Trace func(Exchange) `yaml:"-"`
	// Again, where it is not nil, is asked when a page of a listing, or a single
	// resource, could not be read, after so many tries. It waits and returns nil
	// when that is to be asked for once more, else the error to end with. Where it
	// is nil, and of a service that has not answered at all, nothing is read again.
	Again func(ctx context.Context, tries int, err error) error `yaml:"-"`
	// CAFile is a PEM file with the only certificate authorities to trust.
	// Empty means those of the system.
	CAFile string `yaml:"ca_file"`
	// Timeout bounds one request with its answer; 30 s by default.
	Timeout time.Duration `yaml:"timeout"`
	// Profile names what is assumed of the service: one of ProfileNames;
	// generic by default.
	Profile string `yaml:"profile"`
	// ProfileOverrides change single assumptions of the profile.
	ProfileOverrides Profile `yaml:"profile_overrides"`
	// PageSize is the count asked for in a listing; that of the profile by
	// default.
	PageSize int `yaml:"page_size"`
	// RequestsPerSecond is the most that is sent; that of the profile by
	// default.
	RequestsPerSecond float64 `yaml:"requests_per_second"`
	// MembersPerRequest is the most members that the planner puts in one
	// step; 100 by default.
	MembersPerRequest int `yaml:"members_per_request"`
}

// Validate returns every mistake, each in one sentence that names its key, or
// nil. It does not look at Token or into files.
func (c Config) Validate() error {
	errs := append([]error{validateURL(c.URL)}, c.validateAuth()...)
	if c.Timeout < 0 {
		errs = append(errs, fmt.Errorf("timeout: %s is negative", c.Timeout))
	}
	if c.PageSize < 0 {
		errs = append(errs, fmt.Errorf("page_size: %d is negative", c.PageSize))
	}
	if r := c.RequestsPerSecond; !isRate(r) {
		errs = append(errs, fmt.Errorf("requests_per_second: %v is not a rate", r))
	}
	if c.MembersPerRequest < 0 {
		errs = append(errs, fmt.Errorf("members_per_request: %d is negative", c.MembersPerRequest))
	}
	if _, err := ProfileOf(c.Profile); err != nil {
		errs = append(errs, err)
	}
	if err := c.ProfileOverrides.validate(); err != nil {
		errs = append(errs, fmt.Errorf("profile_overrides: %w", err))
	}
	return errors.Join(errs...)
}

func isRate(r float64) bool { return r >= 0 && !math.IsNaN(r) && !math.IsInf(r, 0) }

// validateURL keeps what it refuses out of its errors: it may hold a password.
func validateURL(text string) error {
	if text == "" {
		return errors.New("url: the base URL of the SCIM service is missing")
	}
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return errors.New("url: this is not a URL")
	case u.User != nil:
		return errors.New("url: a user name or password does not belong here; use a token")
	case u.Hostname() == "":
		return errors.New("url: the host is missing; write https://host/path")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return errors.New("url: a query or fragment does not belong here")
	case u.Scheme == "https", u.Scheme == "http" && isLoopback(u.Hostname()):
		return nil
	case u.Scheme == "http":
		return errors.New("url: plain http would show the token to the network; use https")
	}
	return fmt.Errorf("url: the scheme is %q; use https", u.Scheme)
}

func isLoopback(host string) bool {
	return strings.EqualFold(host, "localhost") || net.ParseIP(host).IsLoopback()
}

// withDefaults returns c with its zero numbers replaced.
func (c Config) withDefaults() Config {
	if c.Timeout == 0 {
		c.Timeout = defaultTimeout
	}
	if c.MembersPerRequest == 0 {
		c.MembersPerRequest = defaultMembers
	}
	c.URL = strings.TrimRight(c.URL, "/")
	return c
}
