package scimdst_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"

	"ldap2scim/plan"
	"ldap2scim/scimdst"
	"ldap2scim/scimdst/scimtest"
)

// TestReadAgain: what could not be read is asked for once more where somebody
// says so, and a listing goes on where it was.
func TestReadAgain(t *testing.T) {
	t.Parallel()
	enough := errors.New("enough")
	for name, tt := range map[string]struct {
		fault  scimtest.Fault
		most   int // tries; 0: nobody is asked
		people int
		asked  int
		end    func(error) bool
	}{
		"a page":           {scimtest.Fault{Trouble: scimtest.StatusBefore, Status: 503, Match: third, Times: 3}, 9, 9, 2, isNil},
		"a page that ends": {scimtest.Fault{Trouble: scimtest.CutBefore, Match: third, Times: -1}, 4, 4, 4, func(err error) bool { return errors.Is(err, enough) }},
		"nobody is asked":  {scimtest.Fault{Trouble: scimtest.StatusBefore, Status: 503, Match: third, Times: -1}, 0, 4, 0, isUnavailable},
		"a wrong address":  {scimtest.Fault{Trouble: scimtest.CutBefore, Match: scimtest.To(http.MethodGet, "/Users"), Times: -1}, 4, 0, 0, func(err error) bool { return err != nil && !errors.Is(err, enough) }},
		"a group":          {scimtest.Fault{Trouble: scimtest.StatusBefore, Status: 429, Match: scimtest.To(http.MethodGet, "/Groups/"), Times: 2}, 9, 9, 2, isNil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, _ := start(t, scimtest.Options{})
			for i := range 9 {
				if _, err := s.AddUser(map[string]any{"userName": fmt.Sprint("u", i), "active": true}); err != nil {
					t.Fatal(err)
				}
			}
			group, err := s.AddGroup(map[string]any{"displayName": "g"})
			if err != nil {
				t.Fatal(err)
			}
			s.Inject(tt.fault)
			c := config(s.URL)
			c.PageSize = 2
			asked := 0
			if tt.most > 0 {
				c.Again = func(_ context.Context, tries int, err error) error {
					if asked++; tries != asked || err == nil {
						t.Errorf("asked for the %d. time with %d, %v", asked, tries, err)
					}
					if tries == tt.most {
						return enough
					}
					return nil
				}
			}
			r, err := scimdst.NewReader(c)
			if err != nil {
				t.Fatal(err)
			}
			people := map[plan.RemoteID]int{}
			_, err = r.List(t.Context(), plan.Person, func(p plan.Resource) error { people[p.RemoteID]++; return nil })
			if err == nil {
				_, err = r.Get(t.Context(), plan.Group, plan.RemoteID(group))
			}
			if len(people) != tt.people || asked != tt.asked || !tt.end(err) {
				t.Errorf("%d people, asked %d times, %v", len(people), asked, err)
			}
			for id, n := range people {
				if n != 1 {
					t.Errorf("%s came %d times", id, n)
				}
			}
		})
	}
}

// third picks the third page of people, which is read before its turn once.
func third(r *http.Request) bool {
	return scimtest.To(http.MethodGet, "/Users")(r) && r.URL.Query().Get("startIndex") == "5"
}

func isNil(err error) bool { return err == nil }

func isUnavailable(err error) bool {
	e, ok := errors.AsType[*scimdst.Error](err)
	return ok && e.Status == http.StatusServiceUnavailable
}
