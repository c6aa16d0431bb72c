package migrate_test

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"ldap2scim/checkpoints"
	"ldap2scim/migrate"
	"ldap2scim/plan"
	"ldap2scim/scimdst/scimtest"
)

func TestSnapshotRefuses(t *testing.T) {
	t.Parallel()
	hungUp := errors.New("hung up")
	incomplete := plan.Proof{Searches: []plan.Search{{Name: "users", Missing: "size limit"}}}
	for name, tt := range map[string]struct {
		source  *directory
		opts    migrate.SnapshotOptions
		refused func(error) bool
	}{
		"nobody":                  {&directory{proof: plan.Proof{Complete: true}}, migrate.SnapshotOptions{}, func(err error) bool { return errors.Is(err, migrate.ErrEmpty) }},
		"nobody, as told":         {&directory{proof: plan.Proof{Complete: true}}, migrate.SnapshotOptions{AllowEmpty: true}, nil},
		"hung up":                 {&directory{entries: staff(3, 1).entries, err: hungUp}, migrate.SnapshotOptions{KeepIncomplete: true}, func(err error) bool { return errors.Is(err, hungUp) }},
		"not to its end":          {&directory{entries: staff(3, 1).entries, proof: incomplete}, migrate.SnapshotOptions{}, isIncomplete},
		"not to its end, as told": {&directory{entries: staff(3, 1).entries, proof: incomplete}, migrate.SnapshotOptions{KeepIncomplete: true}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newWorld(t, tt.source).open()
			_, err := migrate.Snapshot(t.Context(), f, tt.source, tt.opts, silent)
			_, stored := f.LastSnapshot(t.Context())
			if tt.refused == nil && (err != nil || stored != nil) || tt.refused != nil && (!tt.refused(err) || !errors.Is(stored, checkpoints.ErrNone)) {
				t.Errorf("got %v, and in the file: %v", err, stored)
			}
		})
	}
}

// lost is a directory whose connection is lost a few times.
type lost struct {
	*directory
	times int
}

func (l *lost) Read(ctx context.Context, yield func(plan.Entry) error) (plan.Proof, error) {
	proof, err := l.directory.Read(ctx, yield)
	if l.times--; l.times >= 0 {
		return plan.Proof{}, errors.Join(err, lostError{})
	}
	return proof, err
}

type lostError struct{}

func (lostError) Error() string   { return "connection lost" }
func (lostError) Temporary() bool { return true }

// TestSnapshotBeginsAgain: two readings are never joined.
func TestSnapshotBeginsAgain(t *testing.T) {
	t.Parallel()
	for times, ok := range map[int]bool{0: true, 2: true, 3: false} {
		src := &lost{staff(3, 1), times}
		f := newWorld(t, src.directory).open()
		s, err := migrate.Snapshot(t.Context(), f, src, migrate.SnapshotOptions{}, silent)
		if (err == nil) != ok || ok && s.Entries[plan.Person] != 3 {
			t.Errorf("lost %d times: %+v, %v", times, s.Entries, err)
		}
	}
}

func isIncomplete(err error) bool {
	_, ok := errors.AsType[*migrate.IncompleteError](err)
	return ok
}

func TestApplyRefusesWhatIsStale(t *testing.T) {
	t.Parallel()
	for name, move := range map[string]func(w *world, f *checkpoints.File, a *migrate.Apply){
		"configuration": func(_ *world, _ *checkpoints.File, a *migrate.Apply) { a.Settings = "other" },
		"snapshot": func(w *world, f *checkpoints.File, _ *migrate.Apply) {
			w.source.entries[0].Attrs["sn"] = []string{"changed"}
			if _, err := migrate.Snapshot(w.t.Context(), f, w.source, migrate.SnapshotOptions{}, silent); err != nil {
				w.t.Fatal(err)
			}
		},
		"age": func(_ *world, _ *checkpoints.File, a *migrate.Apply) { a.MaxAge = time.Nanosecond },
		"destination": func(w *world, _ *checkpoints.File, _ *migrate.Apply) {
			if _, err := w.service.AddUser(map[string]any{"userName": "u01", "emails": []any{map[string]any{"value": "x@example.com"}}}); err != nil {
				w.t.Fatal(err)
			}
		},
		"plan": func(w *world, f *checkpoints.File, _ *migrate.Apply) { w.replanned(f) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, staff(3, 1))
			f := w.open()
			p := w.planned(f)
			a := w.apply(f, w.writer())
			move(w, f, &a)
			if _, err := a.Run(t.Context(), p); err == nil || !isStale(err) || w.creates() != 0 {
				t.Errorf("got %v, and %d requests", err, w.creates())
			}
		})
	}
}

func isStale(err error) bool {
	_, ok := errors.AsType[*migrate.StaleError](err)
	return ok
}

// TestStrangerAtDestination: a new account that the plan has nothing to do
// with makes no plan stale.
func TestStrangerAtDestination(t *testing.T) {
	t.Parallel()
	w := newWorld(t, staff(3, 1))
	f := w.open()
	p := w.planned(f)
	if _, err := w.service.AddUser(map[string]any{"userName": "stranger", "emails": []any{map[string]any{"value": "x@example.com"}}}); err != nil {
		t.Fatal(err)
	}
	if res, err := w.apply(f, w.writer()).Run(t.Context(), p); err != nil || res.Done != p.Summary.Requests() {
		t.Errorf("%+v, %v", res, err)
	}
}

// TestSameSnapshotAgain: reading an unchanged directory makes no plan stale.
func TestSameSnapshotAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, staff(3, 1))
	f := w.open()
	p := w.planned(f)
	if _, err := migrate.Snapshot(t.Context(), f, w.source, migrate.SnapshotOptions{}, silent); err != nil {
		t.Fatal(err)
	}
	if _, err := w.apply(f, w.writer()).Run(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	w.whole()
}

func TestHazardsNeedLeave(t *testing.T) {
	t.Parallel()
	w := newWorld(t, staff(3, 1))
	adopted, err := w.service.AddUser(map[string]any{"userName": "U01", "emails": []any{map[string]any{"value": "old@example.com", "type": "work"}}})
	if err != nil {
		t.Fatal(err)
	}
	f := w.open()
	p := w.planned(f)
	a := w.apply(f, w.writer())
	_, err = a.Run(t.Context(), p)
	refused, ok := errors.AsType[*migrate.HazardError](err)
	if !ok || refused.Steps[plan.HazardAdopt] != 1 || w.creates() != 0 {
		t.Fatalf("got %v, and %d creates", err, w.creates())
	}
	a.Allow = []plan.Hazard{plan.HazardAdopt}
	if _, err := a.Run(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	r := w.report(f, p)
	if !r.Settled || r.Class(migrate.Adopted) != 1 || r.Class(migrate.Migrated) != 3 {
		t.Errorf("report: %s %+v", r.Sentence, lines(t, r))
	}
	for _, u := range w.service.Users() {
		if u.ID == adopted && u.ExternalID != "id-u01" {
			t.Errorf("the adopted account has externalId %q", u.ExternalID)
		}
	}
}

// TestReportClasses changes the world behind the program's back and reads each
// class in the report.
func TestReportClasses(t *testing.T) {
	t.Parallel()
	w := newWorld(t, staff(9, 1))
	people := w.source.entries
	people[0].Attrs["locked"] = []string{"yes"} // excluded
	delete(people[1].Attrs, "mail")             // blocked
	people = append(people, plan.Entry{Kind: plan.Unit, ID: "ou", DN: "ou=x", Key: "ou=x"})
	w.source.entries = people
	f := w.open()
	p := w.planned(f)
	w.service.Inject(scimtest.Fault{Trouble: scimtest.StatusBefore, Status: 400, Match: scimtest.To("POST", "/Users"), Skip: 6}) // u08 fails
	if _, err := w.apply(f, w.writer()).Run(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	for _, u := range w.service.Users() {
		switch u.Name {
		case "u02":
			w.send(http.MethodDelete, "/Users/"+u.ID, "") // missing
		case "u03":
			w.send(http.MethodPatch, "/Users/"+u.ID, `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","path":"name.givenName","value":"X"}]}`) // drifted
		case "u04": // conflicting: its name is now another's
			w.send(http.MethodPatch, "/Users/"+u.ID, `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","path":"externalId","value":"somebody else"}]}`)
		}
	}
	r := w.report(f, p)
	want := map[migrate.Class]int{
		migrate.Excluded: 1, migrate.Blocked: 1, migrate.Failed: 1, migrate.Missing: 1, migrate.Drifted: 1, migrate.Conflicting: 1, migrate.Migrated: 3,
	}
	for _, c := range migrate.Classes() {
		if got := r.Objects[plan.Person][c]; got != want[c] {
			t.Errorf("%d people are %s, want %d", got, c, want[c])
		}
	}
	if r.Settled || r.Objects[plan.Unit][migrate.Excluded] != 1 || r.Unexpected[plan.Person] != 1 {
		t.Errorf("%s; settled %t, unexpected %v", r.Sentence, r.Settled, r.Unexpected)
	}
	second := w.replanned(f)
	if r := w.report(f, second); r.Class(migrate.Unsent) == 0 || r.Class(migrate.AlreadyRight) != 3 {
		t.Errorf("before apply: %s", r.Sentence)
	}
}

// TestLearntIsStored: what the destination says of itself stands beside its
// inventory, and a destination that says nothing is no reason not to plan.
func TestLearntIsStored(t *testing.T) {
	t.Parallel()
	for said, learn := range map[string]func(context.Context) (string, error){
		`{"patch":true}`:         func(context.Context) (string, error) { return `{"patch":true}`, nil },
		"not to be learnt: gone": func(context.Context) (string, error) { return "", errors.New("gone") },
		"":                       nil,
	} {
		w := newWorld(t, staff(2, 1))
		f := w.open()
		w.planned(f)
		p, err := migrate.Plan(t.Context(), f, w.writer().Reader, migrate.PlanOptions{Rules: rules(), Learn: learn}, silent)
		if err != nil {
			t.Fatal(err)
		}
		if inv, err := f.Inventory(t.Context(), p.Inventory); err != nil || inv.Proof.Learnt != said || !inv.Proof.Complete {
			t.Errorf("%q: %+v, %v", said, inv.Proof, err)
		}
	}
}

// TestReportRepeatsReasons: what was waived, and what was attested, stands in
// the report with the reason and the name.
func TestReportRepeatsReasons(t *testing.T) {
	t.Parallel()
	w := newWorld(t, staff(2, 1))
	delete(w.source.entries[0].Attrs, "mail")
	rs := rules()
	rs.Waived = map[plan.Code]string{plan.BadEmail: "the scanner needs no mail"}
	rs.Prerequisites = []plan.Prerequisite{plan.LDAPDisabled}
	w.rules = &rs
	f := w.open()
	p := w.planned(f)
	a := w.apply(f, w.writer())
	if _, err := a.Run(t.Context(), p); err == nil || w.creates() != 0 {
		t.Fatalf("applied before it was attested: %v", err)
	}
	if err := f.Attest(t.Context(), plan.Attestation{Of: plan.LDAPDisabled, By: "Grace", At: time.Now()}); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Run(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := w.report(f, p).WriteText(&b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Check P04 was waived: the scanner needs no mail\n", "Attested: ldap-disabled, by Grace, "} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the report does not say %q:\n%s", want, b.String())
		}
	}
}
