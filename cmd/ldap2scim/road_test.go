package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"ldap2scim/ldapsrc/ldaptest"
	"ldap2scim/testservers"
	testcompany "ldap2scim/testservers/company"
)

// roadConfig goes from slapd to SCIMMY. What is left open is the directory's
// URL and StartTLS, its CA, its reader, its suffix and the service's URL.
const roadConfig = `state: %[1]s/state.db
source:
  %[2]s
  ca_file: %[3]s
  bind_dn: %[4]s
  password: file:%[1]s/ldap-password
  page_size: 150
  users: {base: "ou=people,%[5]s", filter: (objectClass=inetOrgPerson), id: entryUUID}
  groups: {base: "ou=groups,%[5]s", filter: (objectClass=groupOfNames), id: entryUUID, members: member}
  units: {base: "%[5]s", filter: (objectClass=organizationalUnit), id: entryUUID}
inactive: {attribute: corpActive, values: ["FALSE"]}
destination:
  url: %[6]s
  token: file:%[1]s/scim-token
  members_per_request: 40
mapping:
  person: {displayName: displayName, department: departmentNumber, title: title}
  custom: {costCode: corpCostCode, badge: corpBadge, building: corpBuilding}
`

// encryption is how the road reaches the directory.
type encryption string

const (
	ldaps    encryption = "ldaps"
	startTLS encryption = "StartTLS"
	plain    encryption = "plain"
)

// road is a site between two real servers.
type road struct {
	*site
	service *testservers.Service
	want    expectation
}

// newRoad starts both servers, the directory with the company. The program
// talks to the service by way of the address that via makes of its own.
func newRoad(t *testing.T, c testcompany.Company, how encryption, via func(*testservers.Service) string) *road {
	t.Helper()
	var ldif bytes.Buffer
	if _, err := c.WriteLDIF(&ldif); err != nil {
		t.Fatal(err)
	}
	want := expected(t, ldif.String())
	d := testservers.Slapd(t, &ldif, testservers.SlapdOptions{RequireTLS: how != plain})
	service := testservers.SCIMMY(t)
	s := newSite(t, map[string]string{"ldap-password": d.ReaderPassword, "scim-token": service.Token})
	url := "url: " + d.LDAPSURL
	switch how {
	case ldaps:
	case startTLS:
		url = "url: " + d.URL + "\n  start_tls: true"
	case plain:
		url = "url: " + d.URL
	}
	s.write("ldap2scim.yaml", fmt.Sprintf(roadConfig, s.folder, url, d.CAFile, d.ReaderDN, d.Suffix, via(service)))
	return &road{site: s, service: service, want: want}
}

func direct(s *testservers.Service) string { return s.URL }

// TestRoad: a thousand people in sixty groups arrive whole, over ldaps.
// TestRoadKilled goes over StartTLS.
func TestRoad(t *testing.T) {
	t.Parallel()
	r := newRoad(t, testcompany.Company{People: 1000, Groups: 60, Seed: 2}, ldaps, direct)
	if out := r.run(exitDone, "check"); !strings.Contains(out, "directory connection TLS 1.") {
		t.Errorf("check does not show the encryption:\n%s", out)
	}
	if out := r.run(exitDone, "snapshot"); !strings.Contains(out, ": 1000 people, 60 groups, 10 units; complete") {
		t.Errorf("snapshot says %s", out)
	}
	r.run(exitChanges, "plan", "--detailed-exitcode")
	r.run(exitDone, "apply", "--yes")
	r.arrived()
}

// TestRoadFlaws: people without a mail address or with another's are left out
// and told, and all others arrive, over a service that refuses now and then,
// and whose answers get lost.
func TestRoadFlaws(t *testing.T) {
	t.Parallel()
	r := newRoad(t, testcompany.Company{People: 200, Groups: 12, Seed: 4, FlawEvery: 10}, plain, direct)
	r.run(exitDone, "snapshot")
	if out := r.run(exitDone, "plan"); !strings.Contains(out, "no email address, which is mandatory") || !strings.Contains(out, "is that of ") {
		t.Errorf("the plan does not tell the flaws:\n%s", out)
	}
	r.service.Control(map[string]int{"every500": 40, "every429": 50, "retryAfter": 1, "everyDrop": 60})
	r.run(exitDone, "apply", "--yes")
	counters := r.service.Counters()
	// Which refusals strike depends on how many requests come at a time.
	if counters.Dropped == 0 || counters.Statuses[http.StatusTooManyRequests]+counters.Statuses[http.StatusInternalServerError] == 0 {
		t.Errorf("nothing went wrong at the service, so this test shows nothing: %+v", counters)
	}
	r.service.Control(map[string]int{"every500": 0, "every429": 0, "everyDrop": 0})
	r.arrived()
	if len(r.want.Blocked) < 10 {
		t.Errorf("only %d people have flaws", len(r.want.Blocked))
	}
}

// TestRoadRollback: what was applied to a real service is undone there, and a new
// plan proposes it again.
func TestRoadRollback(t *testing.T) {
	t.Parallel()
	r := newRoad(t, testcompany.Company{People: 60, Groups: 8, Seed: 5}, plain, direct)
	r.run(exitDone, "snapshot")
	first := r.run(exitDone, "plan")
	r.run(exitDone, "apply", "--yes")
	r.arrived()
	r.run(exitDone, "rollback", "--remove-created")
	r.run(exitRefused, "apply", "--yes")
	r.run(exitDone, "apply", "--yes", "--allow", hazardList())
	if left := r.readBack(); len(left.People)+len(left.Groups) > 0 {
		t.Errorf("the service still holds %d people and %d groups", len(left.People), len(left.Groups))
	}
	if out := r.run(exitDone, "report", "--check"); !strings.Contains(out, " removed\nEverything that the rollback was to undo is undone.") {
		t.Errorf("report says %s", out)
	}
	_, want, _ := strings.Cut(first, "\nPlan: ")
	if again := r.run(exitDone, "plan"); !strings.HasSuffix(again, want) {
		t.Errorf("the new plan says %s", again)
	}
}

// arrived holds the service against the directory, by other means than the
// program's, and then asks the program.
func (r *road) arrived() {
	r.t.Helper()
	if diff := cmp.Diff(r.want.population, r.readBack()); diff != "" {
		r.t.Errorf("the service (-directory +service):\n%.4000s", diff)
	}
	there, blocked := len(r.want.People)+len(r.want.Groups), ""
	if n := len(r.want.Blocked); n > 0 {
		blocked = " + " + thousands(n) + " blocked"
	}
	report := r.run(exitDone, "report", "--check")
	sum := thousands(r.want.All) + " in directory = " + thousands(there) + " migrated" + blocked + " + " + thousands(r.want.All-there-len(r.want.Blocked)) + " excluded" +
		"\nEverything that was planned is at the destination.\n"
	if !strings.HasSuffix(report, sum) {
		r.t.Errorf("report ends without %q:\n%s", sum, report)
	}
	if out := r.run(exitDone, "plan", "--detailed-exitcode"); !strings.Contains(out, "No change: ") {
		r.t.Errorf("the second plan:\n%s", out)
	}
}

// thousands writes a number as the report does.
func thousands(n int) string { return message.NewPrinter(language.English).Sprint(n) }

// population is people and groups by external ID.
type population struct {
	People map[string]personThere
	Groups map[string]groupThere
}

type personThere struct {
	UserName, DisplayName, GivenName, FamilyName, Mail, Department, Title string
	CostCode, Badge, Building                                             string
	Active                                                                bool
}

type groupThere struct {
	DisplayName string
	Members     map[string]bool
}

// expectation is what must become of a directory.
type expectation struct {
	population
	// Blocked are the active people who have no mail address of their own.
	Blocked map[string]bool
	// All counts the people, groups and units.
	All int
}

// expected reads it off the generator's LDIF: the active people arrive, and
// each group with those of them who are in it or in a group within it.
func expected(t *testing.T, ldif string) expectation {
	t.Helper()
	entries, err := parseLDIF(ldif)
	if err != nil {
		t.Fatal(err)
	}
	w := expectation{population: population{map[string]personThere{}, map[string]groupThere{}}, Blocked: map[string]bool{}, All: len(entries) - 1}
	active := map[string]string{} // entryUUID by DN
	first := func(e ldaptest.Entry, name string) string { return append(e.Attrs[name], "")[0] }
	mails := map[string]int{}
	for _, e := range entries {
		if first(e, "corpActive") == "TRUE" {
			mails[first(e, "mail")]++
		}
	}
	for _, e := range entries {
		mail := first(e, "mail")
		switch {
		case first(e, "corpActive") != "TRUE":
		case mail == "" || mails[mail] > 1:
			w.Blocked[first(e, "entryUUID")] = true
		default:
			active[e.DN] = first(e, "entryUUID")
			w.People[first(e, "entryUUID")] = personThere{
				first(e, "uid"), first(e, "displayName"), first(e, "givenName"), first(e, "sn"), first(e, "mail"), first(e, "departmentNumber"), first(e, "title"),
				first(e, "corpCostCode"), first(e, "corpBadge"), first(e, "corpBuilding"), true,
			}
		}
	}
	within := map[string][]string{}
	for _, e := range entries {
		within[e.DN] = e.Attrs["member"]
	}
	for _, e := range entries {
		if first(e, "objectClass") == "groupOfNames" {
			g := groupThere{first(e, "cn"), map[string]bool{}}
			g.gather(e.DN, within, active)
			w.Groups[first(e, "entryUUID")] = g
		}
	}
	return w
}

// gather adds the active people of a group. The generator makes no circles.
func (g groupThere) gather(dn string, within map[string][]string, active map[string]string) {
	for _, member := range within[dn] {
		if id := active[member]; id != "" {
			g.Members[id] = true
		}
		g.gather(member, within, active)
	}
}

// resource is as SCIM has it.
type resource struct {
	ID, ExternalID, UserName, DisplayName, Title string
	Active                                       bool
	Name                                         struct{ GivenName, FamilyName string }
	Emails                                       []struct{ Value, Type string }
	Enterprise                                   struct{ Department string }                `json:"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"`
	Ivanti                                       struct{ CostCode, Badge, Building string } `json:"urn:ietf:params:scim:schemas:extension:ivanti:2.0:User"`
	Members                                      []struct{ Value string }
}

// readBack reads the service with net/http alone. Whoever is there twice, or
// in a group twice, ends the test.
func (r *road) readBack() population {
	r.t.Helper()
	w := population{map[string]personThere{}, map[string]groupThere{}}
	external := map[string]string{}
	for _, u := range r.list("Users") {
		if _, twice := w.People[u.ExternalID]; twice || len(u.Emails) != 1 || u.Emails[0].Type != "work" {
			r.t.Fatalf("there twice, or not with one email: %+v", u)
		}
		external[u.ID] = u.ExternalID
		w.People[u.ExternalID] = personThere{
			u.UserName, u.DisplayName, u.Name.GivenName, u.Name.FamilyName, u.Emails[0].Value, u.Enterprise.Department, u.Title,
			u.Ivanti.CostCode, u.Ivanti.Badge, u.Ivanti.Building, u.Active,
		}
	}
	for _, g := range r.list("Groups") {
		there := groupThere{g.DisplayName, map[string]bool{}}
		for _, m := range g.Members {
			there.Members[external[m.Value]] = true
		}
		if _, twice := w.Groups[g.ExternalID]; twice || len(there.Members) != len(g.Members) {
			r.t.Fatalf("group %s is there twice, or has a member twice", g.DisplayName)
		}
		w.Groups[g.ExternalID] = there
	}
	return w
}

func (r *road) list(what string) []resource {
	r.t.Helper()
	var all []resource
	for {
		req, err := http.NewRequestWithContext(r.t.Context(), http.MethodGet, fmt.Sprintf("%s/%s?startIndex=%d&count=200", r.service.URL, what, len(all)+1), nil)
		if err != nil {
			r.t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+r.service.Token)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			r.t.Fatal(err)
		}
		var page struct {
			TotalResults int
			Resources    []resource
		}
		err = json.NewDecoder(resp.Body).Decode(&page)
		resp.Body.Close()
		if err != nil {
			r.t.Fatal(err)
		}
		all = append(all, page.Resources...)
		if len(page.Resources) == 0 || len(all) >= page.TotalResults {
			return all
		}
	}
}
