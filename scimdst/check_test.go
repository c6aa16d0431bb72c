package scimdst_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ldap2scim/scimdst"
	"ldap2scim/scimdst/scimtest"
)

func TestCheck(t *testing.T) {
	t.Parallel()
	s, w := start(t, scimtest.Options{PageCap: 17})
	create(t, w, ada())
	got, err := w.Check(t.Context())
	schemas := []string{
		"urn:ietf:params:scim:schemas:core:2.0:Group", "urn:ietf:params:scim:schemas:core:2.0:User",
		"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User", "urn:ietf:params:scim:schemas:extension:ivanti:2.0:User",
	}
	types := []string{"Group", "User"}
	want := scimdst.Discovery{
		Announced: true, Patch: true, Filter: true, ETag: true, MaxResults: 17, FilterWorks: true, Schemas: schemas, ResourceTypes: types,
	}
	if d := cmp.Diff(want, got); err != nil || d != "" {
		t.Error(err, d)
	}

	s.Inject(scimtest.Fault{Trouble: scimtest.StatusBefore, Status: 404, Match: scimtest.To("GET", "/ServiceProviderConfig")})
	got, err = w.Check(t.Context())
	if d := cmp.Diff(scimdst.Discovery{FilterWorks: true, Schemas: schemas, ResourceTypes: types}, got); err != nil || d != "" {
		t.Errorf("without a configuration: %v %s", err, d)
	}

	s.Inject(scimtest.Fault{Trouble: scimtest.StatusBefore, Status: 403, Match: scimtest.To("GET", "/Users")})
	got, err = w.Check(t.Context())
	var e *scimdst.Error
	if !errors.As(err, &e) || e.Status != 403 || !got.Announced || got.FilterWorks {
		t.Errorf("without the right: %+v, %v", got, err)
	}
}

func TestCheckRefusesAServiceThatIgnoresFilters(t *testing.T) {
	t.Parallel()
	s, w := start(t, scimtest.Options{})
	create(t, w, ada())
	got, err := through(t, s, ignores).Check(t.Context())
	if err == nil || !strings.Contains(err.Error(), "ignores filters") || got.FilterWorks {
		t.Errorf("Check = %+v, %v", got, err)
	}
}

func TestCheckWithAWrongToken(t *testing.T) {
	t.Parallel()
	s, _ := start(t, scimtest.Options{})
	c := config(s.URL)
	c.Token = func() (string, error) { return "wrong", nil }
	_, err := writer(t, c).Check(t.Context())
	var e *scimdst.Error
	if !errors.As(err, &e) || e.Status != 401 || e.Temporary() {
		t.Errorf("Check = %v", err)
	}
}
