package ldapsrc

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"
)

// Config is the directory's part of the configuration file. A password is
// never in it.
//
//	url: ldaps://ldap.example.com
//	ca_file: /etc/ldap2scim/ca.pem
//	bind_dn: cn=reader,dc=example,dc=com
//	users:
//	  base: ou=people,dc=example,dc=com
//	  filter: (objectClass=inetOrgPerson)
//	  id: entryUUID
//	groups:
//	  base: ou=groups,dc=example,dc=com
//	  filter: (objectClass=groupOfNames)
//	  id: entryUUID
//	  members: member
type Config struct {
	// Kind names a kind of directory, see [Kinds], whose usual base, filters
	// and attributes are taken where this configuration is silent. It is empty
	// for none.
	Kind string `yaml:"kind"`
	// URL is ldaps://host[:port], ldap://host[:port] or ldapi://path, in which
	// each slash of the path is written %2F.
	URL string `yaml:"url"`
	// URLs are further servers with the same content. They are tried in their
	// order when one before them does not answer; once a search has given an
	// entry it is not gone on with elsewhere.
	URLs []string `yaml:"urls"`
	// LDIF names files that hold the directory, in the place of a server; see
	// [OpenLDIF].
	LDIF Files `yaml:"ldif"`
	// Base is the base of every search that has none of its own.
	Base string `yaml:"base"`
	// StartTLS turns an ldap:// connection into an encrypted one before
	// anything else is sent.
	StartTLS bool `yaml:"start_tls"`
	// CAFile names a PEM file. When it is set, the authorities in it are the
	// only ones that are believed; otherwise those of the system are.
	CAFile string `yaml:"ca_file"`
	// ServerName is the name that the server's certificate must bear. It is
	// the host of URL when empty.
	ServerName string `yaml:"server_name"`
	// InsecureSkipVerify believes any certificate, so anybody on the way can
	// read the password and change the answers.
	InsecureSkipVerify bool `yaml:"insecure_skip_verify"`
	// AllowPlainPassword allows a password to be sent unencrypted to a host
	// other than this one.
	AllowPlainPassword bool `yaml:"allow_plain_password"`
	// BindDN is who reads. It is empty for an anonymous read.
	BindDN string `yaml:"bind_dn"`
	// Password gives the password of BindDN. It is called at each bind; nil
	// means an anonymous read.
	Password func() (string, error) `yaml:"-"`
	// PageSize is the number of entries asked for at a time, 1000 when 0.
	PageSize int `yaml:"page_size"`
	// Timeout is the longest time that connecting may take and that the
	// server may stay silent while an answer is due, 30 s when 0.
	Timeout time.Duration `yaml:"timeout"`
	// Membership says where it stands who is in a group: members (the
	// default) in the groups, or memberOf in the people and nested groups.
	Membership string `yaml:"membership"`
	// PrimaryGroups is include or ignore: whether people are members of the
	// group that their primaryGroupID names, which Active Directory does not
	// list among its members.
	PrimaryGroups string `yaml:"primary_groups"`
	// Now gives the time at which accounts are judged that expire. Where it is
	// nil, an account with a day of expiry gets a flaw instead.
	Now func() time.Time `yaml:"-"`

	Users  Search `yaml:"users"`
	Groups Search `yaml:"groups"`
	// Units are read when the caller wants the organizational units; all of
	// it may be left out.
	Units Search `yaml:"units"`
}

const (
	defaultPageSize = 1000
	defaultTimeout  = 30 * time.Second
	maxPageSize     = 100_000
)

// Validate returns every mistake in c, each as one sentence that begins with
// the key, joined; or nil. It reads no file and asks for no password.
func (c Config) Validate() error {
	c = c.WithDefaults()
	mistakes := c.kindMistakes()
	mistakes = append(mistakes, c.transportMistakes()...)
	mistakes = append(mistakes, c.bindMistakes()...)
	if c.PageSize < 0 || c.PageSize > maxPageSize {
		mistakes = append(mistakes, fmt.Errorf("page_size: %d is not between 1 and %d", c.PageSize, maxPageSize))
	}
	if c.Timeout < 0 {
		mistakes = append(mistakes, fmt.Errorf("timeout: %s is negative", c.Timeout))
	}
	mistakes = append(mistakes, c.Users.mistakes("users")...)
	mistakes = append(mistakes, c.Groups.mistakes("groups")...)
	mistakes = append(mistakes, c.membershipMistakes()...)
	if !c.Units.empty() {
		mistakes = append(mistakes, c.Units.mistakes("units")...)
	}
	return errors.Join(mistakes...)
}

func (c Config) transportMistakes() []error {
	if len(c.LDIF) > 0 {
		if c.URL != "" {
			return []error{errors.New("ldif: is in the place of a server, so url has no effect; leave one of them out")}
		}
		return nil
	}
	var mistakes []error
	u, err := parseURL(c.URL)
	if err != nil {
		mistakes = append(mistakes, fmt.Errorf("url: %w", err))
	} else if c.StartTLS && u.tls {
		mistakes = append(mistakes, errors.New("start_tls: is for ldap:// only; an ldaps:// connection is encrypted from the start"))
	}
	if c.CAFile != "" && c.InsecureSkipVerify {
		mistakes = append(mistakes, errors.New("insecure_skip_verify: believes any certificate, so ca_file has no effect; leave one of them out"))
	}
	return mistakes
}

func (c Config) bindMistakes() []error {
	var mistakes []error
	if c.BindDN != "" && c.Password == nil {
		mistakes = append(mistakes, errors.New("bind_dn: needs a password; leave it out to read anonymously"))
	}
	if c.BindDN == "" && c.Password != nil {
		mistakes = append(mistakes, errors.New("bind_dn: missing, though there is a password"))
	}
	u, err := parseURL(c.URL)
	if err == nil && c.Password != nil && !u.tls && !c.StartTLS && !c.AllowPlainPassword && !u.loopback() {
		mistakes = append(mistakes, fmt.Errorf("url: the password would be sent unencrypted to %s; use ldaps://, or start_tls: true, or allow_plain_password: true if that is meant", u.host))
	}
	return mistakes
}

// endpoint is a parsed Config.URL.
type endpoint struct {
	host, address string
	tls           bool
}

func parseURL(raw string) (endpoint, error) {
	if raw == "" {
		return endpoint{}, errors.New("missing; write ldaps://host or ldap://host")
	}
	u, err := url.Parse(raw)
	if err != nil {
		// The text of err repeats raw, which could hold a password.
		return endpoint{}, errors.New("is not a URL; write ldaps://host or ldap://host")
	}
	port := u.Port()
	switch {
	case u.Scheme != "ldap" && u.Scheme != "ldaps":
		return endpoint{}, fmt.Errorf("the scheme is %q; write ldaps://host or ldap://host", u.Scheme)
	case u.User != nil:
		return endpoint{}, errors.New("must not hold a user or a password; use bind_dn")
	case u.Hostname() == "":
		return endpoint{}, errors.New("has no host")
	case strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "":
		return endpoint{}, errors.New("holds more than a host and a port; the base and the filter stand under users and groups")
	case port == "" && u.Scheme == "ldaps":
		port = "636"
	case port == "":
		port = "389"
	}
	return endpoint{
		host:    u.Hostname(),
		address: net.JoinHostPort(u.Hostname(), port),
		tls:     u.Scheme == "ldaps",
	}, nil
}

func (e endpoint) loopback() bool {
	ip := net.ParseIP(e.host)
	return e.host == "localhost" || ip != nil && ip.IsLoopback()
}
