package migrate_test

import (
	"net/http"
	"testing"

	"ldap2scim/checkpoints"
	"ldap2scim/migrate"
	"ldap2scim/plan"
	"ldap2scim/scimdst"
	"ldap2scim/scimdst/scimtest"
)

// failures are those of a plan by name.
func (w *world) failures(f *checkpoints.File, p checkpoints.Plan) map[string]checkpoints.Line {
	w.t.Helper()
	all := map[string]checkpoints.Line{}
	for l, err := range f.Failures(w.t.Context(), p.ID) {
		if err != nil {
			w.t.Fatal(err)
		}
		all[l.Step.Name] = l
	}
	return all
}

// TestFailuresAreRecorded: what failed has a reason as one of few words, the
// service's own words and its attempts; what needs it is left, and taken up
// with it again.
func TestFailuresAreRecorded(t *testing.T) {
	t.Parallel()
	w := newWorld(t, staff(3, 1))
	f := w.open()
	p := w.planned(f)
	w.service.Inject(scimtest.Fault{Trouble: scimtest.StatusBefore, Status: 403, Match: scimtest.To("POST", "/Users"), Skip: 1})
	if _, err := w.apply(f, w.writer()).Run(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	got := w.failures(f, p)
	if l := got["u01"]; len(got) != 2 || l.Failure != plan.FailedDenied || l.Said != "a fault was injected" || l.Attempts != 1 {
		t.Errorf("%+v", got)
	}
	if l := got["group 0"]; l.Failure != plan.FailedLacking || l.Attempts != 0 {
		t.Errorf("%+v", l)
	}
	a := w.apply(f, w.writer())
	a.Scope.Again = true
	if res, err := a.Run(t.Context(), p); err != nil || res.Done != 2 || len(w.failures(f, p)) != 0 {
		t.Errorf("%+v, %v, %+v", res, err, w.failures(f, p))
	}
	w.whole()
}

// careful applies without versions, and looks before it changes.
func (w *world) careful(f *checkpoints.File) migrate.Apply {
	c := w.config
	c.ProfileOverrides.ETag = scimdst.ETagIgnored
	dst, err := scimdst.NewWriter(c)
	if err != nil {
		w.t.Fatal(err)
	}
	a := w.apply(f, scimdst.Careful{Writer: dst})
	a.Allow = plan.Hazards()
	return a
}

// TestDriftBetweenRuns: what somebody else changes while a plan is applied in
// two runs is not overwritten, with a service whose versions are trusted and
// with one without: it is listed as drifted, and a new plan settles it. It
// takes at most one reading for each step on what was there.
func TestDriftBetweenRuns(t *testing.T) {
	t.Parallel()
	for name, versions := range map[string]bool{"versions": true, "no versions": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, staff(6, 0))
			f := w.open()
			if _, err := w.apply(f, w.writer()).Run(t.Context(), w.planned(f)); err != nil {
				t.Fatal(err)
			}
			for i := range w.source.entries {
				w.source.entries[i].Attrs["sn"] = []string{"Changed"}
			}
			w.source.entries[5].Attrs["locked"] = []string{"yes"} // to be deactivated
			p := w.planned(f)
			a := w.careful(f)
			if versions {
				a.Destination = w.writer()
			}
			w.service.Inject(scimtest.Fault{Trouble: scimtest.StatusBefore, Status: 401, Match: scimtest.To("PATCH", "/Users"), Skip: 2, Times: -1})
			if _, err := a.Run(t.Context(), p); err == nil {
				t.Fatal("the run did not end")
			}
			w.service.Heal()
			for _, u := range w.service.Users() {
				switch u.Name {
				case "u03":
					w.send(http.MethodPatch, "/Users/"+u.ID, `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","path":"name.familyName","value":"By hand"}]}`)
				case "u04":
					w.send(http.MethodDelete, "/Users/"+u.ID, "")
				case "u05":
					w.send(http.MethodPatch, "/Users/"+u.ID, `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","path":"name.givenName","value":"By hand"}]}`)
				}
			}
			before := len(w.service.Requests())
			res, err := a.Run(t.Context(), p)
			if err != nil || res.Left+res.Unknown != 0 {
				t.Fatalf("%+v, %v", res, err)
			}
			reads := 0
			for _, r := range w.service.Requests()[before:] {
				if r.Method == http.MethodGet {
					reads++
				}
			}
			if reads > 4 {
				t.Errorf("%d readings for 4 steps", reads)
			}
			want := map[string]plan.Failure{"u03": plan.FailedDrifted, "u04": plan.FailedGone, "u05": plan.FailedDrifted}
			if !versions {
				// What the step is about has not changed: it says only that
				// the account is active.
				delete(want, "u05")
			}
			got := w.failures(f, p)
			for name, why := range want {
				if got[name].Failure != why {
					t.Errorf("%s: %+v", name, got[name])
				}
			}
			if len(got) != len(want) {
				t.Errorf("%+v", got)
			}
			for _, u := range w.service.Users() {
				if family := u.Body["name"].(map[string]any)["familyName"]; u.Name == "u03" && family != "By hand" {
					t.Errorf("u03 was overwritten: %v", family)
				}
			}
			r := w.report(f, p)
			if r.Settled || r.Class(migrate.Drifted) == 0 || r.Class(migrate.Failed) != 0 {
				t.Errorf("%s %+v", r.Sentence, lines(t, r))
			}
			for _, row := range lines(t, r) {
				if row.Remedy == "" && !migrate.Class(row.Class).Settled() {
					t.Errorf("%s (%s): nothing says what to do", row.Name, row.Class)
				}
			}
			if _, err := w.careful(f).Run(t.Context(), w.planned(f)); err != nil {
				t.Fatal(err)
			}
			if r := w.report(f, w.replanned(f)); !r.Settled {
				t.Errorf("after a new plan: %s", r.Sentence)
			}
		})
	}
}
