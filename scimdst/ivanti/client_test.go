package ivanti_test

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ldap2scim/plan"
	"ldap2scim/scimdst/ivanti"
	"ldap2scim/scimdst/ivanti/ivantitest"
)

func start(t *testing.T, o ivantitest.Options) *ivantitest.Server {
	t.Helper()
	s, err := ivantitest.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func config(s *ivantitest.Server) ivanti.Config {
	return ivanti.Config{URL: s.URL, User: s.User(), Password: func() (string, error) { return s.Password(), nil }, Timeout: 10 * time.Second}
}

func client(t *testing.T, c ivanti.Config) *ivanti.Client {
	t.Helper()
	cl, err := ivanti.NewClient(c)
	if err != nil {
		t.Fatal(err)
	}
	return cl
}

// crowd is a tenant with so many people of LDAP and one local administrator.
func crowd(n int) ivantitest.Options {
	o := ivantitest.Options{LDAP: ivantitest.LDAP{Name: "corp"}, Accounts: []ivantitest.Account{{UID: "root", Source: ivantitest.Local}}}
	for i := range n {
		uid := fmt.Sprintf("u%04d", i)
		o.LDAP.People = append(o.LDAP.People, ivantitest.Person{
			GUID: fmt.Sprintf("11111111-2222-4333-8444-%012d", i), UID: uid, Email: uid + "@example.com",
			Custom: map[string]string{"custAttr1": "CC-" + strconv.Itoa(i)}, Groups: []string{"Staff"},
		})
	}
	return o
}

// TestAccounts: all of them, page by page, with start and rows.
func TestAccounts(t *testing.T) {
	t.Parallel()
	s := start(t, crowd(1203))
	list, err := client(t, config(s)).Accounts(t.Context())
	if err != nil || len(list) != 1204 {
		t.Fatalf("%d, %v", len(list), err)
	}
	if d := cmp.Diff(map[string]int{"LDAP": 1203, "LOCAL": 1}, ivanti.CountSources(list)); d != "" {
		t.Error(d)
	}
	want := plan.Account{UID: "u0001", Email: "u0001@example.com", Source: "LDAP", IDs: []plan.ExternalID{"11111111-2222-4333-8444-000000000001"}}
	if d := cmp.Diff(want, list[2]); d != "" {
		t.Error(d)
	}
	if n := len(s.Requests()); n != 3 {
		t.Errorf("%d requests", n)
	}
	for _, r := range s.Requests() {
		if !strings.HasPrefix(r, "GET ") || strings.Contains(r, "offset") || !strings.Contains(r, "rows=500") {
			t.Error(r)
		}
	}
	counts, err := client(t, config(s)).Counts(t.Context())
	if err != nil || counts["LDAP"] != 1203 {
		t.Errorf("%v, %v", counts, err)
	}
}

// TestThrottled: 429 and 503 are asked again, after the time that was asked
// for.
func TestThrottled(t *testing.T) {
	t.Parallel()
	s := start(t, crowd(3))
	n := 0
	s.Interfere(func(w http.ResponseWriter, _ *http.Request) bool {
		n++
		if n > 2 {
			return false
		}
		w.Header().Set("Retry-After", "0.01")
		w.WriteHeader([]int{http.StatusTooManyRequests, http.StatusServiceUnavailable}[n-1])
		return true
	})
	if list, err := client(t, config(s)).Accounts(t.Context()); err != nil || len(list) != 4 {
		t.Errorf("%d, %v", len(list), err)
	}
}

// TestSmallerPages: a page that is too large is asked for again, smaller.
func TestSmallerPages(t *testing.T) {
	t.Parallel()
	s := start(t, crowd(130))
	s.Interfere(func(w http.ResponseWriter, r *http.Request) bool {
		if rows, err := strconv.Atoi(r.URL.Query().Get("rows")); err != nil || rows <= 40 {
			return false
		}
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprint(w, `{"errors":{"globalErrors":null,"fieldErrors":[{"code":"Range","message":"must be between 1 and 40"}]}}`)
		return true
	})
	if list, err := client(t, config(s)).Accounts(t.Context()); err != nil || len(list) != 131 {
		t.Errorf("%d, %v", len(list), err)
	}
}

// TestMoved: a list that moves is read again, and given up when it does not
// rest. One that ends early is never used.
func TestMoved(t *testing.T) {
	t.Parallel()
	answer := func(total int, ids ...int) string {
		var list []string
		for _, id := range ids {
			list = append(list, fmt.Sprintf(`{"id":%d,"uid":"u%d"}`, id, id))
		}
		return fmt.Sprintf(`{"result":{"totalCount":%d,"searchResults":[%s]}}`, total, strings.Join(list, ","))
	}
	for name, tt := range map[string]struct {
		pages []string
		want  int
		fails string
	}{
		"the total changes once":  {[]string{answer(2, 1), answer(3, 2), answer(2, 1), answer(2, 2)}, 2, ""},
		"one comes twice":         {[]string{answer(2, 1), answer(2, 1), answer(2, 1, 2)}, 2, ""},
		"more than there are":     {[]string{answer(1, 1, 2), answer(2, 1, 2)}, 2, ""},
		"it never rests":          {[]string{answer(2, 1), answer(3, 2), answer(2, 1), answer(3, 2), answer(2, 1), answer(3, 2)}, 0, "changed while it was read, 3 times"},
		"it ends early":           {[]string{answer(3, 1, 2), answer(3)}, 0, "ends after 2 of 3"},
		"it says nothing":         {[]string{`{"result":{}}`}, 0, "does not say how many"},
		"it is a page for people": {[]string{"<html>"}, 0, "not the JSON"},
		"a total that cannot be":  {[]string{answer(-1)}, 0, "does not say how many"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, ivantitest.Options{})
			n := 0
			s.Interfere(func(w http.ResponseWriter, _ *http.Request) bool {
				fmt.Fprint(w, tt.pages[min(n, len(tt.pages)-1)])
				n++
				return true
			})
			list, err := client(t, config(s)).Accounts(t.Context())
			if len(list) != tt.want || (err != nil) != (tt.fails != "") || err != nil && !strings.Contains(err.Error(), tt.fails) {
				t.Errorf("%d, %v", len(list), err)
			}
		})
	}
}

// TestMasked: records in which nobody can be told are refused.
func TestMasked(t *testing.T) {
	t.Parallel()
	o := crowd(2)
	o.Masked = true
	s := start(t, o)
	_, err := client(t, config(s)).Accounts(t.Context())
	if e, is := errors.AsType[*ivanti.MaskedError](err); !is || e.Masked != 3 || !strings.Contains(e.Hint(), "GDPR") {
		t.Errorf("%v", err)
	}
}

// TestAccess: who may not is told what to do, and no secret is repeated.
func TestAccess(t *testing.T) {
	t.Parallel()
	s := start(t, crowd(1))
	c := config(s)
	c.Password = func() (string, error) { return "wr0ng-secret", nil }
	_, err := client(t, c).Accounts(t.Context())
	e, is := errors.AsType[*ivanti.Error](err)
	if !is || e.Status != http.StatusUnauthorized || !strings.Contains(e.Hint(), "Password and PIN") || strings.Contains(err.Error(), "wr0ng") {
		t.Errorf("%v", err)
	}
	c.Password = func() (string, error) { return "", errors.New("no such secret") }
	if _, err := client(t, c).Accounts(t.Context()); err == nil || !strings.Contains(err.Error(), "no such secret") {
		t.Errorf("%v", err)
	}
}

// TestStored: CPS gives the names of attributes in lower case, and a GUID as
// escaped bytes, which is the stable ID.
func TestStored(t *testing.T) {
	t.Parallel()
	s := start(t, crowd(57))
	cl := client(t, config(s))
	list, err := cl.Accounts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i := range list {
		list[i].IDs = nil
	}
	if err := cl.AddStored(t.Context(), list); err != nil {
		t.Fatal(err)
	}
	a := list[57]
	if a.UID != "u0056" || a.Values["custattr1"] != "CC-56" || len(a.IDs) == 0 || a.IDs[0] != "11111111-2222-4333-8444-000000000056" {
		t.Errorf("%+v", a)
	}
	cps := 0
	for _, r := range s.Requests() {
		if strings.Contains(r, "/msa/v1/cps/user") {
			cps++
			if !strings.Contains(r, "limit=50") {
				t.Error(r)
			}
		}
	}
	if cps != 3 { // r, and u in two pages
		t.Errorf("%d searches", cps)
	}
}

// TestDevices: what freezes a Managed Apple ID.
func TestDevices(t *testing.T) {
	t.Parallel()
	o := crowd(5)
	o.Devices = []ivantitest.Device{
		{ID: 1, UID: "U0000", State: "ACTIVE", UserEnrolled: true},
		{ID: 2, UID: "u0001", State: "RETIRE_PENDING", UserEnrolled: true},
		{ID: 3, UID: "u0002", State: "RETIRED", UserEnrolled: true},
		{ID: 4, UID: "u0003", State: "ACTIVE", UserEnrolled: false},
		{ID: 5, UID: "u0003", State: "ACTIVE", Platform: "CHROMEOS"},
	}
	s := start(t, o)
	cl := client(t, config(s))
	list, err := cl.Accounts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	chrome, err := cl.AddDevices(t.Context(), list)
	if err != nil || chrome != 1 {
		t.Errorf("%d, %v", chrome, err)
	}
	var frozen []string
	for _, a := range list {
		if a.Enrolled {
			frozen = append(frozen, a.UID)
		}
	}
	if d := cmp.Diff([]string{"u0000", "u0001"}, frozen); d != "" || list[4].Devices != 2 {
		t.Errorf("%s %+v", d, list[4])
	}
}

// TestGather: all that the interface has, and what the export adds.
func TestGather(t *testing.T) {
	t.Parallel()
	o := crowd(120)
	o.LDAP.AppleIDs = ivantitest.AppleIDSetting{On: true}
	for i := range 60 {
		o.LDAP.People[i].Groups = []string{fmt.Sprintf("G%02d", i)}
	}
	o.Policies = []ivantitest.Policy{{ID: 7, Name: "Wi-Fi", Type: "IDENTITY_CERT", Installed: 12, Settings: map[string]any{"san": map[string]any{"value": "${custAttr1}"}}}}
	s := start(t, o)
	c := config(s)
	file := write(t, "users.csv", s.ExportCSV())
	c.Exports = []ivanti.Export{{File: file}}
	g, err := ivanti.Gather(t.Context(), c, []ivanti.Custom{{Was: "custAttr1", Name: "custAttr1"}})
	if err != nil {
		t.Fatal(err)
	}
	if len(g.Accounts) != 121 || g.Accounts[1].AppleID != "u0000@example.com" || g.Accounts[1].Values["custattr1"] != "CC-0" || len(g.Records.Groups) != 61 || g.Records.Groups["G07"] != "LDAP" {
		t.Errorf("%d accounts, %+v, %d groups", len(g.Accounts), g.Accounts[1], len(g.Records.Groups))
	}
	if len(g.Records.References) != 1 {
		t.Fatalf("%+v", g.Records.References)
	}
	if r := g.Records.References[0]; r.File != `configuration "Wi-Fi"` || r.Place != "/san/value" || !r.Certificate || r.Devices != 12 || r.Name != "custAttr1" {
		t.Errorf("%+v", r)
	}
}

// TestNoGroups: a tenant that does not list its groups says nothing of them.
func TestNoGroups(t *testing.T) {
	t.Parallel()
	s := start(t, crowd(2))
	status := http.StatusMethodNotAllowed
	s.Interfere(func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != "/api/v1/group" {
			return false
		}
		w.WriteHeader(status)
		return true
	})
	if g, err := ivanti.Gather(t.Context(), config(s), nil); err != nil || g.Records.Groups != nil || len(g.Accounts) != 3 {
		t.Errorf("%+v, %v", g.Records, err)
	}
	status = http.StatusForbidden
	if _, err := ivanti.Gather(t.Context(), config(s), nil); err == nil {
		t.Error("that it may not be read is no answer")
	}
}

// TestStoredForms: what a list of CPS may be wrapped in; an answer without one
// is not taken for nobody.
func TestStoredForms(t *testing.T) {
	t.Parallel()
	const user = `[{"userId":"root","ldapCustomAttributes":{"custattr1":"7"}}]`
	for text, want := range map[string]string{
		`{"totalCount":1,"results":` + user + `}`:                  "7",
		`{"searchResults":` + user + `}`:                           "7",
		`{"result":{"totalCount":1,"searchResults":` + user + `}}`: "7",
		`{}`:                            "there is no list of users",
		`{"totalCount":2,"results":[]}`: "it ends after 0 of 2",
	} {
		s := start(t, crowd(0))
		s.Interfere(func(w http.ResponseWriter, _ *http.Request) bool {
			fmt.Fprint(w, text)
			return true
		})
		list := []plan.Account{{UID: "root"}}
		err := client(t, config(s)).AddStored(t.Context(), list)
		if got := list[0].Values["custattr1"]; got != want && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %q, %v", text, got, err)
		}
	}
}
