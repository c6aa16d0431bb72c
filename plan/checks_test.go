package plan_test

import (
	"slices"
	"testing"

	"ldap2scim/plan"
)

// TestChecks has, for each check, a world that trips it and the same world
// mended.
func TestChecks(t *testing.T) {
	t.Parallel()
	many := person("p1", "u1")
	many.Attrs["costcode"] = []string{"a", "b"}
	binary := person("p1", "u1", "costcode", "a\xff")
	noID := person("p1", "u1")
	noID.ID = "dn:id=p1"
	owned := func(ext, name string) plan.Resource {
		return plan.Resource{Kind: plan.Person, ExternalID: plan.ExternalID(ext), Fields: plan.Fields{plan.UserName: name}}
	}
	expired := person("p1", "u1")
	expired.Inactive = "the account has expired"
	flawed := person("p1", "u1")
	flawed.Flaws = []string{"two values of cn"}
	unit := plan.Entry{Kind: plan.Unit, ID: "o1", DN: "ou=x", Key: "ou=x"}
	for _, tt := range []struct {
		name     string
		code     plan.Code
		severity plan.Severity
		class    plan.Class
		trips    []plan.Entry
		mended   []plan.Entry
		have     []plan.Resource
	}{
		{"no stable ID", plan.NoStableID, plan.Block, plan.Blocked, []plan.Entry{noID}, []plan.Entry{person("p1", "u1")}, nil},
		{"no userName", plan.NoName, plan.Block, plan.Blocked, []plan.Entry{person("p1", "", "uid", "")}, []plan.Entry{person("p1", "u1")}, nil},
		{"no email", plan.BadEmail, plan.Block, plan.Blocked, []plan.Entry{person("p1", "u1", "mail", "")}, []plan.Entry{person("p1", "u1")}, nil},
		{"not an email", plan.BadEmail, plan.Block, plan.Blocked, []plan.Entry{person("p1", "u1", "mail", "u1 at x")}, []plan.Entry{person("p1", "u1")}, nil},
		{"no surname", plan.BlankPersonal, plan.Block, plan.Blocked, []plan.Entry{person("p1", "u1", "sn", "")}, []plan.Entry{person("p1", "u1")}, nil},
		{"blank given name", plan.BlankPersonal, plan.Block, plan.Blocked, []plan.Entry{person("p1", "u1", "givenname", " ")}, []plan.Entry{person("p1", "u1")}, nil},
		{"disabled", plan.Inactive, plan.Note, plan.Excluded, []plan.Entry{person("p1", "u1", "nsaccountlock", "TRUE")}, []plan.Entry{person("p1", "u1", "nsaccountlock", "FALSE")}, nil},
		{"expired", plan.Inactive, plan.Note, plan.Excluded, []plan.Entry{expired}, []plan.Entry{person("p1", "u1")}, nil},
		{"flawed entry", plan.FlawedEntry, plan.Warn, plan.ToCreate, []plan.Entry{flawed}, []plan.Entry{person("p1", "u1")}, nil},
		{"userName twice, case aside", plan.Duplicate, plan.Block, plan.Blocked, []plan.Entry{person("p1", "ann"), person("p2", "ANN")}, []plan.Entry{person("p1", "ann"), person("p2", "anne")}, nil},
		{"userName twice, NFC aside", plan.Duplicate, plan.Block, plan.Blocked, []plan.Entry{person("p1", "jos\u00e9"), person("p2", "jose\u0301")}, []plan.Entry{person("p1", "jos\u00e9"), person("p2", "jose")}, nil},
		{"email twice", plan.Duplicate, plan.Block, plan.Blocked, []plan.Entry{person("p1", "u1", "mail", "a@b"), person("p2", "u2", "mail", "A@b")}, []plan.Entry{person("p1", "u1"), person("p2", "u2")}, nil},
		{"group name twice", plan.GroupCheck, plan.Block, plan.Blocked, []plan.Entry{group("g1", "Staff"), group("g2", "staff")}, []plan.Entry{group("g1", "Staff"), group("g2", "staff 2")}, nil},
		{"two values", plan.BadValue, plan.Warn, plan.ToCreate, []plan.Entry{many}, []plan.Entry{person("p1", "u1")}, nil},
		{"binary value", plan.BadValue, plan.Block, plan.Blocked, []plan.Entry{binary}, []plan.Entry{person("p1", "u1")}, nil},
		{"spaces", plan.BadValue, plan.Warn, plan.ToCreate, []plan.Entry{person("p1", "u1", "costcode", " a")}, []plan.Entry{person("p1", "u1", "costcode", "a")}, nil},
		{"circle of groups", plan.GroupCheck, plan.Warn, plan.ToCreate, []plan.Entry{group("g1", "a", "g1")}, []plan.Entry{group("g1", "a")}, nil},
		{"unknown member", plan.GroupCheck, plan.Warn, plan.ToCreate, []plan.Entry{group("g1", "a", "p1")}, []plan.Entry{group("g1", "a")}, nil},
		{"organizational unit", plan.UnitsExcluded, plan.Note, plan.Excluded, []plan.Entry{unit}, nil, nil},
		{"name of another", plan.NameTaken, plan.Block, plan.Blocked, []plan.Entry{person("p1", "u1")}, []plan.Entry{person("p1", "u2")}, []plan.Resource{owned("other", "U1")}},
		{"name of two", plan.NameTaken, plan.Block, plan.Blocked, []plan.Entry{person("p1", "u1")}, []plan.Entry{person("p1", "u2")}, []plan.Resource{owned("", "U1"), owned("", "u1")}},
		{"names swapped", plan.NameSwap, plan.Block, plan.Blocked, []plan.Entry{person("p1", "u2"), person("p2", "u1")}, []plan.Entry{person("p1", "u1"), person("p2", "u2")}, []plan.Resource{owned("p1", "u1"), owned("p2", "u2")}},
		{"two with our ID", plan.Ambiguous, plan.Block, plan.Blocked, []plan.Entry{person("p1", "u1")}, []plan.Entry{person("p2", "u2")}, []plan.Resource{owned("p1", "a"), owned("p1", "b")}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			build := func(entries []plan.Entry) record {
				w := &world{entries: entries}
				for _, r := range tt.have {
					w.put(r)
				}
				_, got := decide(t, w)
				return got
			}
			got := build(tt.trips)
			hit := func(f plan.Finding) bool { return f.Code == tt.code && f.Severity == tt.severity }
			if !slices.ContainsFunc(got.findings, hit) {
				t.Errorf("no finding %s (%s) among %+v", tt.code, tt.severity, got.findings)
			}
			if c := got.decisions[0]; c.Class != tt.class {
				t.Errorf("class %s, want %s", c.Class, tt.class)
			}
			if got := build(tt.mended); slices.ContainsFunc(got.findings, hit) {
				t.Errorf("mended, and still %+v", got.findings)
			}
		})
	}
}

// TestSteps shows the steps of one small migration in full.
func TestSteps(t *testing.T) {
	t.Parallel()
	w := &world{entries: []plan.Entry{
		person("p1", "new"), person("p2", "changed", "costcode", "7"), person("p3", "adopted"),
		person("p4", "left", "nsaccountlock", "true"), person("p5", "same"),
		group("g1", "Crew", "p1", "p2", "p3"), group("g2", "Old", "p5"),
	}}
	fields := func(id, uid string) plan.Fields {
		return plan.Fields{plan.UserName: uid, plan.GivenName: "G" + id, plan.FamilyName: "S" + id, plan.WorkEmail: id + "@example.com", plan.Active: "true"}
	}
	for _, id := range []string{"p2", "p4", "p5"} {
		uid := map[string]string{"p2": "CHANGED", "p4": "left", "p5": "same"}[id]
		w.put(plan.Resource{Kind: plan.Person, RemoteID: plan.RemoteID("r-" + id), ExternalID: plan.ExternalID(id), Fields: fields(id, uid)})
	}
	w.put(plan.Resource{Kind: plan.Person, RemoteID: "r-p3", Fields: plan.Fields{plan.UserName: "Adopted", plan.Active: "true"}})
	w.put(plan.Resource{Kind: plan.Person, RemoteID: "r-stranger", Fields: plan.Fields{plan.UserName: "stranger"}})
	w.put(plan.Resource{Kind: plan.Group, RemoteID: "r-g2", ExternalID: "g2", Fields: plan.Fields{plan.DisplayName: "Old"}, Members: []plan.RemoteID{"r-p2", "r-p4", "r-stranger"}})

	sum, got := decide(t, w)
	type line struct {
		action  plan.Action
		name    string
		remote  plan.RemoteID
		after   string
		members int
		hazard  plan.Hazard
	}
	var lines []line
	for _, s := range got.steps {
		after := ""
		for path, v := range s.After.Sorted() {
			after += path + "=" + v + " "
		}
		lines = append(lines, line{s.Action, s.Name, s.Remote, after, len(s.Members), s.Hazard})
	}
	want := []line{
		{'+', "new", "", `active=true emails[type eq "work"].value=p1@example.com name.familyName=Sp1 name.givenName=Gp1 userName=new `, 0, ""},
		{'~', "changed", "r-p2", custom + "=7 ", 0, ""},
		{'=', "adopted", "r-p3", `emails[type eq "work"].value=p3@example.com externalId=p3 name.familyName=Sp3 name.givenName=Gp3 `, 0, plan.HazardAdopt},
		{'!', "left", "r-p4", "active=false ", 0, plan.HazardDeactivate},
		{'+', "Crew", "", "displayName=Crew ", 0, ""},
		{'>', "Crew", "", "", 2, ""},
		{'>', "Crew", "", "", 1, ""},
		{'>', "Old", "r-g2", "", 1, ""},
		{'!', "Old", "r-g2", "", 1, plan.HazardRemoveMembers},
	}
	if !slices.Equal(lines, want) {
		t.Errorf("got  %v\nwant %v", lines, want)
	}
	if n := sum.Requests(); n != len(want) {
		t.Errorf("%d requests counted, %d steps", n, len(want))
	}
	if sum.Unexpected[plan.Person] != 1 || sum.Hazards[plan.HazardAdopt] != 1 {
		t.Errorf("summary %+v", sum)
	}
}
