package scimdst

import (
	"context"
	"slices"

	"ldap2scim/plan"
)

// How many pages of a long listing are under way beside the one that is worked
// on. Those of groups may hold all their members.
const (
	pagesAhead      = 4
	groupPagesAhead = 2
)

// ahead holds the pages of a listing by index that are read before their turn:
// the service and this program then work side by side. Their indexes are a
// guess from the pages so far. A page that has not the index of which it is the
// turn is thrown away, and one that could not be read is asked for again when
// its turn comes, so that what a listing says is the same as without. The zero
// value is ready; stop it.
type ahead struct {
	pages []*aheadPage // in the order of their indexes
	// off is set when a guess was wrong, or when a page could not be read: the
	// service may not want several requests at a time.
	off bool
}

type aheadPage struct {
	index int
	page  page
	err   error
	stop  context.CancelFunc
	read  chan struct{} // closed when page and err are there
}

// take returns the page that begins at an index, if it was read.
func (a *ahead) take(index int) (page, bool) {
	if len(a.pages) == 0 {
		return page{}, false
	}
	first := a.pages[0]
	if first.index == index {
		<-first.read
		if first.err == nil {
			first.stop()
			a.pages = slices.Delete(a.pages, 0, 1)
			return first.page, true
		}
	}
	a.off = true
	a.stop()
	return page{}, false
}

// start begins to read a page.
func (a *ahead) start(ctx context.Context, index int, read func(context.Context) (page, error)) {
	ctx, stop := context.WithCancel(ctx)
	p := &aheadPage{index: index, stop: stop, read: make(chan struct{})}
	a.pages = append(a.pages, p)
	go func() {
		defer close(p.read)
		p.page, p.err = read(ctx)
	}()
}

// stop throws away what is under way, and returns when nothing is any more.
func (a *ahead) stop() {
	for _, p := range a.pages {
		p.stop()
	}
	for _, p := range a.pages {
		<-p.read
	}
	a.pages = nil
}

// readAhead begins to read what follows, when a page was taken in. Until two
// pages have come as they should, nothing is guessed.
func (w *walk) readAhead(ctx context.Context, length int) {
	if w.ahead.off || w.done || w.filter != "" || w.at.byCursor || w.search.Pages < 2 || w.search.Missing != "" || length == 0 {
		return
	}
	next := w.at.index + length*len(w.ahead.pages)
	for ; len(w.ahead.pages) < w.pagesAhead() && next <= w.total; next += length {
		at, count := position{index: next}, w.count
		w.ahead.start(ctx, next, func(ctx context.Context) (page, error) { return w.fetch(ctx, at, count) })
	}
}

// pagesAhead leaves room for the page that is asked for in its turn.
func (w *walk) pagesAhead() int {
	n := pagesAhead
	if w.kind == plan.Group {
		n = groupPagesAhead
	}
	if most := w.reader.profile.Quota.Concurrency; most > 0 {
		n = min(n, most-1)
	}
	return n
}
