package scimdst_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"

	"ldap2scim/plan"
	"ldap2scim/scimdst"
)

// many is a service with a thousand people that answers a page when before lets
// it.
func many(t *testing.T, before func(start int, r *http.Request) (status int), length func(start int) int) *scimdst.Writer {
	t.Helper()
	return handle(t, func(w http.ResponseWriter, r *http.Request) {
		start, err := strconv.Atoi(r.URL.Query().Get("startIndex"))
		if err != nil {
			t.Error(err)
		}
		if status := before(start, r); status != http.StatusOK {
			always(status, scim, `{}`)(w, r)
			return
		}
		var list []string
		for _, id := range span(start, length(start), 1000) {
			list = append(list, fmt.Sprintf(`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"%d"}`, id))
		}
		always(200, scim, fmt.Sprintf(`{"schemas":[%q],"totalResults":1000,"Resources":[%s]}`, listSchema, strings.Join(list, ",")))(w, r)
	})
}

func hundred(int) int { return 100 }

// TestListReadsAhead: a service that answers the third page only when it has
// been asked for the fourth is listed to its end.
func TestListReadsAhead(t *testing.T) {
	t.Parallel()
	fourth := make(chan struct{})
	w := many(t, func(start int, r *http.Request) int {
		switch start {
		case 201:
			select {
			case <-fourth:
			case <-r.Context().Done():
			}
		case 301:
			close(fourth)
		}
		return http.StatusOK
	}, hundred)
	if got, search := list(t, w.Reader, plan.Person); len(got) != 1000 || search.Pages != 11 || search.Missing != "" {
		t.Errorf("got %d on %d pages, missing %q", len(got), search.Pages, search.Missing)
	}
}

// TestListAheadIsAGuess: where the guess was wrong, or the service did not take
// it, everybody is listed all the same, once and in order.
func TestListAheadIsAGuess(t *testing.T) {
	t.Parallel()
	var once sync.Once
	for name, w := range map[string]*scimdst.Writer{
		"shorter pages later": many(t, func(int, *http.Request) int { return http.StatusOK }, func(start int) int {
			if start > 500 {
				return 33
			}
			return 100
		}),
		"every page of another length": many(t, func(int, *http.Request) int { return http.StatusOK }, func(start int) int { return 20 + start%50 }),
		"one is refused": many(t, func(start int, _ *http.Request) int {
			status := http.StatusOK
			if start == 401 {
				once.Do(func() { status = http.StatusServiceUnavailable })
			}
			return status
		}, hundred),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, search := list(t, w.Reader, plan.Person)
			for i, p := range got {
				if p.RemoteID != plan.RemoteID(strconv.Itoa(i+1)) {
					t.Fatalf("the %d. is %s", i+1, p.RemoteID)
				}
			}
			if len(got) != 1000 || search.Entries != 1000 || search.Missing != "" {
				t.Errorf("got %d, %d entries, missing %q", len(got), search.Entries, search.Missing)
			}
		})
	}
}

// TestListAheadEnds: a listing that ends does not wait for a page that was asked
// for ahead of its turn.
func TestListAheadEnds(t *testing.T) {
	t.Parallel()
	asked := make(chan struct{}, 8)
	w := many(t, func(start int, r *http.Request) int {
		if start > 300 {
			asked <- struct{}{}
			<-r.Context().Done()
		}
		return http.StatusOK
	}, hundred)
	stop := errors.New("stop")
	n := 0
	search, err := w.List(t.Context(), plan.Person, func(plan.Resource) error {
		if n++; n == 201 {
			<-asked
			return stop
		}
		return nil
	})
	if !errors.Is(err, stop) || search.Entries != 201 {
		t.Errorf("List = %d entries, %v", search.Entries, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	n = 0
	_, err = w.List(ctx, plan.Person, func(plan.Resource) error {
		if n++; n == 300 {
			cancel()
		}
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("List = %v, want that it was cancelled", err)
	}
}
