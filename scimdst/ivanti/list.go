package ivanti

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
)

// readings is how often a list is read that moves while it is read.
const readings = 3

// listing is one of the vendor's lists.
type listing[T any] struct {
	op, path string
	query    url.Values
	// rows is the page size to begin with, most the largest there can be.
	rows int
	// key tells one from another, "" where it cannot be told.
	key func(T) string
}

// page is what the vendor wraps every list in.
type page[T any] struct {
	Result struct {
		TotalCount     *int
		SearchResults  []T
		FacetedResults map[string]map[string]int
	}
}

// errMoved: a list was not the same at its end as at its beginning.
var errMoved = errors.New("it changed while it was read")

// all reads the whole list. What changed while it was read is read again.
func (l listing[T]) all(ctx context.Context, c *Client) ([]T, error) {
	for n := 1; ; n++ {
		list, err := l.once(ctx, c)
		if !errors.Is(err, errMoved) {
			return list, err
		}
		if n == readings {
			return nil, fmt.Errorf("%w, %d times in a row", err, n)
		}
	}
}

// once reads it page by page. start is counted by what came: the vendor's
// offset does not work as documented.
func (l listing[T]) once(ctx context.Context, c *Client) (list []T, err error) {
	rows, total := l.rows, -1
	seen := map[string]bool{}
	fail := func(why error) ([]T, error) {
		return nil, &Error{Op: l.op, Path: l.path, Status: http.StatusOK, Err: why}
	}
	for {
		var p page[T]
		q := url.Values{"start": {strconv.Itoa(len(list))}, "rows": {strconv.Itoa(rows)}}
		for key, values := range l.query {
			q[key] = values
		}
		err := c.get(ctx, l.op, c.config.URL, l.path, q, &p)
		if smaller, ok := smallerPage(err, rows); ok {
			rows = smaller
			continue
		}
		if err != nil {
			return nil, err
		}
		got := p.Result.SearchResults
		if p.Result.TotalCount == nil || *p.Result.TotalCount < 0 {
			return fail(errors.New("it does not say how many there are"))
		}
		now := *p.Result.TotalCount
		switch {
		case total >= 0 && now != total:
			return fail(errMoved)
		case len(got) == 0 && len(list) < now:
			return fail(fmt.Errorf("page after page, and it ends after %d of %d", len(list), now))
		case len(list)+len(got) > now:
			return fail(errMoved)
		}
		if total < 0 {
			total = now
		}
		for _, v := range got {
			key := l.key(v)
			if key != "" && seen[key] {
				return fail(errMoved)
			}
			seen[key] = true
		}
		if list = append(list, got...); len(list) == total {
			return list, nil
		}
	}
}

// smallerPage is the page size to try when the service found one too large.
func smallerPage(err error, rows int) (int, bool) {
	e, is := errors.AsType[*Error](err)
	switch {
	case !is || e.Status != http.StatusBadRequest || e.most == 0 || rows <= 1:
		return 0, false
	case e.most > 0 && e.most < rows:
		return e.most, true
	}
	return max(rows/2, 1), true
}
