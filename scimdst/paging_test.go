package scimdst_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"ldap2scim/plan"
	"ldap2scim/scimdst"
	"ldap2scim/scimdst/scimtest"
)

// assuming makes a client with a profile's name and changes to it.
func assuming(t *testing.T, url, profile string, change func(*scimdst.Config)) *scimdst.Writer {
	t.Helper()
	c := config(url)
	c.Profile = profile
	if change != nil {
		change(&c)
	}
	return writer(t, c)
}

func byCursor(c *scimdst.Config) { c.ProfileOverrides.Paging = scimdst.PagingCursor }

// TestListByCursor: all come, without a total before the end.
func TestListByCursor(t *testing.T) {
	t.Parallel()
	for people, pages := range map[int]int{0: 1, 1: 1, 3: 1, 4: 2, 7: 3} {
		s, _ := start(t, scimtest.Options{Quirks: []scimtest.Quirk{scimtest.CursorOnly}})
		for i := range people {
			if _, err := s.AddUser(map[string]any{"userName": fmt.Sprint("u", i)}); err != nil {
				t.Fatal(err)
			}
		}
		w := assuming(t, s.URL, "", func(c *scimdst.Config) { byCursor(c); c.PageSize = 3 })
		got, search := list(t, w.Reader, plan.Person)
		if len(got) != people || search.Pages != pages || search.Missing != "" {
			t.Errorf("%d people: %d on %d pages, missing %q", people, len(got), search.Pages, search.Missing)
		}
		first, err := url.ParseQuery(strings.TrimPrefix(s.Requests()[0].Path, "/Users?"))
		if err != nil || !first.Has("cursor") || first.Get("cursor") != "" || first.Has("startIndex") {
			t.Errorf("the first request is %s", s.Requests()[0].Path)
		}
	}
}

// TestListByCursorDoesNotTrust: each service goes on wrongly, and the listing
// ends and says so.
func TestListByCursorDoesNotTrust(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name    string
		answer  func(n int, cursor string) (ids []int, next string, total int)
		entries int
		missing string
	}{
		{"the same cursor for ever", func(n int, _ string) ([]int, string, int) { return []int{n}, "x", -1 }, 2, "goes on where an earlier one did"},
		{"empty pages for ever", func(n int, _ string) ([]int, string, int) { return nil, fmt.Sprint(n), -1 }, 0, "3 pages in a row"},
		{"the same page for ever", func(n int, _ string) ([]int, string, int) { return []int{1}, fmt.Sprint(n), -1 }, 1, "3 pages in a row"},
		{"an empty page between", func(n int, _ string) ([]int, string, int) {
			return [][]int{{1}, {}, {2}}[n], []string{"a", "b", ""}[n], -1
		}, 2, ""},
		{"less than announced", func(n int, _ string) ([]int, string, int) { return []int{n}, []string{"a", ""}[n], 3 }, 2, "announced 3 results and gave 2"},
		{"fewer and fewer", func(n int, _ string) ([]int, string, int) { return []int{n}, []string{"a", ""}[n], 3 - n }, 2, "fell from 3 to 2"},
		{"a cursor where an index was asked for", func(n int, cursor string) ([]int, string, int) {
			if n > 0 && cursor == "" {
				return nil, "", 2
			}
			return []int{n}, []string{"a", ""}[n], 2
		}, 2, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			n := 0
			w := handle(t, func(w http.ResponseWriter, r *http.Request) {
				ids, next, total := tc.answer(n, r.URL.Query().Get("cursor"))
				n++
				var list []string
				for _, id := range ids {
					list = append(list, fmt.Sprintf(`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"%d"}`, id))
				}
				body := fmt.Sprintf(`{"schemas":[%q],"nextCursor":%q,"Resources":[%s]`, listSchema, next, strings.Join(list, ","))
				if total >= 0 {
					body += fmt.Sprintf(`,"totalResults":%d`, total)
				}
				always(200, scim, body+"}")(w, r)
			})
			got, search := list(t, w.Reader, plan.Person)
			if len(got) != tc.entries || (tc.missing == "") != (search.Missing == "") || !strings.Contains(search.Missing, tc.missing) {
				t.Errorf("%d, missing %q, want %d and %q", len(got), search.Missing, tc.entries, tc.missing)
			}
		})
	}
}

// TestPageSizeIsLowered: what the service takes is found once and kept.
func TestPageSizeIsLowered(t *testing.T) {
	t.Parallel()
	s, w := start(t, scimtest.Options{MostCount: 30})
	for i := range 60 {
		if _, err := s.AddUser(map[string]any{"userName": fmt.Sprint("u", i)}); err != nil {
			t.Fatal(err)
		}
	}
	got, search := list(t, w.Reader, plan.Person)
	if len(got) != 60 || search.Missing != "" {
		t.Errorf("%d, missing %q", len(got), search.Missing)
	}
	before := len(s.Requests())
	list(t, w.Reader, plan.Person)
	if again := len(s.Requests()) - before; again != search.Pages {
		t.Errorf("the second listing took %d requests, the first %d pages", again, search.Pages)
	}
	if _, err := writer(t, config(s.URL+"/nothing")).List(t.Context(), plan.Person, nil); err == nil {
		t.Error("a wrong base is no error")
	}
}

func TestProjection(t *testing.T) {
	t.Parallel()
	s, w := start(t, scimtest.Options{})
	ids := create(t, w, ada(), group("staff", "Staff"))
	add := plan.Step{Action: plan.AddMembers, Kind: plan.Group, Object: "staff", Name: "Staff", Members: []plan.ExternalID{adaID}}
	if _, err := w.Do(t.Context(), add, ids); err != nil {
		t.Fatal(err)
	}
	before := len(s.Requests())
	narrow := assuming(t, s.URL, "github", func(c *scimdst.Config) {
		c.ProfileOverrides.Projection.Person.Attributes = []string{"userName", "externalId"}
	})
	people, _ := list(t, narrow.Reader, plan.Person)
	groups, _ := list(t, narrow.Reader, plan.Group)
	if len(people[0].Fields) != 1 || people[0].ExternalID != adaID || len(groups[0].Members) != 1 {
		t.Errorf("listed %+v %+v", people, groups)
	}
	sent := s.Requests()[before:]
	if !strings.Contains(sent[0].Path, "attributes=userName%2CexternalId") || !strings.Contains(sent[2].Path, "excludedAttributes=members") {
		t.Errorf("sent %s and %s", sent[0].Path, sent[2].Path)
	}
}

// TestMembersWhereverShown: each service shows members elsewhere, and its
// profile says where.
func TestMembersWhereverShown(t *testing.T) {
	t.Parallel()
	for quirk, shown := range map[scimtest.Quirk]scimdst.Shown{
		0: scimdst.ShownListed, scimtest.MembersSingle: scimdst.ShownSingle,
		scimtest.MembersByUser: scimdst.ShownByUser, scimtest.MembersNowhere: scimdst.ShownNowhere,
	} {
		t.Run(string(shown), func(t *testing.T) {
			t.Parallel()
			s, _ := start(t, scimtest.Options{Quirks: []scimtest.Quirk{quirk}})
			w := assuming(t, s.URL, "", func(c *scimdst.Config) { c.ProfileOverrides.Members.Shown = shown })
			ids := create(t, w, ada(), person("bob", "bob"), group("staff", "Staff"), group("empty", "Empty"))
			add := plan.Step{Action: plan.AddMembers, Kind: plan.Group, Object: "staff", Name: "Staff", Members: []plan.ExternalID{adaID}}
			if _, err := w.Do(t.Context(), add, ids); err != nil {
				t.Fatal(err)
			}
			got, search := list(t, w.Reader, plan.Group)
			if shown == scimdst.ShownNowhere {
				if !strings.Contains(search.Missing, "cannot be verified") {
					t.Errorf("missing is %q", search.Missing)
				}
				if _, found, err := w.Look(t.Context(), add, ids); err == nil {
					t.Errorf("Look = %d, nobody can know", found)
				}
				return
			}
			if search.Missing != "" || len(got) != 2 || len(got[0].Members) != 1 || got[0].Members[0] != ids[adaID] || len(got[1].Members) != 0 {
				t.Errorf("listed %+v, missing %q", got, search.Missing)
			}
			look(t, w.Reader, add, ids, plan.AlreadySo)
			add.Members = []plan.ExternalID{"bob"}
			look(t, w.Reader, add, ids, plan.NotSo)
		})
	}
}

// TestByUserNeedsTheFilter: a service that ignores the filter would make
// everybody a member of every group.
func TestByUserNeedsTheFilter(t *testing.T) {
	t.Parallel()
	s, _ := start(t, scimtest.Options{Quirks: []scimtest.Quirk{scimtest.MembersByUser, scimtest.IgnoreFilter}})
	w := assuming(t, s.URL, "", func(c *scimdst.Config) { c.ProfileOverrides.Members.Shown = scimdst.ShownByUser })
	create(t, w, ada(), group("staff", "Staff"))
	_, err := w.List(t.Context(), plan.Group, func(plan.Resource) error { return nil })
	if err == nil || !strings.Contains(err.Error(), "ignores the filter") {
		t.Errorf("List = %v", err)
	}
}

// TestNoExternalID: where none is kept, what was made is known by its name and
// all that it was given.
func TestNoExternalID(t *testing.T) {
	t.Parallel()
	s, _ := start(t, scimtest.Options{})
	w := assuming(t, s.URL, "", func(c *scimdst.Config) { c.ProfileOverrides.ExternalID.Group = scimdst.ExternalIDNone })
	look(t, w.Reader, group("staff", "Staff"), nil, plan.NotSo)
	create(t, w, group("staff", "Staff"))
	if got := s.Groups()[0].ExternalID; got != "" {
		t.Errorf("the external id %q was sent", got)
	}
	look(t, w.Reader, group("staff", "Staff"), nil, plan.AlreadySo)
	other := ada()
	other.After[plan.DisplayName] = "Ada"
	look(t, w.Reader, other, nil, plan.NotSo)
}

// TestExactCase: where case counts, another case is another name.
func TestExactCase(t *testing.T) {
	t.Parallel()
	s, _ := start(t, scimtest.Options{Quirks: []scimtest.Quirk{scimtest.ExactUserName}})
	w := assuming(t, s.URL, "", func(c *scimdst.Config) { c.ProfileOverrides.ExactCase = []string{plan.UserName} })
	create(t, w, person("1", "ADA@example.com"))
	look(t, w.Reader, ada(), nil, plan.NotSo)
	create(t, w, ada())
	look(t, writer(t, config(s.URL)).Reader, person("3", adaName), nil, plan.Foreign)
}
