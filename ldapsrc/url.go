package ldapsrc

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
)

// endpoint is a parsed Config.URL.
type endpoint struct {
	network, host, address string
	tls                    bool
}

func parseURL(raw string) (endpoint, error) {
	if raw == "" {
		return endpoint{}, errors.New("missing; write ldaps://host or ldap://host")
	}
	if path, ok := strings.CutPrefix(raw, "ldapi://"); ok {
		return parseSocket(path)
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
		network: "tcp",
		host:    u.Hostname(),
		address: net.JoinHostPort(u.Hostname(), port),
		tls:     u.Scheme == "ldaps",
	}, nil
}

// parseSocket reads what follows ldapi://, as OpenLDAP writes it: the path of
// a socket with its slashes escaped.
func parseSocket(escaped string) (endpoint, error) {
	path, err := url.PathUnescape(strings.TrimSuffix(escaped, "/"))
	if err != nil || !strings.HasPrefix(path, "/") {
		return endpoint{}, errors.New("ldapi:// takes the path of a socket, in which each slash is written %2F")
	}
	return endpoint{network: "unix", host: "localhost", address: path}, nil
}

func (e endpoint) loopback() bool {
	ip := net.ParseIP(e.host)
	return e.network == "unix" || e.host == "localhost" || ip != nil && ip.IsLoopback()
}
