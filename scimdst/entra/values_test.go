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
	j := w.tenant.Jobs()[0]
	path := "/servicePrincipals/" + j.Principal + "/synchronization/jobs/" + j.ID + "/schema"
	read := func() string {
		t.Helper()
		a, err := w.graph.Send(t.Context(), entra.Request{Method: http.MethodGet, Path: path})
		if err != nil {
			t.Fatal(err)
		}
		return string(a.Body)
	}
	row := `{"defaultValue":null,"exportMissingReferences":false,"flowBehavior":"FlowWhenChanged","flowType":"Always","matchingPriority":0,"source":{"expression":"[jobTitle]","name":"jobTitle","parameters":[],"type":"Attribute"},"targetAttributeName":"title"},`
	const last = `{"defaultValue":null,"exportMissingReferences":false,"flowBehavior":"FlowWhenChanged","flowType":"Always","matchingPriority":0,"source":{"expression":"[extension_`
	edited := strings.Replace(read(), last, row+last, 1)
	if _, err := w.graph.Send(t.Context(), entra.Request{Method: http.MethodPut, Path: path, Body: []byte(edited)}); err != nil {
		t.Fatal(err)
	}
	before := read()
	if !strings.Contains(before, row) {
		t.Fatalf("nobody has changed the mapping:\n%s", before)
	}
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
	if after := read(); strings.Contains(after, `"title"},`) {
		t.Errorf("the row that the service does not know is still there:\n%s", after)
	}
}
