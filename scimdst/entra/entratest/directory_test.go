package entratest

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func people(s *site, n int) []string {
	ids := make([]string, n)
	for i := range ids {
		ids[i] = s.addUser(User{UserPrincipalName: fmt.Sprintf("p%04d@example.com", i), DisplayName: fmt.Sprintf("Person %d", i), Mail: fmt.Sprintf("p%04d@example.com", i)})
	}
	return ids
}

func TestUsersPageByPage(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	want := people(s, 2500)
	s.addUser(User{UserPrincipalName: "gone@example.com", Deleted: true})
	var have []string
	pages := 0
	for next := "/users?$select=id,userPrincipalName&$top=999"; next != ""; pages++ {
		a := s.want(200, "GET", next, "")
		have = append(have, a.column("id")...)
		if len(a.values()) > 999 || len(a.values()[0]) != 2 {
			t.Fatalf("a page of %d objects with %d properties", len(a.values()), len(a.values()[0]))
		}
		if got := a.header.Get("x-ms-resource-unit"); got != "1" {
			t.Errorf("a page with $select cost %s units, want 2 less 1", got)
		}
		next = a.text("@odata.nextLink")
	}
	if pages != 3 || !cmp.Equal(want, have) {
		t.Errorf("%d pages with %d people, want 3 with %d", pages, len(have), len(want))
	}
	if got := len(s.want(200, "GET", "/users", "").values()); got != 100 {
		t.Errorf("without $top a page holds %d, want 100", got)
	}
	if got := s.want(200, "GET", "/directory/deletedItems/microsoft.graph.user?$select=id,userPrincipalName&$top=999", "").column("userPrincipalName"); !cmp.Equal([]string{"gone@example.com"}, got) {
		t.Errorf("deleted are %q", got)
	}
	s.nothingRefused()
	s.fails(400, "Must be between 1 and 999", "GET", "/users?$top=1000", "")
}

func TestUserFilters(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	premises := &OnPremises{ImmutableID: "q83vASNFZ4k=", SAMAccountName: "ann", DomainName: "corp.example"}
	s.addUser(User{UserPrincipalName: "Ann@example.com", DisplayName: "Ann O'Hara", Mail: "ann@example.com", OnPremises: premises})
	s.addUser(User{UserPrincipalName: "bob@example.com", DisplayName: "Bob", Disabled: true})
	s.addUser(User{UserPrincipalName: "cy_example.org#EXT#@example.com", DisplayName: "Cy", Guest: true})
	eventual := []string{"ConsistencyLevel", "eventual"}
	for _, c := range []struct {
		filter   string
		headers  []string
		names    []string
		status   int
		mistaken bool
	}{
		{filter: "userPrincipalName eq 'ann@EXAMPLE.com'", names: []string{"Ann O'Hara"}},
		{filter: "displayName eq 'Ann O''Hara'", names: []string{"Ann O'Hara"}},
		{filter: "startsWith(displayName,'b')", names: []string{"Bob"}},
		{filter: "accountEnabled eq false", names: []string{"Bob"}},
		{filter: "userType eq 'Guest'", names: []string{"Cy"}},
		{filter: "onPremisesSyncEnabled eq true and userType eq 'Member'", names: []string{"Ann O'Hara"}},
		{filter: "onPremisesImmutableId eq 'q83vASNFZ4k='", names: []string{"Ann O'Hara"}},
		{filter: "mail in ('x@example.com', 'ann@example.com')", names: []string{"Ann O'Hara"}},
		{filter: "displayName eq 'Bob' or displayName eq 'Cy'", names: []string{"Bob", "Cy"}},
		{filter: "onPremisesSamAccountName eq 'ann'&$count=true", headers: eventual, names: []string{"Ann O'Hara"}},
		{filter: "endsWith(userPrincipalName,'#EXT#@example.com')&$count=true", headers: eventual, names: []string{"Cy"}},
		{filter: "onPremisesSamAccountName eq 'ann'", status: 400},
		{filter: "onPremisesSamAccountName eq 'ann'&$count=true", status: 400},
		{filter: "onPremisesDistinguishedName eq 'x'", status: 400, mistaken: true},
		{filter: "displayName like 'x'", status: 400, mistaken: true},
		{filter: "displayName eq 'x", status: 400, mistaken: true},
	} {
		before := len(s.Refused())
		path := "/users?$select=displayName&$filter=" + strings.ReplaceAll(c.filter, "#", "%23")
		a := s.want(max(c.status, 200), "GET", path, "", c.headers...)
		if c.status == 0 && !cmp.Equal(c.names, a.column("displayName")) {
			t.Errorf("%s found %q, want %q", c.filter, a.column("displayName"), c.names)
		}
		if got := len(s.Refused()) > before; got != c.mistaken {
			t.Errorf("%s: remembered as undocumented: %v, want %v", c.filter, got, c.mistaken)
		}
	}
}

func TestSyncedPeopleAreReadOnly(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	synced := s.addUser(User{UserPrincipalName: "ann@example.com", OnPremises: &OnPremises{}})
	cloud := s.addUser(User{UserPrincipalName: "bob@example.com"})
	app := s.want(201, "POST", "/applicationTemplates/8adf8e6e-67b2-4cf2-a259-e3dc5476c621/instantiate", `{"displayName":"Extensions"}`)
	object, _ := app.body["application"].(map[string]any)
	made := s.want(201, "POST", "/applications/"+fmt.Sprint(object["id"])+"/extensionProperties", `{"name":"custAttr1","dataType":"String","targetObjects":["User"]}`)
	name := made.text("name")
	if want := "extension_" + strings.ReplaceAll(fmt.Sprint(object["appId"]), "-", "") + "_custAttr1"; name != want {
		t.Fatalf("the extension is called %s, want %s", name, want)
	}
	body := `{"` + name + `":"CC-1","onPremisesExtensionAttributes":{"extensionAttribute1":"x"}}`
	s.want(204, "PATCH", "/users/"+cloud, body)
	s.fails(400, "on-premises mastered", "PATCH", "/users/"+synced, body)
	shown := s.want(200, "GET", "/users/"+cloud+"?$select="+name+",onPremisesExtensionAttributes", "")
	if shown.text(name) != "CC-1" {
		t.Errorf("the extension is %v", shown.body)
	}
	if got := s.want(200, "GET", "/users/"+cloud, ""); got.body[name] != nil {
		t.Errorf("the extension is shown without being selected: %v", got.body)
	}
	s.want(204, "PATCH", "/users/"+cloud, `{"`+name+`":null}`)
	if shown := s.want(200, "GET", "/users/"+cloud+"?$select="+name, ""); shown.body[name] != nil {
		t.Errorf("the extension is not empty: %v", shown.body)
	}
	s.nothingRefused()
	s.fails(400, "not available", "PATCH", "/users/"+cloud, `{"extension_00_custAttr9":"x"}`)
	s.fails(400, "does not exist as a declared property", "PATCH", "/users/"+cloud, `{"department":"x"}`)
}

func TestDelta(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	ids := people(s, 250)
	var have []string
	var link string
	for next := "/users/delta?$select=id,displayName"; next != ""; {
		a := s.want(200, "GET", next, "")
		have = append(have, a.column("id")...)
		next, link = a.text("@odata.nextLink"), a.text("@odata.deltaLink")
	}
	if !cmp.Equal(ids, have) {
		t.Fatalf("the first round has %d people, want %d", len(have), len(ids))
	}
	if a := s.want(200, "GET", link, ""); len(a.values()) != 0 {
		t.Errorf("nothing changed, and %d people came", len(a.values()))
	}
	for i, f := range []func(*User){func(u *User) { u.DisplayName = "New" }, func(u *User) { u.Deleted = true }} {
		if err := s.ChangeUser(ids[i], f); err != nil {
			t.Fatal(err)
		}
	}
	a := s.want(200, "GET", link, "")
	if !cmp.Equal(ids[:2], a.column("id")) || a.values()[0]["displayName"] != "New" || a.values()[1]["@removed"] == nil {
		t.Errorf("after two changes: %s", a.raw)
	}
	s.nothingRefused()
}

func TestOrganizationAndLicences(t *testing.T) {
	t.Parallel()
	s := start(t, Options{NoPremium: true})
	org := s.want(200, "GET", "/organization?$select=id,onPremisesLastSyncDateTime,onPremisesSyncEnabled", "").values()
	if len(org) != 1 || org[0]["id"] != Tenant || org[0]["onPremisesSyncEnabled"] != nil {
		t.Errorf("organization: %v", org)
	}
	if raw := s.want(200, "GET", "/subscribedSkus", "").raw; strings.Contains(raw, planP1) {
		t.Errorf("P1 is there: %s", raw)
	}
	if raw := start(t, Options{}).want(200, "GET", "/subscribedSkus", "").raw; !strings.Contains(raw, planP1) {
		t.Errorf("P1 is not there: %s", raw)
	}
}

func TestUndocumentedIsRefused(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	id := s.addUser(User{UserPrincipalName: "ann@example.com"})
	s.want(404, "GET", "/sites", "")
	s.want(405, "POST", "/users/"+id, "{}")
	s.want(400, "GET", "/users?$expand=manager", "")
	s.want(400, "GET", "/users?$select=shoeSize", "")
	s.want(400, "GET", "/users", "", "X-Own", "1")
	s.want(400, "GET", "/users", "{}")
	s.want(400, "PATCH", "/users/"+id, `{"a":1}`)
	s.want(400, "PATCH", "/users/"+id, `{"onPremisesExtensionAttributes":{}}`, "Content-Type", "text/plain")
	if got := len(s.Refused()); got != 8 {
		t.Errorf("%d requests are remembered, want 8: %v", got, s.Refused())
	}
}

func TestGzipIsTaken(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	id := s.addUser(User{UserPrincipalName: "ann@example.com"})
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, err := z.Write([]byte(`{"onPremisesExtensionAttributes":{"extensionAttribute2":"x"}}`))
	if err != nil || z.Close() != nil {
		t.Fatal(err)
	}
	s.want(204, "PATCH", "/users/"+id, b.String(), "Content-Encoding", "gzip")
	if got := s.Users()[0].Attributes[1]; got != "x" {
		t.Errorf("extensionAttribute2 is %q", got)
	}
	s.want(http.StatusUnsupportedMediaType, "PATCH", "/users/"+id, `{}`, "Content-Encoding", "gzip")
}
