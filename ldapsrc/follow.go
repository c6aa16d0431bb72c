package ldapsrc

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// Values of Config.Referrals and Config.ReferralCredentials.
const (
	refuseReferrals = "refuse"
	ignoreReferrals = "ignore"
	followReferrals = "follow"
	sameCredentials = "same"
)

// deepestReferral bounds a chain of servers that refer to each other.
const deepestReferral = 5

func (c Config) referralMistakes() []error {
	var found []error
	if !slices.Contains([]string{"", refuseReferrals, ignoreReferrals, followReferrals}, c.Referrals) {
		found = append(found, fmt.Errorf("referrals: %q is not one of refuse, ignore, follow", c.Referrals))
	}
	if !slices.Contains([]string{"", sameCredentials}, c.ReferralCredentials) {
		found = append(found, fmt.Errorf("referral_credentials: %q is not same; leave it out to read other servers anonymously", c.ReferralCredentials))
	}
	return found
}

// refer does with the references what the configuration says, and returns, in
// words, what was not read.
func (r *reader) refer(ctx context.Context) (missing string, err error) {
	if r.source.config.Referrals == ignoreReferrals {
		return "", nil
	}
	others, unknown, err := r.references.elsewhere(r.source)
	if err != nil {
		return "", err
	}
	if r.source.config.Referrals != followReferrals {
		return notFollowed(others, unknown), nil
	}
	var why []string
	if unknown > 0 {
		why = append(why, fmt.Sprintf("%d more references were not followed", unknown))
	}
	for _, uri := range others {
		if err := r.follow(ctx, uri); err != nil {
			if r.unwanted || ctx.Err() != nil {
				return "", err
			}
			why = append(why, fmt.Sprintf("the reference to %s could not be followed: %v", uri, err))
		}
	}
	return strings.Join(why, "; "), nil
}

// follow reads the part of the search that a reference leads to, with a
// connection of its own.
func (r *reader) follow(ctx context.Context, uri string) error {
	c, search, err := r.referred(uri)
	if err != nil {
		return err
	}
	place := c.URL + "/" + referredDN(uri)
	if slices.Contains(r.visited, place) || len(r.visited) >= deepestReferral {
		return errors.New("the servers refer to each other without end")
	}
	other, err := Open(ctx, c)
	if err != nil {
		return err
	}
	next := &reader{source: other, search: search, put: r.put, visited: append(slices.Clone(r.visited), place)}
	err = other.during(ctx, func() error { return next.read(ctx) })
	r.record.Pages += next.record.Pages
	r.record.Entries += next.record.Entries
	r.unwanted = next.unwanted
	if err == nil && next.record.Missing != "" {
		err = errors.New(next.record.Missing)
	}
	return errors.Join(err, other.Close())
}

// referred returns how to read what a reference names (RFC 4511 §4.5.3). What
// is encrypted here is encrypted there, and nobody there is told who reads,
// unless that is allowed by name.
func (r *reader) referred(uri string) (Config, named, error) {
	c, search := r.source.config, r.search
	u, err := url.Parse(uri)
	if err != nil || u.Host == "" {
		return c, search, errors.New("it names no server")
	}
	own, err := parseURL(r.source.url)
	if err != nil {
		return c, search, err
	}
	c.URL, c.URLs, c.ServerName = u.Scheme+"://"+u.Host, nil, ""
	c.StartTLS = u.Scheme == "ldap" && (own.tls || c.StartTLS)
	if c.ReferralCredentials != sameCredentials {
		c.Bind, c.BindDN, c.Password, c.CertFile, c.KeyFile = bindAnonymous, "", nil, "", ""
	}
	if dn, err := url.PathUnescape(strings.TrimPrefix(u.EscapedPath(), "/")); err == nil && dn != "" {
		search.Base = dn
	}
	scope, _, _ := strings.Cut(strings.TrimPrefix(u.RawQuery, "?"), "?")
	switch {
	case scope != "":
		search.Scope = strings.ToLower(scope)
	case search.Scope == "one" && !r.elsewhere:
		search.Scope = "base" // the reference is one of the entries
	}
	return c, search, c.Validate()
}
