package migrate_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ldap2scim/checkpoints"
	"ldap2scim/migrate"
	"ldap2scim/plan"
	"ldap2scim/scimdst"
	"ldap2scim/scimdst/scimtest"
)

// bodies is all that the service holds, by id, without what it says of it. An
// empty value is none (RFC 7643 §2.5), and members are in no order.
func (w *world) bodies() map[string]map[string]any {
	w.t.Helper()
	all := map[string]map[string]any{}
	for _, o := range append(w.service.Users(), w.service.Groups()...) {
		body := maps.Clone(o.Body)
		delete(body, "meta")
		maps.DeleteFunc(body, func(_ string, v any) bool {
			list, isList := v.([]any)
			object, isObject := v.(map[string]any)
			return isList && len(list) == 0 || isObject && len(object) == 0
		})
		b, err := json.Marshal(body)
		if err != nil {
			w.t.Fatal(err)
		}
		var copied map[string]any
		if err := json.Unmarshal(b, &copied); err != nil {
			w.t.Fatal(err)
		}
		if list, ok := copied["members"].([]any); ok {
			slices.SortFunc(list, func(a, b any) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
		}
		all[o.ID] = copied
	}
	return all
}

// inhabited is a service that holds somebody to adopt, to change and to
// deactivate, and a group with one member too many.
func inhabited(t *testing.T) *world {
	w := newWorld(t, staff(8, 2))
	add := func(add func(map[string]any) (string, error), body map[string]any) string {
		id, err := add(body)
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	mail := func(uid string) []any {
		return []any{map[string]any{"type": "work", "value": uid + "@old.example"}}
	}
	add(w.service.AddUser, map[string]any{"userName": "U00", "title": "Dr.", "emails": mail("u00")})                                                                                                // adopted
	add(w.service.AddUser, map[string]any{"userName": "u01", "externalId": "id-u01", "emails": mail("u01"), "name": map[string]any{"familyName": "Old"}})                                           // changed
	locked := add(w.service.AddUser, map[string]any{"userName": "u02", "externalId": "id-u02", "active": true, "emails": mail("u02"), "name": map[string]any{"familyName": "S", "givenName": "G"}}) // deactivated
	extra := add(w.service.AddUser, map[string]any{"userName": "u07", "externalId": "id-u07", "active": false, "emails": mail("u07")})                                                              // activated
	stranger := add(w.service.AddUser, map[string]any{"userName": "stranger", "emails": mail("stranger")})
	add(w.service.AddGroup, map[string]any{"displayName": "group 1", "externalId": "id-group 1", "members": []any{
		map[string]any{"value": locked}, map[string]any{"value": extra}, map[string]any{"value": stranger},
	}})
	w.source.entries[2].Attrs["locked"] = []string{"yes"}
	return w
}

// rollback makes the plan that undoes another.
func (w *world) rollback(f *checkpoints.File, p checkpoints.Plan, run int64, fate plan.CreatedFate) checkpoints.Plan {
	w.t.Helper()
	made, err := migrate.Rollback(w.t.Context(), f, w.writer().Reader, migrate.RollbackOptions{
		Plan: p, Run: run, Created: fate, Rules: rules(), Settings: "settings", Destination: w.service.URL,
	}, silent)
	if err != nil {
		w.t.Fatal(err)
	}
	return made
}

// TestRollback: what was adopted, changed, deactivated and taken out is as it
// was, what had no value has none, what was made is gone. The rollback is ended
// in the middle, and goes on; its report adds up; a new plan proposes the
// migration again.
func TestRollback(t *testing.T) {
	t.Parallel()
	for name, etag := range map[string]scimdst.ETag{"versions": scimdst.ETagUsed, "no versions": scimdst.ETagIgnored} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := inhabited(t)
			w.config.ProfileOverrides.ETag = etag
			before := w.bodies()
			f := w.open()
			p := w.planned(f)
			a := w.careful(f)
			a.Destination = scimdst.Careful{Writer: w.writer()}
			if res, err := a.Run(t.Context(), p); err != nil || res.Failed+res.Left > 0 {
				t.Fatalf("%+v, %v", res, err)
			}
			if cmp.Equal(before, w.bodies()) {
				t.Fatal("nothing was changed")
			}
			back := w.rollback(f, p, 0, plan.RemoveCreated)
			for _, h := range []plan.Hazard{plan.HazardRemoveCreated, plan.HazardClear, plan.HazardRemoveMembers, plan.HazardDeactivate} {
				if back.Summary.Hazards[h] == 0 {
					t.Errorf("nothing needs leave to %s", h)
				}
			}
			a.Allow = nil
			if _, err := a.Run(t.Context(), back); !isHazard(err) {
				t.Errorf("without leave: %v", err)
			}
			a.Allow = plan.Hazards()
			w.service.Inject(scimtest.Fault{Trouble: scimtest.StatusBefore, Status: 401, Match: func(r *http.Request) bool { return r.Method != http.MethodGet }, Skip: 4, Times: -1})
			if res, err := a.Run(t.Context(), back); err == nil || res.Done != 4 {
				t.Fatalf("%+v, %v", res, err)
			}
			w.service.Heal()
			if r := w.report(f, back); r.Settled || r.Class(migrate.Unsent) == 0 {
				t.Errorf("in the middle: %s", r.Sentence)
			}
			// Another process goes on.
			a.Destination = scimdst.Careful{Writer: w.writer()}
			if res, err := a.Run(t.Context(), back); err != nil || res.Failed+res.Left+res.Unknown > 0 {
				t.Fatalf("%+v, %v: %+v", res, err, w.failures(f, back))
			}
			if diff := cmp.Diff(before, w.bodies()); diff != "" {
				t.Errorf("not as it was (-was +is):\n%s", diff)
			}
			r := w.report(f, back)
			if !r.Settled || r.Class(migrate.Restored) != 5 || r.Class(migrate.Removed) != 5 {
				t.Errorf("%s", r.Sentence)
			}
			again := w.replanned(f)
			if diff := cmp.Diff(p.Summary.Steps, again.Summary.Steps); diff != "" {
				t.Errorf("the new plan is another one: %s", diff)
			}
			if back := w.rollback(f, p, 0, plan.RemoveCreated); back.Summary.Requests() > 0 {
				t.Errorf("undone, and there is still to do: %v", back.Summary.Steps)
			}
		})
	}
}

func isHazard(err error) bool {
	_, ok := errors.AsType[*migrate.HazardError](err)
	return ok
}

// TestRollbackLeavesWhatOthersDid: what somebody else has changed since is
// listed, and left as it is; nobody is deleted without being asked for.
func TestRollbackLeavesWhatOthersDid(t *testing.T) {
	t.Parallel()
	w := inhabited(t)
	f := w.open()
	p := w.planned(f)
	a := w.careful(f)
	a.Destination = scimdst.Careful{Writer: w.writer()}
	if _, err := a.Run(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	const change = `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","path":"name.familyName","value":"By hand"}]}`
	for _, u := range w.service.Users() {
		switch u.Name {
		case "u01", "u03":
			w.send(http.MethodPatch, "/Users/"+u.ID, change)
		case "u04":
			w.send(http.MethodDelete, "/Users/"+u.ID, "")
		}
	}
	back := w.rollback(f, p, 0, plan.DeactivateCreated)
	if back.Summary.Steps[plan.Remove] != 0 || back.Summary.Class(plan.Left) != 1 || back.Summary.Class(plan.Gone) != 1 || back.Summary.Class(plan.ToEmpty) != 1 {
		t.Errorf("%v", back.Summary.Objects)
	}
	a.Destination = scimdst.Careful{Writer: w.writer()} // another process
	if _, err := a.Run(t.Context(), back); err != nil {
		t.Fatal(err)
	}
	for _, u := range w.service.Users() {
		name, _ := u.Body["name"].(map[string]any)
		family := name["familyName"]
		active := u.Body["active"]
		switch u.Name {
		case "u01":
			if family != "By hand" || u.Body["emails"].([]any)[0].(map[string]any)["value"] != "u01@old.example" {
				t.Errorf("u01: %v", u.Body)
			}
		case "u03":
			if family != "By hand" || active != true {
				t.Errorf("u03: %v", u.Body)
			}
		case "u05":
			if active != false {
				t.Errorf("u05: %v", u.Body)
			}
		}
	}
	if r := w.report(f, back); !r.Settled || r.Class(migrate.Left) != 1 || r.Class(migrate.Gone) != 1 || r.Class(migrate.Emptied) != 1 {
		t.Errorf("%s", r.Sentence)
	}
}

// TestRollbackOfARun undoes what one run did of a plan, and no more.
func TestRollbackOfARun(t *testing.T) {
	t.Parallel()
	w := newWorld(t, staff(6, 0))
	f := w.open()
	p := w.planned(f)
	w.service.Inject(scimtest.Fault{Trouble: scimtest.StatusBefore, Status: 401, Match: scimtest.To("POST", "/Users"), Skip: 2})
	if _, err := w.apply(f, w.writer()).Run(t.Context(), p); err == nil {
		t.Fatal("the first run did not end")
	}
	if _, err := w.apply(f, w.writer()).Run(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	back := w.rollback(f, p, 1, plan.RemoveCreated)
	if back.Summary.Steps[plan.Remove] != 2 || back.Summary.Undoes.Run != 1 {
		t.Errorf("%v", back.Summary.Steps)
	}
	if _, err := migrate.Rollback(t.Context(), f, w.writer().Reader, migrate.RollbackOptions{Plan: p, Rules: rules(), Destination: "https://elsewhere"}, silent); err == nil {
		t.Error("it would be undone at another service")
	}
}

// TestRollbackOfARollback: what was undone can be put there again, but for what
// was deleted.
func TestRollbackOfARollback(t *testing.T) {
	t.Parallel()
	w := inhabited(t)
	f := w.open()
	p := w.planned(f)
	a := w.careful(f)
	a.Destination = scimdst.Careful{Writer: w.writer()}
	for _, made := range []func() checkpoints.Plan{
		func() checkpoints.Plan { return p },
		func() checkpoints.Plan { return w.rollback(f, p, 0, plan.DeactivateCreated) },
	} {
		a.Destination = scimdst.Careful{Writer: w.writer()} // another process
		if _, err := a.Run(t.Context(), made()); err != nil {
			t.Fatal(err)
		}
	}
	a.Destination = scimdst.Careful{Writer: w.writer()}
	last, err := f.LastPlan(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if res, err := a.Run(t.Context(), w.rollback(f, last, 0, plan.DeactivateCreated)); err != nil || res.Failed+res.Left > 0 {
		t.Fatalf("%+v, %v", res, err)
	}
	if again := w.replanned(f); again.Summary.Requests() > 0 {
		t.Errorf("not migrated again: %v", again.Summary.Steps)
	}
}
