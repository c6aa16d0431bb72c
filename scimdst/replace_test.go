package scimdst_test

import (
	"errors"
	"net/http"
	"testing"

	"ldap2scim/plan"
	"ldap2scim/scimdst"
	"ldap2scim/scimdst/scimtest"
)

// TestReplace: what the new content does not have is gone, and an object that
// has changed meanwhile is left as it is.
func TestReplace(t *testing.T) {
	t.Parallel()
	service, err := scimtest.Start(scimtest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := service.Close(); err != nil {
			t.Error(err)
		}
	})
	w, err := scimdst.NewWriter(scimdst.Config{URL: service.URL, Token: func() (string, error) { return service.Token, nil }})
	if err != nil {
		t.Fatal(err)
	}
	id, err := service.AddUser(map[string]any{"userName": "ada", "externalId": "p1", "title": "Countess", "name": map[string]any{"givenName": "Ada"}})
	if err != nil {
		t.Fatal(err)
	}
	before, err := w.Get(t.Context(), plan.Person, plan.RemoteID(id))
	if err != nil {
		t.Fatal(err)
	}
	r := plan.Resource{Kind: plan.Person, RemoteID: plan.RemoteID(id), ExternalID: "p1", Version: before.Version, Fields: plan.Fields{plan.UserName: "ada", plan.GivenName: "Augusta", plan.Active: "true"}}
	outcome, err := w.Replace(t.Context(), r)
	if err != nil || outcome.RemoteID != r.RemoteID || outcome.Version == before.Version {
		t.Fatalf("%+v, %v", outcome, err)
	}
	after, err := w.Get(t.Context(), plan.Person, r.RemoteID)
	if err != nil || after.Fields[plan.GivenName] != "Augusta" || after.Fields["title"] != "" || after.ExternalID != "p1" {
		t.Errorf("%+v, %v", after, err)
	}
	_, err = w.Replace(t.Context(), r) // with the version of before
	if e, ok := errors.AsType[*scimdst.Error](err); !ok || !e.Drifted() {
		t.Errorf("a changed object: %v", err)
	}
	group, err := service.AddGroup(map[string]any{"displayName": "Crew", "externalId": "g1"})
	if err != nil {
		t.Fatal(err)
	}
	g := plan.Resource{Kind: plan.Group, RemoteID: plan.RemoteID(group), ExternalID: "g1", Fields: plan.Fields{plan.DisplayName: "The crew"}, Members: []plan.RemoteID{r.RemoteID}}
	if _, err := w.Replace(t.Context(), g); err != nil {
		t.Fatal(err)
	}
	if got := service.Groups()[0]; got.Name != "The crew" || len(got.Members) != 1 {
		t.Errorf("%+v", got)
	}
	for _, bad := range []plan.Resource{{Kind: plan.Person, ExternalID: "p1", Fields: r.Fields}, {Kind: plan.Person, RemoteID: "x", ExternalID: "p1"}, {Kind: plan.Unit, RemoteID: "x"}} {
		sent := len(service.Requests())
		if _, err := w.Replace(t.Context(), bad); err == nil || len(service.Requests()) != sent {
			t.Errorf("%+v: %v", bad, err)
		}
	}
	service.Inject(scimtest.Fault{Trouble: scimtest.StatusAfter, Status: http.StatusInternalServerError, Match: scimtest.To(http.MethodPut, "/")})
	r.Version = ""
	_, err = w.Replace(t.Context(), r)
	if e, ok := errors.AsType[*scimdst.Error](err); !ok || !e.Unknown() {
		t.Errorf("an answer that says nothing: %v", err)
	}
}
