package ldapsrc

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-ldap/ldap/v3"
)

// Facts are what a check found out about a directory that was reached and
// bound to.
type Facts struct {
	// Server is the URL of the server which answered.
	Server string
	// Vendor is the server's own name for itself, or "".
	Vendor string
	// TLS is the protocol of the connection, or "" when it is unencrypted.
	TLS string
	// NamingContexts are the suffixes that the server holds.
	NamingContexts []string
	// Paging reports that the server says it supports paged results. It is
	// true of files, which have no limits.
	Paging bool
	// Limits are those that the server reports and that a reading can meet, as
	// NAME=VALUE: of its default policy, where it is a domain controller. There
	// are none where the reader may not see them.
	Limits []string
	// Clock is the server's time, or zero where it does not tell it.
	Clock time.Time
	// Bases are the search bases in the order of reading.
	Bases []Base
	// Warnings are what a person should look at, each a sentence.
	Warnings []string
}

// Base is a search base, whether it is there, and what its first page shows.
type Base struct {
	// Name is the search's name in the configuration.
	Name, DN string
	// Err is nil when the base exists and may be seen, and the search below
	// it is not refused.
	Err error
	// Sampled is how many entries the first page has, and More whether others
	// follow. Estimate is how many there are in all by the server's own
	// estimate, or 0 where it makes none.
	Sampled  int
	More     bool
	Estimate int
	// PageSize is the size of the pages that the server takes.
	PageSize int
	// Unseen are the attributes that are asked for and that no entry of the
	// sample shows: the reader may lack the right to them.
	Unseen []string
}

// Check asks the directory about itself, looks at each search base, and reads
// the first page of each search. The error is of the connection; that a base
// is missing stands in the facts.
func (s *Source) Check(ctx context.Context) (Facts, error) {
	if err := s.revive(ctx); err != nil {
		return Facts{}, err
	}
	facts := Facts{Server: s.url, TLS: s.tls}
	err := s.during(ctx, func() error {
		root, err := s.readRoot()
		if err != nil {
			return err
		}
		facts.Vendor = root.vendor()
		facts.NamingContexts = root["namingcontexts"]
		facts.Paging = slices.Contains(root["supportedcontrol"], ldap.ControlTypePaging)
		if now, err := generalizedTime(root.first("currenttime")); err == nil {
			facts.Clock = now
		}
		if facts.Limits, err = s.readLimits(root); err != nil {
			return err
		}
		for _, search := range s.config.searches() {
			base, err := s.checkBase(ctx, search)
			if err != nil {
				return err
			}
			facts.Bases = append(facts.Bases, base)
		}
		return nil
	})
	if err != nil {
		return facts, s.fail(ctx, "check", s.url, err)
	}
	facts.warn(s.config)
	return facts, nil
}

func (s *Source) checkBase(ctx context.Context, search named) (Base, error) {
	base := Base{Name: search.name, DN: search.Base}
	found, entries, err := s.lookAt(search.Base)
	if err != nil {
		return base, err
	}
	if err := cmp.Or(found.err(), oneEntry(entries)); err != nil {
		base.Err = s.fail(ctx, "find the base of "+search.name, search.Base, err)
		return base, nil
	}
	seen, decoder := sample{}, newDecoder()
	r := &reader{source: s, search: search, put: func(a arrival) error {
		one, err := a.record(decoder)
		if err != nil {
			return err
		}
		return seen.take(one)
	}}
	first, err := r.firstPage()
	if ldap.IsErrorAnyOf(err, ldap.LDAPResultInsufficientAccessRights, ldap.LDAPResultUnwillingToPerform, ldap.LDAPResultOperationsError) {
		base.Err = s.fail(ctx, "search "+search.name+" below", search.Base, err)
		return base, nil
	}
	base.Sampled, base.More, base.Estimate = r.record.Entries, first.cookie != "", first.estimate
	base.PageSize, base.Unseen = s.pageSize, seen.unseen(search)
	return base, err
}

func oneEntry(entries int) error {
	if entries != 1 {
		return errNoBase
	}
	return nil
}

// sample counts the entries that show an attribute, by its lower-cased name.
type sample map[string]int

func (s sample) take(r record) error {
	for name := range r.attrs {
		base, _, _ := strings.Cut(name, ";")
		s[base]++
	}
	return nil
}

// unseen returns what was asked for and not shown. Of the attributes for
// members one is enough, and some attributes are shown of few.
func (s sample) unseen(search named) []string {
	if len(s) == 0 {
		return nil
	}
	members := search.memberAttributes()
	shown := func(name string) bool { return s[strings.ToLower(name)] > 0 }
	var unseen []string
	for _, name := range search.attributes() {
		member := slices.ContainsFunc(members, func(m string) bool { return strings.EqualFold(m, name) })
		if !shown(name) && !isSeldom(name) && !(member && slices.ContainsFunc(members, shown)) {
			unseen = append(unseen, name)
		}
	}
	return unseen
}

// isSeldom tells an attribute that an account has only when something is the
// matter with it.
func isSeldom(name string) bool {
	switch strings.ToLower(name) {
	case "nsaccountlock", "pwdaccountlockedtime", "shadowexpire", "krbprincipalexpiration", "logindisabled":
		return true
	}
	return false
}

// clockLimit is how far clocks may be apart: Kerberos allows as much.
const clockLimit = 5 * time.Minute

// warn finds what a person should look at.
func (f *Facts) warn(c Config) {
	say := func(format string, args ...any) { f.Warnings = append(f.Warnings, fmt.Sprintf(format, args...)) }
	if c.InsecureSkipVerify {
		say("insecure_skip_verify is on: any certificate is believed, so anybody on the way can read the password and change the answers")
	}
	if u, err := parseURL(f.Server); err == nil && f.TLS == "" && !u.loopback() {
		say("the connection to %s is not encrypted", f.Server)
	}
	if c.Now != nil && !f.Clock.IsZero() && c.Now().Sub(f.Clock).Abs() > clockLimit {
		say("the server's clock shows %s and this machine's %s: accounts that expire are judged by the latter",
			f.Clock.UTC().Format(time.RFC3339), c.Now().UTC().Format(time.RFC3339))
	}
	for _, b := range f.Bases {
		switch {
		case b.Err != nil:
		case b.Sampled == 0 && !b.More:
			say("%s: nothing below %s fits the filter, or may be seen", b.Name, b.DN)
		case len(b.Unseen) > 0:
			say("%s: none of the first %d shows %s; the reader may lack the right to it", b.Name, b.Sampled, strings.Join(b.Unseen, ", "))
		}
		if b.Err == nil && b.PageSize != 0 && b.PageSize < c.PageSize {
			say("%s: the server takes pages of %d, not of %d", b.Name, b.PageSize, c.PageSize)
		}
	}
}
