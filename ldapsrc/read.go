package ldapsrc

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/go-ldap/ldap/v3"

	"ldap2scim/plan"
)

const anything = "(objectClass=*)"

var errNoBase = errors.New("the server shows no such entry")

// Read reads the users, the groups and, when asked for, the units, in this
// order, and calls yield with each entry, some tens at a time, beside the
// reading and never twice at once. The entry belongs to yield. An error of
// yield ends the read and is returned as it is. After any error the proof says
// how far it came, is not complete, and the connection is closed.
//
// A search whose connection is lost before its first entry is begun again,
// three times in all, with whichever server answers. After its first entry it
// is an error that is [Error.Temporary]: parts of two searches are never
// joined, so the caller forgets what it was given and reads again.
func (s *Source) Read(ctx context.Context, yield func(plan.Entry) error) (plan.Proof, error) {
	if err := s.revive(ctx); err != nil {
		return plan.Proof{}, err
	}
	if s.config.Connections > 1 {
		return s.readAtOnce(ctx, yield)
	}
	return s.config.read(s.pass(ctx), yield)
}

func (s *Source) pass(ctx context.Context) pass {
	return func(search named, give func(record) error) (plan.Search, error) {
		return s.readAgain(ctx, search, give)
	}
}

// readAgain reads one search, and begins it again while nothing is lost by it.
func (s *Source) readAgain(ctx context.Context, search named, give func(record) error) (plan.Search, error) {
	for attempt := 1; ; attempt++ {
		r, stopped, err := s.readOnce(ctx, search, give)
		c := s.config
		c.PageSize = s.pageSize
		r.record.Name, r.record.Request = search.name, search.command(c)
		switch {
		case stopped != nil:
			return r.record, stopped
		case err == nil:
			return r.record, nil
		}
		err = s.fail(ctx, "read "+search.name+" below", search.Base, err)
		if !s.lost || r.record.Entries > 0 || attempt == attempts || ctx.Err() != nil {
			return r.record, err
		}
		for again := s.reconnect(ctx); again != nil; again = s.reconnect(ctx) {
			if attempt++; attempt >= attempts || isRefused(again) || ctx.Err() != nil {
				return r.record, fmt.Errorf("%w; and again: %w", err, again)
			}
		}
	}
}

// pass reads one search and gives each of its records.
type pass func(search named, give func(record) error) (plan.Search, error)

// read makes the passes in the order in which they need each other: what
// groups say of themselves, the people, the groups.
func (c Config) read(read pass, yield func(plan.Entry) error) (plan.Proof, error) {
	var proof plan.Proof
	l, err := c.learn(read, &proof)
	if err != nil {
		return proof, err
	}
	for _, search := range c.searches() {
		p := newShape(c, search.with(l), l)
		record, err := read(search.with(l), func(r record) error { return yield(p.entry(r)) })
		proof.Searches = append(proof.Searches, record)
		if err != nil {
			return proof, err
		}
	}
	proof.Complete = wasWhole(proof)
	return proof, nil
}

// learn reads what groups say before the people are read.
func (c Config) learn(read pass, proof *plan.Proof) (*links, error) {
	l := newLinks(c)
	for _, search := range c.lead() {
		p := newShape(c, search, nil)
		record, err := read(search, func(r record) error { l.learn(p, c, r); return nil })
		proof.Searches = append(proof.Searches, record)
		if err != nil {
			return l, err
		}
	}
	return l, nil
}

// with returns the search with what the groups need of people.
func (s named) with(l *links) named {
	if s.kind == plan.Person {
		s.extra = append(slices.Clone(s.extra), l.reads()...)
	}
	return s
}

// wasWhole reports that every search was read to its end. It is called when
// none of them failed.
func wasWhole(proof plan.Proof) bool {
	return !slices.ContainsFunc(proof.Searches, func(s plan.Search) bool { return s.Missing != "" })
}

// reader reads one search.
type reader struct {
	source *Source
	search named
	// put takes each entry when it is whole. After an error of it nobody wants
	// more.
	put      func(arrival) error
	unwanted bool

	record     plan.Search
	held       []record
	references references
	// elsewhere reports that the base is on another server.
	elsewhere bool
	// visited are the places that references have led to.
	visited []string
}

// read returns nil when every entry came or record.Missing says why not.
func (r *reader) read(ctx context.Context) error {
	missing, err := r.seeBase()
	if err == nil && missing == "" && !r.elsewhere {
		missing, err = r.pages()
	}
	if err != nil {
		return err
	}
	r.miss(missing)
	why, err := r.refer(ctx)
	r.miss(why)
	return err
}

func (r *reader) miss(why string) {
	if why != "" && r.record.Missing != "" {
		why = r.record.Missing + "; " + why
	}
	if why != "" {
		r.record.Missing = why
	}
}

// seeBase makes sure that the search base exists and may be seen, so that no
// entries below it means that there are none. It returns why in words when
// the base is on another server or behind a limit.
func (r *reader) seeBase() (missing string, err error) {
	found, entries, err := r.source.lookAt(r.search.Base)
	switch {
	case err != nil:
		return "", err
	case found.code == ldap.LDAPResultReferral && r.source.config.Referrals == followReferrals:
		r.elsewhere = true
		r.references.remember(found.referrals)
		return "", nil
	case incomplete(found) != "":
		return incomplete(found), nil
	case found.err() != nil:
		return "", found.err()
	case entries != 1:
		return "", errNoBase
	}
	return "", nil
}

// lookAt reads one entry without its attributes, and returns how many came.
func (s *Source) lookAt(dn string) (r result, entries int, err error) {
	q := query{base: dn, scope: ldap.ScopeBaseObject, filter: anything, attributes: []string{"1.1"}}
	r, err = s.search(q, nil, func(message) error { entries++; return nil }, ignore)
	return r, entries, err
}

// take hands an entry on, or holds it until the values that the server kept
// back can be asked for.
func (r *reader) take(m message) error {
	if !mayBePartial(m.content) {
		return r.hand(arrival{message: m.content})
	}
	one, err := newDecoder().record(m.content)
	if err != nil {
		return err
	}
	if len(one.left) > 0 {
		r.held = append(r.held, one)
		return nil
	}
	return r.hand(arrival{whole: one})
}

func (r *reader) hand(one arrival) error {
	r.record.Entries++
	err := r.put(one)
	r.unwanted = err != nil
	return err
}

// release completes and hands on the entries that were held.
func (r *reader) release() error {
	for i := range r.held {
		missing, err := r.readRest(&r.held[i])
		if err != nil {
			return err
		}
		r.miss(missing)
		if err := r.hand(arrival{whole: r.held[i]}); err != nil {
			return err
		}
	}
	clear(r.held)
	r.held = r.held[:0]
	return nil
}
