package ldapsrc

import (
	"errors"
	"fmt"

	"github.com/go-ldap/ldap/v3"
)

var (
	errNoPaging = errors.New("the server ended a page without a paging control, so it is not known whether more entries follow")
	errNoEnd    = errors.New("the server does not come to an end")
)

// emptyPages is how many pages without an entry are taken in a row. A server
// that works through many entries that do not match may send some.
const emptyPages = 1000

// pages reads the search page by page (RFC 2696), each with a new request. It
// returns why in words when the server stopped before the end.
func (r *reader) pages() (missing string, err error) {
	q, err := r.query()
	if err != nil {
		return "", err
	}
	last, err := r.firstPage()
	if err != nil || last.missing != "" || last.cookie == "" {
		return last.missing, err
	}
	empty := 0
	for {
		this, err := r.page(q, last.cookie)
		if err != nil {
			return "", err
		}
		if this.missing != "" || this.cookie == "" {
			return this.missing, nil
		}
		if empty++; this.first != "" {
			empty = 0
		}
		if empty > emptyPages || this.cookie == last.cookie && this.first == last.first {
			return "", fmt.Errorf("%w: page %d is like the one before", errNoEnd, r.record.Pages)
		}
		last = this
	}
}

func (r *reader) query() (query, error) {
	scope, err := r.search.scope()
	return query{base: r.search.Base, scope: scope, filter: r.search.Filter, attributes: r.search.attributes()}, err
}

// firstPage reads the first page, in a size that the server takes.
func (r *reader) firstPage() (page, error) {
	q, err := r.query()
	if err != nil {
		return page{}, err
	}
	for {
		p, err := r.page(q, "")
		if !r.lower(p, err) {
			return p, err
		}
	}
}

// lower makes the pages smaller when the server refuses the first one, which
// is then asked for again. It returns false when there is nothing to lower.
func (r *reader) lower(p page, err error) bool {
	refused := ldap.IsErrorAnyOf(err, ldap.LDAPResultUnwillingToPerform) ||
		p.code == ldap.LDAPResultAdminLimitExceeded || p.code == ldap.LDAPResultSizeLimitExceeded
	if !refused || r.record.Entries > 0 || r.source.pageSize == 1 || r.references.count > 0 {
		return false
	}
	r.source.pageSize = (r.source.pageSize + 1) / 2
	r.record.Pages = 0
	return true
}

// page is what one page came to. A server may keep the cookie, and may send
// another cookie with no entries, but the same cookie with the same first
// entry, or with none, leads nowhere.
type page struct {
	cookie string
	// first is the DN of the first entry, or "" for a page without any.
	first   string
	missing string
	code    int
	// estimate is the server's, of how many entries there are in all.
	estimate int
}

func (r *reader) page(q query, cookie string) (page, error) {
	var p page
	end, err := r.source.search(q, pagingControl(r.source.pageSize, cookie), func(m message) error {
		if p.first == "" {
			dn, _, err := take(m.content, tagOctets)
			if err != nil {
				return err
			}
			p.first = dn
		}
		return r.take(m)
	}, r.references.add)
	if err != nil {
		return page{}, err
	}
	r.record.Pages++
	// The held entries were read, whatever the page's result is.
	if err := r.release(); err != nil {
		return page{}, err
	}
	p.missing, p.cookie, p.code, p.estimate = incomplete(end), end.cookie, end.code, end.estimate
	switch {
	case p.missing != "":
	case end.err() != nil:
		return page{}, end.err()
	case !end.paged:
		return page{}, errNoPaging
	}
	return p, nil
}
