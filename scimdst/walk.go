package scimdst

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"

	"ldap2scim/plan"
)

// walk reads one endpoint page by page: by index (RFC 7644 §3.4.2.4), where it
// advances by what came, whatever itemsPerPage says, or by cursor (RFC 9865
// §2). It goes on until the service has no more.
type walk struct {
	reader *Reader
	kind   plan.Kind
	path   string
	// filter is empty when everything is listed.
	filter string

	// seen holds a digest for each id, so that a million ids of any length
	// take little room; cursors the same of each cursor.
	seen, cursors map[digest]struct{}
	at            position
	count         int // asked for on the next page
	total         int // as last said, or -1
	first         plan.RemoteID
	// barren counts the pages in a row with nobody new.
	barren int
	ahead  ahead
	// done is set at the end; search.Missing then says whether it is complete.
	done   bool
	search plan.Search
}

type digest [16]byte

func digestOf(text string) digest {
	sum := sha256.Sum256([]byte(text))
	return digest(sum[:16])
}

// walk hands each resource to take, once. What take returns ends it.
func (r *Reader) walk(ctx context.Context, kind plan.Kind, filter string, take func(held) error) (plan.Search, error) {
	path, err := r.profile.collection(kind)
	if err != nil {
		return plan.Search{}, err
	}
	w := walk{
		reader: r, kind: kind, path: path, filter: filter, count: r.count(), total: -1,
		seen: map[digest]struct{}{}, cursors: map[digest]struct{}{},
		at: position{index: 1, byCursor: r.profile.Paging == PagingCursor},
	}
	w.search.Name = path[1:]
	w.search.Request = fmt.Sprintf("GET %s%s?%s, page by page", r.client.base, path, escapeQuery(w.query(w.at, w.count)))
	defer w.ahead.stop()
	for !w.done {
		p, ready := w.ahead.take(w.at.index)
		if !ready {
			if p, err = w.readSmaller(ctx); err != nil {
				return w.search, err
			}
		}
		if err := w.accept(p, take); err != nil {
			return w.search, err
		}
		w.readAhead(ctx, len(p.resources))
	}
	return w.search, nil
}

// read reads the page of which it is the turn.
func (w *walk) read(ctx context.Context) (p page, err error) {
	err = w.reader.patiently(ctx, func() error {
		p, err = w.fetch(ctx, w.at, w.count)
		var answer *Error
		if w.hasAll() && errors.As(err, &answer) && (answer.Status == http.StatusBadRequest || answer.Status == http.StatusNotFound) {
			// Some services refuse an index past the end.
			p, err = page{total: w.total}, nil
		}
		return err
	})
	return p, err
}

// fetch reads any page. It changes nothing.
func (w *walk) fetch(ctx context.Context, at position, count int) (page, error) {
	var p page
	c := call{op: "list " + w.path[1:], method: http.MethodGet, path: w.path, query: w.query(at, count)}
	err := w.reader.client.send(ctx, c, func(a *answer) error {
		body, err := a.json()
		if err != nil {
			return err
		}
		p, err = readPage(body, w.kind)
		return err
	})
	return p, err
}

// hasAll: as many came as the service said there are.
func (w *walk) hasAll() bool { return w.total >= 0 && len(w.seen) >= w.total }

// accept takes a page in and decides whether to go on.
func (w *walk) accept(p page, take func(held) error) error {
	w.search.Pages++
	if w.total >= 0 && p.total >= 0 && p.total < w.total {
		// What was removed shifted the rest by one: something was passed over.
		w.missing("the number of results fell from %d to %d while it was read", w.total, p.total)
	}
	if p.total >= 0 {
		w.total = p.total
	}
	fresh := 0
	for _, h := range p.resources {
		if !note(w.seen, string(h.RemoteID)) {
			continue
		}
		fresh++
		w.search.Entries++
		if err := take(h); err != nil {
			return err
		}
	}
	w.at.index += len(p.resources)
	w.decide(p, fresh)
	return nil
}

func (w *walk) decide(p page, fresh int) {
	if w.at.byCursor || p.next != "" {
		w.decideByCursor(p, fresh)
		return
	}
	switch {
	case len(p.resources) == 0, w.filter != "" && w.hasAll():
		// When everything is listed, the total alone is not believed: only a
		// page with nothing on it is the end.
		w.end()
	case fresh == 0 && w.hasAll():
		// The service gives its only page for any index.
		w.end()
	case fresh == 0 || w.search.Pages > 1 && p.resources[0].RemoteID == w.first:
		w.missing("page %d began again with what page %d had", w.search.Pages, w.search.Pages-1)
		w.done = true
	default:
		w.first = p.resources[0].RemoteID
	}
}

// end compares what came with what was announced.
func (w *walk) end() {
	w.done = true
	if w.total >= 0 && len(w.seen) != w.total {
		w.missing("the service announced %d results and gave %d", w.total, len(w.seen))
	}
}

// missing keeps the first contradiction.
func (w *walk) missing(format string, args ...any) {
	if w.search.Missing == "" {
		w.search.Missing = fmt.Sprintf(format, args...)
	}
}

// note reports whether the text is new.
func note(in map[digest]struct{}, text string) bool {
	key := digestOf(text)
	if _, have := in[key]; have {
		return false
	}
	in[key] = struct{}{}
	return true
}
