package scimdst

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"ldap2scim/plan"
)

// mostBarren pages in a row with nobody new end a listing by cursor: a service
// may give an empty page before the last, but not for ever.
const mostBarren = 3

// position is where the next page begins.
type position struct {
	byCursor bool
	cursor   string // "" for the first page
	index    int    // startIndex, from 1
}

func (w *walk) query(at position, count int) url.Values {
	q := url.Values{"count": {strconv.Itoa(count)}}
	if at.byCursor {
		// Empty on the first page, which asks for paging by cursor (RFC 9865 §2).
		q.Set("cursor", at.cursor)
	} else {
		q.Set("startIndex", strconv.Itoa(at.index))
	}
	if w.filter != "" {
		q.Set("filter", w.filter)
		return q
	}
	// RFC 7644 §3.9: one or the other.
	if shown := w.reader.profile.Projection.of(w.kind); len(shown.Attributes) > 0 {
		q.Set("attributes", strings.Join(shown.Attributes, ","))
	} else if len(shown.Excluded) > 0 {
		q.Set("excludedAttributes", strings.Join(shown.Excluded, ","))
	}
	return q
}

func (p Projections) of(kind plan.Kind) Projection {
	if kind == plan.Group {
		return p.Group
	}
	return p.Person
}

// decideByCursor: a page without nextCursor is the last (RFC 9865 §2).
func (w *walk) decideByCursor(p page, fresh int) {
	w.at.byCursor, w.at.cursor = true, p.next
	if w.barren++; fresh > 0 {
		w.barren = 0
	}
	switch {
	case p.next == "":
		w.end()
	case !note(w.cursors, p.next):
		w.missing("page %d goes on where an earlier one did", w.search.Pages)
		w.done = true
	case w.barren == mostBarren:
		w.missing("%d pages in a row had nobody new", mostBarren)
		w.done = true
	}
}

// count is how many are asked for on a page: what the profile says, or what
// the service has taken in place of it.
func (r *Reader) count() int {
	if n := r.smaller.Load(); n > 0 {
		return int(n)
	}
	return r.profile.PageSize
}

// readSmaller reads a page, and asks for less as long as the service refuses
// so many. What it takes is asked for from then on.
func (w *walk) readSmaller(ctx context.Context) (page, error) {
	p, first := w.read(ctx)
	if !w.isTooLong(first) {
		return p, first
	}
	asked := w.count
	for w.count > 1 {
		w.count /= 2
		p, err := w.read(ctx)
		if err == nil {
			w.reader.smaller.Store(int64(w.count))
			return p, nil
		}
		if !w.isTooLong(err) {
			return p, err
		}
	}
	w.count = asked
	return page{}, first
}

// isTooLong: the page may be refused for its size. A search may be refused for
// its filter, so there the service must say what it means.
func (w *walk) isTooLong(err error) bool {
	var e *Error
	if !errors.As(err, &e) || e.Status != http.StatusBadRequest && e.Status != http.StatusRequestEntityTooLarge {
		return false
	}
	switch strings.ToLower(e.ScimType) {
	case "invalidcount", "toomany": // RFC 9865 §2.1, RFC 7644 §3.12
		return true
	case "":
		return w.filter == "" || strings.Contains(strings.ToLower(e.Detail), "count")
	}
	return false
}
