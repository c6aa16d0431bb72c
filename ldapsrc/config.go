package ldapsrc

import (
	"errors"
	"fmt"
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
	// CertFile and KeyFile name PEM files with a certificate, and with its
	// key, that is shown to a server which asks for one.
	CertFile string `yaml:"cert_file"`
	KeyFile  string `yaml:"key_file"`
	// TLSMinVersion is the least version that is taken: 1.2 (the default), or
	// 1.3.
	TLSMinVersion string `yaml:"tls_min_version"`
	// ServerName is the name that the server's certificate must bear. It is
	// the host of URL when empty.
	ServerName string `yaml:"server_name"`
	// InsecureSkipVerify believes any certificate, so anybody on the way can
	// read the password and change the answers.
	InsecureSkipVerify bool `yaml:"insecure_skip_verify"`
	// AllowPlainPassword allows a password to be sent unencrypted to a host
	// other than this one.
	AllowPlainPassword bool `yaml:"allow_plain_password"`
	// Bind is how the connection gets its rights: simple with BindDN and
	// Password, anonymous, or external (SASL EXTERNAL) by the certificate of
	// CertFile or by who runs this program (ldapi://). Where it is empty, it is
	// simple with a BindDN, else anonymous.
	Bind string `yaml:"bind"`
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
	// Referrals is refuse (the default), ignore or follow: whether what the
	// server has on other servers makes the snapshot incomplete, is left out by
	// leave, or is read there.
	Referrals string `yaml:"referrals"`
	// ReferralCredentials is same for the bind and the certificate that this
	// configuration has, to be shown to servers that are referred to. Where it
	// is empty they are read anonymously.
	ReferralCredentials string `yaml:"referral_credentials"`
	// Connections is how many searches may be under way at once, each over a
	// connection of its own; 1 when 0. What is read does not depend on it, but
	// for the order of the entries.
	Connections int `yaml:"connections"`
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
	maxConnections  = 64
)

// Validate returns every mistake in c, each as one sentence that begins with
// the key, joined; or nil. It reads no file and asks for no password.
func (c Config) Validate() error {
	c = c.WithDefaults()
	mistakes := c.kindMistakes()
	mistakes = append(mistakes, c.transportMistakes()...)
	mistakes = append(mistakes, c.bindMistakes()...)
	mistakes = append(mistakes, c.referralMistakes()...)
	if c.PageSize < 0 || c.PageSize > maxPageSize {
		mistakes = append(mistakes, fmt.Errorf("page_size: %d is not between 1 and %d", c.PageSize, maxPageSize))
	}
	if c.Connections < 0 || c.Connections > maxConnections {
		mistakes = append(mistakes, fmt.Errorf("connections: %d is not between 1 and %d", c.Connections, maxConnections))
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
	for _, url := range c.servers() {
		u, err := parseURL(url)
		switch {
		case err != nil:
			mistakes = append(mistakes, fmt.Errorf("url: %w", err))
		case c.StartTLS && u.tls:
			mistakes = append(mistakes, errors.New("start_tls: is for ldap:// only; an ldaps:// connection is encrypted from the start"))
		case c.StartTLS && u.network == "unix":
			mistakes = append(mistakes, errors.New("start_tls: is for ldap:// only; an ldapi:// connection does not leave this machine"))
		}
	}
	if (c.CertFile == "") != (c.KeyFile == "") {
		mistakes = append(mistakes, errors.New("cert_file: and key_file belong together; set both or none"))
	}
	if _, err := c.minVersion(); err != nil {
		mistakes = append(mistakes, fmt.Errorf("tls_min_version: %w", err))
	}
	if c.CAFile != "" && c.InsecureSkipVerify {
		mistakes = append(mistakes, errors.New("insecure_skip_verify: believes any certificate, so ca_file has no effect; leave one of them out"))
	}
	return mistakes
}
