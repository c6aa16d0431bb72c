package entra_test

import (
	"net/http"
	"strings"
	"testing"

	"ldap2scim/plan"
	"ldap2scim/scimdst/entra"
	"ldap2scim/scimdst/entra/entratest"
)

// custom is what the service has of the custom attribute, by the userName.
func (w *world) custom() map[string]string {
	all := map[string]string{}
	for _, u := range w.service.Users() {
		extension, _ := u.Body[strings.TrimSuffix(plan.CustomURN, ":")].(map[string]any)
		value, _ := extension["costCode"].(string)
		all[u.Name] = value
	}
	return all
}

// TestNumberedAttribute: a value can be kept in one of Exchange's fifteen
// attributes, which is written to those of the cloud, and mapped from there.
func TestNumberedAttribute(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2, entratest.Options{})
	w.config.Attributes = map[string]string{"costCode": "extensionAttribute7"}
	w.rules = w.config.Rules(plan.Rules{Person: w.rules.Person, Group: w.rules.Group})
	f := w.open()
	w.closing(f)
	w.applied(f, w.planned(f))
	if err := w.tenant.Cycle(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.documented()
	for i, u := range w.tenant.Users() {
		if want := []string{"c0", "c1"}[i]; u.Attributes[6] != want || len(u.Extensions) != 0 {
			t.Errorf("%s has %q and %v, want %s", u.DisplayName, u.Attributes[6], u.Extensions, want)
		}
	}
	if got := w.custom(); len(got) != 2 || got["u00000@corp.example"] != "c0" || got["u00001@corp.example"] != "c1" {
		t.Errorf("the service has %v", got)
	}
}

// TestSyncedExtension: a directory extension of Entra Connect is mapped by its
// full name, and never written: it is for Entra Connect to fill.
func TestSyncedExtension(t *testing.T) {
	t.Parallel()
	const full = "extension_0123456789abcdef0123456789abcdef_costCode"
	w := newWorld(t, 2, entratest.Options{})
	for i, id := range []string{w.tenant.Users()[0].ID, w.tenant.Users()[1].ID} {
		if err := w.tenant.ChangeUser(id, func(u *entratest.User) {
			u.OnPremises = &entratest.OnPremises{ImmutableID: id}
			u.Extensions = map[string]string{full: []string{"c0", "another"}[i]}
		}); err != nil {
			t.Fatal(err)
		}
	}
	w.config.Attributes = map[string]string{"costCode": full}
	w.rules = w.config.Rules(plan.Rules{Person: w.rules.Person, Group: w.rules.Group})
	f := w.open()
	w.closing(f)
	p := w.planned(f)
	var work []plan.ExternalID
	for finding, err := range f.Findings(t.Context(), p.ID) {
		if err != nil {
			t.Fatal(err)
		}
		if finding.Code == plan.Owned {
			work = append(work, finding.Object)
		}
	}
	if len(work) != 1 || work[0] != "p00001" {
		t.Errorf("left to Entra Connect: %v", work)
	}
	w.applied(f, p)
	if err := w.tenant.Cycle(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.documented()
	for _, r := range w.tenant.Requests() {
		if r.Method == http.MethodPatch && strings.HasPrefix(r.Path, "/users/") {
			t.Errorf("%s was written: %s", r.Path, r.Body)
		}
	}
	if got := w.custom(); got["u00000@corp.example"] != "c0" || got["u00001@corp.example"] != "another" {
		t.Errorf("the service has %v", got)
	}
}

// TestMappingIsKept: the mapping that a plan changes is in its inventory, byte
// for byte as it was.
func TestMappingIsKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2, entratest.Options{})
	f := w.open()
	w.closing(f)
	w.applied(f, w.planned(f))
	before := w.remapped(t)
	p := w.planned(f)
	kept := ""
	for r, err := range f.Settings(t.Context(), p.Inventory) {
		if err != nil {
			t.Fatal(err)
		}
		if r.ExternalID == entra.Schema {
			kept = r.Fields[plan.FactDocument]
		}
	}
	if kept != before {
		t.Errorf("kept:\n%s\nand it was:\n%s", kept, before)
	}
	w.applied(f, p)
	if after := w.mapping(t); strings.Contains(after, `"title"},`) {
		t.Errorf("the row that the service does not know is still there:\n%s", after)
	}
}

func (w *world) mappingPath() string {
	j := w.tenant.Jobs()[0]
	return "/servicePrincipals/" + j.Principal + "/synchronization/jobs/" + j.ID + "/schema"
}

// mapping is that of the job.
func (w *world) mapping(t *testing.T) string {
	t.Helper()
	a, err := w.graph.Send(t.Context(), entra.Request{Method: http.MethodGet, Path: w.mappingPath()})
	if err != nil {
		t.Fatal(err)
	}
	return string(a.Body)
}

// remapped adds a row that the service does not know, as somebody may in the
// portal, and returns the mapping with it.
func (w *world) remapped(t *testing.T) string {
	t.Helper()
	const like = `{"defaultValue":null,"exportMissingReferences":false,"flowBehavior":"FlowWhenChanged","flowType":"Always","matchingPriority":0,"source":{"expression":`
	const row = like + `"[jobTitle]","name":"jobTitle","parameters":[],"type":"Attribute"},"targetAttributeName":"title"},`
	edited := strings.Replace(w.mapping(t), like+`"[extension_`, row+like+`"[extension_`, 1)
	if _, err := w.graph.Send(t.Context(), entra.Request{Method: http.MethodPut, Path: w.mappingPath(), Body: []byte(edited)}); err != nil {
		t.Fatal(err)
	}
	now := w.mapping(t)
	if !strings.Contains(now, row) {
		t.Fatalf("nobody has changed the mapping:\n%s", now)
	}
	return now
}
