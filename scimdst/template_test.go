package scimdst

import (
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ldap2scim/plan"
)

// TestTemplates: whatever a Writer has sent before, it sends what the profile
// says for the step, and refuses what the profile refuses.
func TestTemplates(t *testing.T) {
	t.Parallel()
	const custom = "urn:ietf:params:scim:schemas:extension:ivanti:2.0:User:custAttr1"
	usual := plan.Fields{
		plan.UserName: "ada@example.com", plan.GivenName: `A"da`, plan.FamilyName: "Lovelace", plan.Active: "true", plan.WorkEmail: "ada@example.com",
		enterpriseSchema + ":department": "Research\n<&>", custom: "\xff",
	}
	with := func(path, value string) plan.Fields {
		f := maps.Clone(usual)
		f[path] = value
		return f
	}
	without := func(path string) plan.Fields {
		f := maps.Clone(usual)
		delete(f, path)
		return f
	}
	person := func(f plan.Fields) plan.Step {
		return plan.Step{Action: plan.Create, Kind: plan.Person, Object: "p", Name: "ada", After: f}
	}
	steps := []plan.Step{
		person(usual), person(with(plan.GivenName, "Grace")), person(with(plan.Active, "false")), person(without(plan.WorkEmail)),
		person(with(plan.ExternalIDPath, "another")), person(with("title", "Countess")), person(with(`emails[type eq "home"].value`, "h@x")),
		person(with("urn:ietf:params:scim:schemas:core:2.0:User:title", "Countess")),
		person(with(plan.Active, "maybe")), person(with(plan.GivenName, "")), person(with(plan.UserName, "")), person(with(plan.ExternalIDPath, "")),
		person(without(plan.UserName)), person(without(plan.FamilyName)), person(with("emails", "x")), person(with("a b", "x")), person(nil),
		{Action: plan.Create, Kind: plan.Group, Object: "g", Name: "staff", After: plan.Fields{plan.DisplayName: "Staff"}},
		{Action: plan.Create, Kind: plan.Person, Object: "g", Name: "staff", After: plan.Fields{plan.DisplayName: "Staff"}},
		{Action: plan.Create, Kind: plan.Group, Object: "g", Name: "staff", After: plan.Fields{plan.DisplayName: ""}},
		{Action: plan.Create, Kind: plan.Group, Object: "g", Name: "staff", After: plan.Fields{plan.DisplayName: "Staff"}, Members: []plan.ExternalID{"p"}},
		{Action: plan.Create, Kind: plan.Unit, Object: "u", Name: "unit", After: usual},
		{Action: plan.Create, Kind: plan.Person, Name: "ada", After: usual},
		{Action: plan.Create, Kind: plan.Person, Object: "p", Name: "ada", After: usual, Clear: []string{"nickName"}},
		{Action: plan.Update, Kind: plan.Person, Object: "p", Remote: "1", Name: "ada", After: usual},
	}
	for i := range 2 * mostTemplates {
		steps = append(steps, person(with(fmt.Sprintf("urn:x:%d:User:a", i), "x")))
	}
	for _, name := range ProfileNames() {
		p, err := ProfileOf(name)
		if err != nil {
			t.Fatal(err)
		}
		w := &Writer{Reader: &Reader{profile: p}}
		for range 2 {
			for _, step := range slices.Concat(steps, steps[:9]) {
				got, gotErr := w.request(step, nil)
				want, wantErr := p.RequestOf(step, nil)
				if fmt.Sprint(gotErr) != fmt.Sprint(wantErr) {
					t.Errorf("%s: %v: got %v, want %v", name, step, gotErr, wantErr)
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s: %v (-want +got):\n%s", name, step, diff)
				}
			}
		}
	}
}

// TestTemplateIsUsed: the second creation with the same attributes needs no
// other template, however many come at once, and there are never too many.
func TestTemplateIsUsed(t *testing.T) {
	t.Parallel()
	w := &Writer{Reader: &Reader{}}
	step := plan.Step{Action: plan.Create, Kind: plan.Person, Object: "p", Name: "ada", After: plan.Fields{plan.UserName: "ada"}}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if _, err := w.request(step, nil); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if known := *w.templates.known.Load(); len(known) != 1 {
		t.Errorf("got %d templates for one set of attributes", len(known))
	}
	for i := range 2 * mostTemplates {
		step.After = plan.Fields{plan.UserName: "ada", fmt.Sprintf("urn:x:%d:User:a", i): "x"}
		if _, err := w.request(step, nil); err != nil {
			t.Fatal(err)
		}
		if _, known := w.templates.fill(step); !known {
			t.Fatalf("the newest template is not known, the %dth", i)
		}
	}
	if known := *w.templates.known.Load(); len(known) != mostTemplates {
		t.Errorf("got %d templates, want %d", len(known), mostTemplates)
	}
}
