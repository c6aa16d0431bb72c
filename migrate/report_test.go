package migrate_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"ldap2scim/checkpoints"
	"ldap2scim/migrate"
	"ldap2scim/plan"
	"ldap2scim/scimdst/scimtest"
)

const patched = `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","path":"PATH","value":"VALUE"}]}`

// change changes an account behind the program's back.
func (w *world) change(name, path, value string) {
	w.t.Helper()
	for _, u := range w.service.Users() {
		if u.Name == name {
			w.send(http.MethodPatch, "/Users/"+u.ID, strings.NewReplacer("PATH", path, "VALUE", value).Replace(patched))
			return
		}
	}
	w.t.Fatalf("%s is not at the service", name)
}

// lineOf is what a view says of one object.
func lineOf(t *testing.T, v migrate.View, name string) migrate.Line {
	t.Helper()
	for _, l := range lines(t, v) {
		if l.Name == name {
			return l
		}
	}
	t.Fatalf("%s is not shown", name)
	return migrate.Line{}
}

// TestReportSaysWhy: of each class, why, after how many attempts, and what to
// do; what differs, attribute by attribute and member by member.
func TestReportSaysWhy(t *testing.T) {
	t.Parallel()
	w := newWorld(t, staff(9, 1))
	w.source.entries[0].Attrs["locked"] = []string{"yes"}
	delete(w.source.entries[1].Attrs, "mail")
	f := w.open()
	p := w.planned(f)
	w.service.Inject(scimtest.Fault{Trouble: scimtest.StatusBefore, Status: 400, Body: `{"detail":"no such domain"}`, Match: scimtest.To("POST", "/Users"), Skip: 6})
	if _, err := w.apply(f, w.writer()).Run(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	w.change("u03", "name.givenName", "X")
	for _, g := range w.service.Groups() {
		w.send(http.MethodPatch, "/Groups/"+g.ID, `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"remove","path":"members[value eq \"`+w.idOf("u02")+`\"]"}]}`)
	}
	if _, err := w.service.AddUser(map[string]any{"userName": "stranger", "emails": []any{map[string]any{"value": "s@example.com"}}}); err != nil {
		t.Fatal(err)
	}
	v := w.report(f, p)
	for name, want := range map[string]migrate.Line{
		"u00":     {Verdict: checkpoints.Verdict{Class: "excluded", Code: plan.Inactive, Why: "disabled in the directory; inactive people cannot be provisioned"}},
		"u01":     {Verdict: checkpoints.Verdict{Class: "blocked", Code: plan.BadEmail, Why: "no email address, which is mandatory"}},
		"u02":     {Verdict: checkpoints.Verdict{Class: "migrated"}},
		"u03":     {Verdict: checkpoints.Verdict{Class: "drifted", Why: "1 attribute otherwise"}, Differences: []migrate.Difference{{Attribute: plan.GivenName, Is: "X", Wants: "G"}}},
		"u08":     {Verdict: checkpoints.Verdict{Class: "failed", Why: "no such domain"}},
		"group 0": {Verdict: checkpoints.Verdict{Class: "failed"}, Absent: nil},
	} {
		l := lineOf(t, v, name)
		settled := migrate.Class(want.Class) == migrate.Migrated
		if l.Class != want.Class || l.Code != want.Code || !strings.Contains(l.Why, want.Why) || fmt.Sprint(l.Differences) != fmt.Sprint(want.Differences) || !settled && l.Remedy == "" {
			t.Errorf("%s: %+v", name, l)
		}
	}
	if l := lineOf(t, v, "u08"); l.Attempts != 1 || l.Run != 1 || l.At.IsZero() {
		t.Errorf("u08: %+v", l)
	}
	if l := lineOf(t, v, "u02"); l.Remote == "" || l.Run != 1 || l.Attempts != 1 {
		t.Errorf("u02: %+v", l)
	}
	var strangers []string
	for s, err := range v.Foreigners(plan.Person) {
		if err != nil {
			t.Fatal(err)
		}
		strangers = append(strangers, s.Name)
	}
	if len(strangers) != 1 || strangers[0] != "stranger" || v.Unexpected[plan.Person] != 1 {
		t.Errorf("unexpected: %v of %v", strangers, v.Unexpected)
	}
	w.addsUp(v)
}

func (w *world) idOf(name string) string {
	w.t.Helper()
	for _, u := range w.service.Users() {
		if u.Name == name {
			return u.ID
		}
	}
	w.t.Fatalf("%s is not at the service", name)
	return ""
}

// addsUp does the sum of the sentence, and counts the lines.
func (w *world) addsUp(v migrate.View) {
	w.t.Helper()
	var n []int
	for _, s := range regexp.MustCompile(`[\d,]+`).FindAllString(v.Sentence, -1) {
		i, err := strconv.Atoi(strings.ReplaceAll(s, ",", ""))
		if err != nil {
			w.t.Fatal(err)
		}
		n = append(n, i)
	}
	sum := 0
	for _, i := range n[1:] {
		sum += i
	}
	if n[0] != sum || n[0] != len(lines(w.t, v)) || n[0] != len(w.source.entries) {
		w.t.Errorf("%q is %d, with %d lines, for %d entries", v.Sentence, sum, len(lines(w.t, v)), len(w.source.entries))
	}
}

// TestReportOfASecondPlan: updated, deactivated, already right, not yet sent,
// members by name, and what cannot be verified.
func TestReportOfASecondPlan(t *testing.T) {
	t.Parallel()
	w := newWorld(t, staff(6, 1))
	f := w.open()
	if _, err := w.apply(f, w.writer()).Run(t.Context(), w.planned(f)); err != nil {
		t.Fatal(err)
	}
	w.source.entries[1].Attrs["sn"] = []string{"Changed"}
	w.source.entries[2].Attrs["locked"] = []string{"yes"}
	p := w.planned(f)
	if v := w.report(f, p); v.Objects[plan.Person][migrate.Unsent] != 2 || v.Objects[plan.Person][migrate.AlreadyRight] != 4 || v.Settled {
		t.Errorf("before: %s", v.Sentence)
	}
	a := w.apply(f, w.writer())
	a.Allow = plan.Hazards()
	if _, err := a.Run(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	v := w.report(f, p)
	if v.Objects[plan.Person][migrate.Updated] != 1 || v.Objects[plan.Person][migrate.Deactivated] != 1 || v.Objects[plan.Person][migrate.AlreadyRight] != 4 || !v.Settled || v.BeforeImages == 0 {
		t.Errorf("after: %s, %d before-images", v.Sentence, v.BeforeImages)
	}
	w.addsUp(v)

	for _, g := range w.service.Groups() {
		w.send(http.MethodPatch, "/Groups/"+g.ID, `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"remove","path":"members[value eq \"`+w.idOf("u04")+`\"]"}]}`)
	}
	if l := lineOf(t, w.report(f, p), "group 0"); l.Class != string(migrate.Drifted) || len(l.Absent) != 1 || l.Absent[0] != "id-u04" || l.Why != "1 member missing" {
		t.Errorf("%+v", l)
	}

	if _, err := migrate.Reconcile(t.Context(), f, blind{w.writer().Reader}, p, migrate.ReconcileOptions{}, silent); err != nil {
		t.Fatal(err)
	}
	v = w.view(f, p, migrate.ViewOptions{All: true})
	if v.Class(migrate.Unverified) == 0 || v.Settled || v.Incomplete == "" {
		t.Errorf("with half of the service: %s", v.Sentence)
	}
	w.addsUp(v)
}

// blind lists nobody, and says that somebody is missing.
type blind struct{ migrate.Lister }

func (blind) List(context.Context, plan.Kind, func(plan.Resource) error) (plan.Search, error) {
	return plan.Search{Name: "people", Missing: "the service ended early"}, nil
}

// TestReadBackIsBelieved: what is right at the service is right, whatever the
// journal says of it.
func TestReadBackIsBelieved(t *testing.T) {
	t.Parallel()
	w := newWorld(t, staff(3, 0))
	f := w.open()
	p := w.planned(f)
	w.service.Inject(scimtest.Fault{Trouble: scimtest.StatusAfter, Status: 400, Match: scimtest.To("POST", "/Users"), Skip: 2})
	if _, err := w.apply(f, w.writer()).Run(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	if v := w.report(f, p); v.Steps["failed"] != 1 || v.Class(migrate.Migrated) != 3 || !v.Settled {
		t.Errorf("%s %v", v.Sentence, v.Steps)
	}
}

// TestReportSince: what a later run did, and what drifted meanwhile, and
// nothing else.
func TestReportSince(t *testing.T) {
	t.Parallel()
	w := newWorld(t, staff(6, 0))
	f := w.open()
	p := w.planned(f)
	w.service.Inject(scimtest.Fault{Trouble: scimtest.StatusBefore, Status: 400, Match: scimtest.To("POST", "/Users"), Skip: 4, Times: 2})
	a := w.apply(f, w.writer())
	if _, err := a.Run(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	w.service.Heal()
	a.Scope.Again = true
	if _, err := a.Run(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	w.change("u01", "name.givenName", "X")
	w.report(f, p)
	for since, want := range map[int64]string{1: "u01 drifted, u04 migrated, u05 migrated", 2: "u01 drifted"} {
		v := w.view(f, p, migrate.ViewOptions{Since: since})
		var got []string
		for _, l := range lines(t, v) {
			got = append(got, l.Name+" "+l.Class)
		}
		if strings.Join(got, ", ") != want || v.Changed[migrate.Drifted] != 1 {
			t.Errorf("since run %d: %v, %v", since, got, v.Changed)
		}
		var b bytes.Buffer
		if err := v.WriteText(&b); err != nil || !strings.Contains(b.String(), fmt.Sprintf("Since run %d: ", since)) {
			t.Errorf("%v\n%s", err, b.String())
		}
	}
}

// TestReportCountsRequests: what a run sent, sent again and waited for, is what
// the service saw, also after a crash.
func TestReportCountsRequests(t *testing.T) {
	t.Parallel()
	w := newWorld(t, staff(5, 1))
	f := w.open()
	p := w.planned(f)
	w.service.Inject(scimtest.Fault{Trouble: scimtest.StatusBefore, Status: 429, Match: scimtest.To("POST", "/Users"), Skip: 1, Times: 2})
	before := len(w.service.Requests())
	a := w.apply(f, w.writer())
	a.Lister = nil
	if _, err := a.Run(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	saw := len(w.service.Requests()) - before
	v := w.report(f, p)
	if len(v.Runs) != 1 {
		t.Fatalf("%d runs", len(v.Runs))
	}
	r := v.Runs[0]
	if all, retries := r.Requests(); all != saw || retries != 2 || r.Throttled != 2 || r.Waited <= 0 || r.Done != p.Summary.Requests() || r.Outcome != "done" || len(r.Digest) != 64 {
		t.Errorf("the service saw %d: %+v", saw, r)
	}
	sum := 0
	for _, n := range r.Pace.Counts {
		sum += n
	}
	if sum != r.Done {
		t.Errorf("%d steps over time, %d done", sum, r.Done)
	}
}

// hostile are names that try to be more than text.
func hostile() []string {
	return []string{
		"<script>alert(1)</script>", `"><img src=x onerror=alert(1)>`, "=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(1)", "\t=1+1", " =1+1",
		"\u202egpj.exe", "nul\x00byte", "\x1b[2Jclear", "{{.Digest}}", strings.Repeat("long", 2500), "a,b\";c",
	}
}

// written are all views of a report.
func written(t *testing.T, v migrate.View) map[string]string {
	t.Helper()
	all := map[string]string{}
	for name, write := range map[string]func(io.Writer) error{"text": v.WriteText, "json": v.WriteJSON, "csv": v.WriteCSV, "html": v.WriteHTML} {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			t.Fatal(err)
		}
		all[name] = b.String()
	}
	return all
}

// hostileWorld is a report in which each hostile name is blocked, at the
// destination alone, said by the service, and attested.
func hostileWorld(t *testing.T) (*world, *checkpoints.File, checkpoints.Plan) {
	t.Helper()
	d := staff(4, 1)
	for i, name := range hostile() {
		d.entries = append(d.entries, plan.Entry{
			Kind: plan.Person, ID: plan.ExternalID(fmt.Sprintf("id-z%02d", i)), DN: "uid=" + name, Key: "uid=" + name,
			Attrs: map[string][]string{"uid": {name}, "givenname": {"G"}, "sn": {"S"}},
		})
	}
	w := newWorld(t, d)
	f := w.open()
	p := w.planned(f)
	detail, err := json.Marshal(map[string]string{"detail": strings.Join(hostile()[:5], " ")})
	if err != nil {
		t.Fatal(err)
	}
	w.service.Inject(scimtest.Fault{Trouble: scimtest.StatusBefore, Status: 409, Body: string(detail), Match: scimtest.To("POST", "/Users"), Skip: 3})
	a := w.apply(f, w.writer())
	a.Allow = plan.Hazards() // so many are blocked
	if _, err := a.Run(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	w.change("u01", "name.givenName", "=cmd|<b>X</b>")
	for _, name := range hostile()[:6] {
		if _, err := w.service.AddUser(map[string]any{"userName": name, "emails": []any{map[string]any{"value": "s@example.com"}}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Attest(t.Context(), plan.Attestation{Of: plan.LDAPDisabled, By: hostile()[0], Evidence: hostile()[2]}); err != nil {
		t.Fatal(err)
	}
	w.report(f, p)
	return w, f, p
}

// TestReportShowsHarmlessly: whatever a name is, each view shows it and it does
// nothing.
func TestReportShowsHarmlessly(t *testing.T) {
	t.Parallel()
	w, f, p := hostileWorld(t)
	all := written(t, w.view(f, p, migrate.ViewOptions{All: true}))
	for name, text := range all {
		if name != "json" && (strings.ContainsAny(text, "\x00\x1b\u202e") || name != "csv" && strings.Contains(text, strings.Repeat("long", 250))) {
			t.Errorf("%s shows a value as it is", name)
		}
	}
	if !json.Valid([]byte(all["json"])) || strings.ContainsAny(all["json"], "\x00\x1b") {
		t.Error("the JSON is none")
	}
	cells, err := csv.NewReader(strings.NewReader(all["csv"])).ReadAll()
	if err != nil || len(cells) != 1+len(w.source.entries)+6 {
		t.Fatalf("%d lines, %v", len(cells), err)
	}
	for _, line := range cells {
		for _, c := range line {
			if strings.HasPrefix(strings.TrimLeft(c, " "), "=") || strings.IndexAny(c, "+-@\t\r\n") == 0 {
				t.Errorf("a cell that does something: %.80q", c)
			}
		}
	}
	page, err := html.Parse(strings.NewReader(all["html"]))
	if err != nil {
		t.Fatal(err)
	}
	scripts := 0
	for n := range page.Descendants() {
		switch {
		case n.Type == html.CommentNode, n.Type == html.ElementNode && strings.Contains(" img iframe object embed link base audio video image use foreignobject ", " "+n.Data+" "):
			t.Errorf("markup: %s", n.Data)
		case n.Type == html.ElementNode && n.Data == "script":
			scripts++
		}
		for _, a := range n.Attr {
			if strings.HasPrefix(a.Key, "on") || a.Key == "src" || a.Key == "style" || a.Key == "href" && !strings.HasPrefix(a.Val, "#") {
				t.Errorf("an attribute that acts: %s=%q", a.Key, a.Val)
			}
		}
	}
	if scripts != 1 {
		t.Errorf("%d scripts", scripts)
	}
}

// TestReportRedacted: no view says a name, an address, a value or what the
// service said; the same person has the same pseudonym everywhere in one state
// file, and another in another.
func TestReportRedacted(t *testing.T) {
	t.Parallel()
	pseudonym := map[string]bool{}
	for range 2 {
		w, f, p := hostileWorld(t)
		key, err := f.Pseudonyms(t.Context())
		if err != nil || len(key) != 32 {
			t.Fatalf("%d bytes, %v", len(key), err)
		}
		v := w.view(f, p, migrate.ViewOptions{All: true, Redact: plan.NewRedaction(key)})
		mine := lineOf(t, v, plan.NewRedaction(key).Name(plan.Person, "id-u01", "u01")).Name
		pseudonym[mine] = true
		for name, text := range written(t, v) {
			// A pseudonym may hold the letters of a name or an ID, but not as a word.
			if at := regexp.MustCompile(`\bu0[1-3]\b`).FindStringIndex(text); at != nil {
				t.Errorf("%s says a userName: …%q…", name, text[max(0, at[0]-60):min(len(text), at[1]+60)])
			}
			for _, secret := range []string{"alert(1)", "=cmd", "group 0", "gpj.exe", "longlong", "example.com\"", "@example.com", ">X<"} {
				if at := strings.Index(text, secret); at >= 0 {
					t.Errorf("%s says %q: …%q…", name, secret, text[max(0, at-60):min(len(text), at+60)])
				}
			}
			if !strings.Contains(text, mine) {
				t.Errorf("%s does not call u01 %s", name, mine)
			}
			if !strings.Contains(text, "the service answered 409") {
				t.Errorf("%s does not say what the service answered", name)
			}
		}
	}
	if len(pseudonym) != 2 {
		t.Errorf("two state files, and the pseudonyms %v", pseudonym)
	}
}
