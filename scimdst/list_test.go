package scimdst_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ldap2scim/plan"
	"ldap2scim/scimdst"
	"ldap2scim/scimdst/scimtest"
)

const listSchema = "urn:ietf:params:scim:api:messages:2.0:ListResponse"

// pages answers the n-th request (from 0) for a start index with ids and a
// total; a total below 0 is left out.
func pages(t *testing.T, answer func(n, start, count int) (ids []int, total int)) (*scimdst.Reader, *int) {
	t.Helper()
	requests := new(int)
	var one sync.Mutex // pages are read ahead
	w := handle(t, func(w http.ResponseWriter, r *http.Request) {
		start, _ := strconv.Atoi(r.URL.Query().Get("startIndex"))
		count, _ := strconv.Atoi(r.URL.Query().Get("count"))
		one.Lock()
		ids, total := answer(*requests, start, count)
		*requests++
		one.Unlock()
		body := map[string]any{"schemas": []string{listSchema}, "itemsPerPage": 9999}
		if total >= 0 {
			body["totalResults"] = total
		}
		list := []any{}
		for _, id := range ids {
			list = append(list, map[string]any{
				"schemas": []string{"urn:ietf:params:scim:schemas:core:2.0:User"},
				"id":      strconv.Itoa(id), "userName": fmt.Sprintf("u%d", id),
			})
		}
		body["resources"] = list // as Entra writes it
		w.Header().Set("Content-Type", scim)
		_ = json.NewEncoder(w).Encode(body)
	})
	return w.Reader, requests
}

// span is the ids from a start index, at most so many, out of 1 to last.
func span(start, count, last int) []int {
	var ids []int
	for i := start; i < start+count && i <= last; i++ {
		ids = append(ids, i)
	}
	return ids
}

// TestListDoesNotTrust: each service says or does something wrong; the list
// ends, has nobody twice, and is complete only if nobody can be missing.
func TestListDoesNotTrust(t *testing.T) {
	t.Parallel()
	const all = 250
	for _, tc := range []struct {
		name    string
		answer  func(n, start, count int) ([]int, int)
		entries int
		missing string
	}{
		{"by the book", func(_, start, count int) ([]int, int) { return span(start, count, all), all }, all, ""},
		{"nobody", func(int, int, int) ([]int, int) { return nil, 0 }, 0, ""},
		{"pages shorter than asked", func(_, start, _ int) ([]int, int) { return span(start, 7, all), all }, all, ""},
		{"pages longer than asked", func(_, start, _ int) ([]int, int) { return span(start, 130, all), all }, all, ""},
		{"no total", func(_, start, count int) ([]int, int) { return span(start, count, all), -1 }, all, ""},
		{"total only later", func(n, start, count int) ([]int, int) {
			if n == 0 {
				return span(start, count, all), -1
			}
			return span(start, count, all), all
		}, all, ""},
		{"total is that of the page", func(_, start, count int) ([]int, int) {
			ids := span(start, count, all)
			return ids, len(ids)
		}, all, "fell from 100 to 50"},
		{"total is too small", func(_, start, count int) ([]int, int) { return span(start, count, all), 100 }, all, "announced 100 results and gave 250"},
		{"total is too large", func(_, start, count int) ([]int, int) { return span(start, count, all), 251 }, all, "announced 251 results and gave 250"},
		{"ends early", func(_, start, count int) ([]int, int) { return span(start, count, 100), all }, 100, "announced 250 results and gave 100"},
		{"always the first page", func(_, _, count int) ([]int, int) { return span(1, count, all), all }, 100, "began again"},
		{"all on one page, whatever is asked", func(int, int, int) ([]int, int) { return span(1, all, all), all }, all, ""},
		{"counts from 0", func(_, start, count int) ([]int, int) { return span(start+1, count, all), all }, all - 1, "announced 250 results and gave 249"},
		{"somebody twice", func(n, start, count int) ([]int, int) {
			ids := span(start, count, all)
			if n == 1 {
				ids[0] = 5
			}
			return ids, all
		}, all - 1, "announced 250 results and gave 249"},
		{"pages overlap", func(_, start, count int) ([]int, int) {
			return span(max(1, start-start/100*10), count, all), all
		}, all, ""},
		{"somebody is added at the end", func(n, start, count int) ([]int, int) {
			return span(start, count, all+min(n, 1)), all + min(n, 1)
		}, all + 1, ""},
		{"somebody is removed", func(n, start, count int) ([]int, int) {
			if n == 0 {
				return span(start, count, all), all
			}
			return span(start+1, count, all), all - 1 // everybody moved up by one
		}, all - 1, "fell from 250 to 249"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			r, requests := pages(t, tc.answer)
			got, search := list(t, r, plan.Person)
			seen := map[plan.RemoteID]bool{}
			for _, p := range got {
				if seen[p.RemoteID] {
					t.Errorf("%s is listed twice", p.RemoteID)
				}
				seen[p.RemoteID] = true
			}
			if len(got) != tc.entries || search.Entries != tc.entries || search.Pages != *requests {
				t.Errorf("got %d resources, %d entries, %d pages of %d requests, want %d", len(got), search.Entries, search.Pages, *requests, tc.entries)
			}
			if (tc.missing == "") != (search.Missing == "") || !strings.Contains(search.Missing, tc.missing) {
				t.Errorf("missing is %q, want %q", search.Missing, tc.missing)
			}
		})
	}
}

// TestListRefusedPastTheEnd: an index past the end is an error on some
// services, after everybody came.
func TestListRefusedPastTheEnd(t *testing.T) {
	t.Parallel()
	one := `{"schemas":["` + listSchema + `"],"totalResults":1,"Resources":[{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"1"}]}`
	w := handle(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("startIndex") != "1" {
			always(400, scim, `{}`)(w, r)
			return
		}
		always(200, scim, one)(w, r)
	})
	if got, search := list(t, w.Reader, plan.Person); len(got) != 1 || search.Missing != "" {
		t.Errorf("got %d, missing %q", len(got), search.Missing)
	}
}

func TestListIsAnError(t *testing.T) {
	t.Parallel()
	user := `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"1"}`
	of := func(resource string) string {
		return `{"Resources":[` + user + `,` + resource + `],"totalResults":2,"schemas":["` + listSchema + `"]}`
	}
	for _, tc := range []struct{ name, contentType, body string }{
		{"a page for people", "text/html", "<html>"},
		{"no content type", "", of(user)},
		{"another content type", "text/plain", `{"schemas":["` + listSchema + `"],"totalResults":0}`},
		{"another kind of answer", scim, `{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"totalResults":0}`},
		{"a status", scim, `{"status":"error"}`},
		{"no schemas", scim, `{"totalResults":0,"Resources":[]}`},
		{"not JSON", scim, `Resources`},
		{"a list", scim, `[]`},
		{"half", scim, of(user)[:60]},
		{"nothing", scim, ``},
		{"no id", scim, of(`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"]}`)},
		{"an empty id", scim, of(`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":""}`)},
		{"a resource without schemas", scim, of(`{"id":"2"}`)},
		{"a resource of another kind", scim, of(`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"id":"2"}`)},
		{"null", scim, of(`null`)},
		{"a negative total", scim, `{"schemas":["` + listSchema + `"],"totalResults":-1}`},
		{"Resources is no list", scim, `{"schemas":["` + listSchema + `"],"Resources":{}}`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			w := handle(t, always(200, tc.contentType, tc.body))
			_, err := w.List(t.Context(), plan.Person, func(plan.Resource) error { return nil })
			var e *scimdst.Error
			if !errors.As(err, &e) || e.Unknown() {
				t.Errorf("List = %v, want an *Error that is not unknown", err)
			}
		})
	}
}

func TestListEndsWithYield(t *testing.T) {
	t.Parallel()
	r, requests := pages(t, func(_, start, count int) ([]int, int) { return span(start, count, 250), 250 })
	stop := errors.New("stop")
	search, err := r.List(t.Context(), plan.Person, func(plan.Resource) error { return stop })
	if !errors.Is(err, stop) || *requests != 1 || search.Entries != 1 {
		t.Errorf("List = %v after %d requests and %d entries", err, *requests, search.Entries)
	}
}

func TestListBreaksOff(t *testing.T) {
	t.Parallel()
	s, w := start(t, scimtest.Options{PageCap: 2})
	create(t, w, person("1", "a"), person("2", "b"), person("3", "c"))
	s.Inject(scimtest.Fault{Trouble: scimtest.CutBefore, Match: scimtest.To("GET", "/Users"), Skip: 1, Times: -1})
	search, err := w.List(t.Context(), plan.Person, func(plan.Resource) error { return nil })
	var e *scimdst.Error
	if !errors.As(err, &e) || !e.Temporary() || e.Unknown() || search.Entries != 2 {
		t.Errorf("List = %+v, %v", search, err)
	}
}

// TestListAgainstFaults uses the troubles of scimtest.
func TestListAgainstFaults(t *testing.T) {
	t.Parallel()
	for trouble, want := range map[scimtest.Trouble]string{
		scimtest.FirstPage:  "began again",
		scimtest.WrongTotal: "fell from 3 to 1",
	} {
		s, w := start(t, scimtest.Options{PageCap: 2})
		create(t, w, person("1", "a"), person("2", "b"), person("3", "c"))
		s.Inject(scimtest.Fault{Trouble: trouble, Match: scimtest.To("GET", "/Users"), Skip: 1, Total: 1})
		if _, search := list(t, w.Reader, plan.Person); !strings.Contains(search.Missing, want) {
			t.Errorf("missing is %q, want %q", search.Missing, want)
		}
	}
}

// TestListMembers: wherever a service shows members, they are found.
func TestListMembers(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name             string
		inList, inSingle bool
		groups, requests int // requests: pages and single groups
		want             []plan.RemoteID
	}{
		{"in the list", true, true, 30, 2 + 1, []plan.RemoteID{"1", "2"}},
		{"with the single group only", false, true, 30, 2 + 30, []plan.RemoteID{"1", "2"}},
		{"nowhere", false, false, 30, 2 + 10, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			requests := 0
			w := handle(t, func(w http.ResponseWriter, r *http.Request) {
				requests++
				body := func(id int, shown bool) string {
					members := ""
					if shown && id > 0 && id < tc.groups-1 { // the first and the last are empty
						members = `,"members":[{"value":"2"},{"value":"1"},{"value":"2"}]`
					}
					return fmt.Sprintf(`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"id":"%d"%s}`, id, members)
				}
				if id, single := strings.CutPrefix(r.URL.Path, "/Groups/"); single {
					n, _ := strconv.Atoi(id)
					always(200, scim, body(n, tc.inSingle))(w, r)
					return
				}
				var list []string
				for id := range tc.groups {
					if r.URL.Query().Get("startIndex") == "1" {
						list = append(list, body(id, tc.inList))
					}
				}
				always(200, scim, fmt.Sprintf(`{"schemas":[%q],"totalResults":%d,"Resources":[%s]}`, listSchema, tc.groups, strings.Join(list, ",")))(w, r)
			})
			got, _ := list(t, w.Reader, plan.Group)
			for _, g := range got {
				want := tc.want
				if g.RemoteID == "0" || g.RemoteID == "29" {
					want = nil
				}
				if d := cmp.Diff(want, g.Members); d != "" {
					t.Errorf("group %s: %s", g.RemoteID, d)
				}
			}
			if len(got) != tc.groups || requests != tc.requests {
				t.Errorf("%d groups with %d requests, want %d with %d", len(got), requests, tc.groups, tc.requests)
			}
		})
	}
}
