package scimdst_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ldap2scim/scimdst"
	"ldap2scim/scimdst/scimtest"
	"ldap2scim/testservers"
)

// answers are the probe's, by assumption.
func answers(r scimdst.ProbeReport) map[string]scimdst.Answer {
	got := map[string]scimdst.Answer{}
	for _, f := range r.Findings {
		got[f.Assumption] = f.Answer
	}
	return got
}

// TestProbe: each service differs in something, the probe says in what, and
// nothing is left of it.
func TestProbe(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name    string
		options scimtest.Options
		change  func(*scimdst.Profile)
		fails   []string
	}{
		{"by the book", scimtest.Options{}, nil, nil},
		{"strings for booleans", scimtest.Options{}, func(p *scimdst.Profile) { p.Patch = scimdst.DialectEntra }, []string{"patch"}},
		{"value objects", scimtest.Options{}, func(p *scimdst.Profile) { p.Patch = scimdst.DialectValues }, nil},
		{"changes nothing", scimtest.Options{Quirks: []scimtest.Quirk{scimtest.PatchNothing}}, nil, []string{"patch"}},
		{"case counts", scimtest.Options{Quirks: []scimtest.Quirk{scimtest.ExactUserName}}, nil, []string{"exact_case"}},
		{"case is said to count", scimtest.Options{}, func(p *scimdst.Profile) { p.ExactCase = []string{"userName"} }, []string{"exact_case"}},
		{"versions are ignored", scimtest.Options{Quirks: []scimtest.Quirk{scimtest.IgnoreVersion}}, nil, []string{"etag"}},
		{"cursor only", scimtest.Options{Quirks: []scimtest.Quirk{scimtest.CursorOnly}}, func(p *scimdst.Profile) { p.Paging = scimdst.PagingCursor }, nil},
		{"no such page", scimtest.Options{MostCount: 50}, nil, []string{"paging, page_size"}},
		{"members by user", scimtest.Options{Quirks: []scimtest.Quirk{scimtest.MembersByUser}}, func(p *scimdst.Profile) { p.Members.Shown = scimdst.ShownByUser }, nil},
		{"members are said to be listed", scimtest.Options{PatchNoContent: true, Quirks: []scimtest.Quirk{scimtest.MembersSingle}}, func(p *scimdst.Profile) { p.Members.Shown = scimdst.ShownListed }, []string{"members.shown"}},
		{"filters are ignored", scimtest.Options{Quirks: []scimtest.Quirk{scimtest.IgnoreFilter}}, nil, []string{"filter", "external_id.person"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s, _ := start(t, tc.options)
			if _, err := s.AddUser(map[string]any{"userName": "somebody"}); err != nil {
				t.Fatal(err)
			}
			c := config(s.URL)
			if tc.change != nil {
				tc.change(&c.ProfileOverrides)
			}
			report, err := scimdst.Probe(t.Context(), c, s.URL)
			if err != nil {
				t.Fatal(err)
			}
			var fails []string
			for _, f := range report.Findings {
				if f.Answer == scimdst.Fails {
					fails = append(fails, f.Assumption)
				}
			}
			less := strings.NewReplacer("[", "", "]", "")
			if d := cmp.Diff(less.Replace(fmt.Sprint(tc.fails)), less.Replace(fmt.Sprint(fails))); d != "" {
				t.Errorf("%s\n%+v", d, report.Findings)
			}
			if len(s.Users()) != 1 || len(s.Groups()) != 0 {
				t.Errorf("left %+v %+v", s.Users(), s.Groups())
			}
		})
	}
}

// TestProbeNeedsConsent: without it nothing is sent.
func TestProbeNeedsConsent(t *testing.T) {
	t.Parallel()
	s, _ := start(t, scimtest.Options{})
	for _, consent := range []string{"", "yes", "https://elsewhere/scim"} {
		if _, err := scimdst.Probe(t.Context(), config(s.URL), consent); err == nil {
			t.Errorf("consent %q: no error", consent)
		}
	}
	if n := len(s.Requests()); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
}

// TestProbeRemovesWhatItMade: also when it is cancelled in the middle, and it
// says so when it cannot.
func TestProbeRemovesWhatItMade(t *testing.T) {
	t.Parallel()
	s, _ := start(t, scimtest.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	c := config(s.URL)
	c.Trace = func(e scimdst.Exchange) {
		if e.Method == "PATCH" {
			cancel()
		}
	}
	if _, err := scimdst.Probe(ctx, c, s.URL); err != nil || len(s.Users())+len(s.Groups()) != 0 {
		t.Errorf("cancelled: %v, left %v %v", err, s.Users(), s.Groups())
	}
	s.Inject(scimtest.Fault{Trouble: scimtest.StatusBefore, Status: 403, Times: -1, Match: scimtest.To("DELETE", "/Users")})
	report, err := scimdst.Probe(t.Context(), config(s.URL), s.URL)
	if err == nil || len(report.LeftBehind) != 1 || len(s.Users()) != 1 || !strings.HasSuffix(report.LeftBehind[0], s.Users()[0].ID) {
		t.Errorf("%v, left %v", err, report.LeftBehind)
	}
	if !strings.HasPrefix(s.Users()[0].Name, "ldap2scim-probe-") || answers(report)["remove"] != scimdst.Fails {
		t.Errorf("%+v", report)
	}
	s.Heal()
	s.Inject(scimtest.Fault{Trouble: scimtest.CutAfter, Match: scimtest.To("POST", "/Users")})
	if _, err := scimdst.Probe(t.Context(), config(s.URL), s.URL); err != nil || len(s.Users()) != 1 {
		t.Errorf("an answer that was lost: %v, left %+v", err, s.Users())
	}
}

// TestProbeRealServices: what is known of them is found.
func TestProbeRealServices(t *testing.T) {
	t.Parallel()
	scimmy := testservers.SCIMMY(t)
	url, token := testservers.Elimity(t)
	for _, tc := range []struct {
		url, token string
		etag       scimdst.Answer
	}{{scimmy.URL, scimmy.Token, scimdst.Holds}, {url, token, scimdst.Fails}} {
		c := scimdst.Config{URL: tc.url, Token: func() (string, error) { return tc.token, nil }}
		report, err := scimdst.Probe(t.Context(), c, tc.url)
		if err != nil {
			t.Fatal(err)
		}
		for assumption, got := range answers(report) {
			want := scimdst.Holds
			if assumption == "etag" {
				want = tc.etag
			}
			if got != want {
				t.Errorf("%s: %s %s: %+v", tc.url, assumption, got, report.Findings)
			}
		}
	}
}
