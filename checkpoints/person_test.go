package checkpoints_test

import (
	"errors"
	"path/filepath"
	"slices"
	"testing"

	"ldap2scim/checkpoints"
	"ldap2scim/plan"
)

// saveCompany stores a small company whose people are hard to ask for.
func saveCompany(t *testing.T, f *checkpoints.File) checkpoints.Plan {
	t.Helper()
	person := func(id, uid, mail string) plan.Entry {
		return plan.Entry{Kind: plan.Person, ID: plan.ExternalID(id), DN: "uid=" + uid + ",ou=People", Key: "uid=" + plan.Fold(uid) + ",ou=people", UID: "u" + id, Attrs: map[string][]string{"uid": {uid}, "mail": {mail}, "title": {"boss"}}}
	}
	people := []plan.Entry{person("1", "Ada", "ada@example.com"), person("2", "JÖRG", "j%rg@example.com"), person("3", `q"uo\te<&>`, "q@example.com"), person("4", "\u212aelvin", "sun@example.com")}
	s := save(t, f, append(people,
		plan.Entry{Kind: plan.Group, ID: "g1", DN: "cn=by dn", Key: "cn=g1", Members: []string{"uid=ada,ou=people"}},
		plan.Entry{Kind: plan.Group, ID: "g2", DN: "cn=by uid", Key: "cn=g2", MemberUIDs: []string{"u1"}},
		plan.Entry{Kind: plan.Group, ID: "g3", DN: "cn=of others", Key: "cn=g3", Members: []string{"uid=ada,ou=people2"}, MemberUIDs: []string{"u11"}})...)
	v, err := f.SaveInventory(t.Context(), "https://x", at, func(add func(plan.Resource) error) (plan.Proof, error) {
		return plan.Proof{Complete: true}, errors.Join(
			add(plan.Resource{Kind: plan.Person, RemoteID: "r1", ExternalID: "1", Fields: plan.Fields{plan.UserName: "ada.old"}}),
			add(plan.Resource{Kind: plan.Person, RemoteID: "r9", Fields: plan.Fields{plan.UserName: "Stranger"}}),
			add(plan.Resource{Kind: plan.Group, RemoteID: "rg1", ExternalID: "g1", Fields: plan.Fields{plan.DisplayName: "by dn"}, Members: []plan.RemoteID{"r1"}}),
			add(plan.Resource{Kind: plan.Group, RemoteID: "rg9", Fields: plan.Fields{plan.DisplayName: "a club"}, Members: []plan.RemoteID{"r1", "r9"}}))
	})
	if err != nil {
		t.Fatal(err)
	}
	rules := plan.Rules{MembersPerRequest: 3, Person: []plan.Mapping{{Target: plan.UserName, Source: "uid"}, {Target: plan.WorkEmail, Source: "mail"}}, Group: []plan.Mapping{{Target: plan.DisplayName, Source: "cn"}}}
	p, err := f.SavePlan(t.Context(), checkpoints.Plan{Made: at, Snapshot: s.ID, Inventory: v.ID, Rules: rules}, func(to plan.Sink) (plan.Summary, error) {
		for _, e := range people {
			d := plan.Decision{Kind: plan.Person, Object: e.ID, Name: e.First("uid"), Class: plan.ToCreate}
			if e.ID == "1" {
				d.Class, d.Remote = plan.ToUpdate, "r1"
			}
			if err := to.Decision(d); err != nil {
				return plan.Summary{}, err
			}
		}
		return plan.Summary{Digest: "c0"}, errors.Join(
			to.Step(plan.Step{ID: "s1", Action: plan.Update, Kind: plan.Person, Object: "1"}),
			to.Step(plan.Step{ID: "s2", Action: plan.Create, Kind: plan.Person, Object: "2"}),
			to.Step(plan.Step{ID: "s3", Action: plan.AddMembers, Kind: plan.Group, Object: "g2", Members: []plan.ExternalID{"1", "2"}}),
			to.Finding(plan.Finding{Code: "P09", Severity: plan.Warn, Kind: plan.Person, Object: "1", Sentence: "odd"}),
			to.Finding(plan.Finding{Code: "P09", Severity: plan.Warn, Kind: plan.Person, Object: "2", Sentence: "odd"}))
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPeople(t *testing.T) {
	t.Parallel()
	f := open(t, filepath.Join(t.TempDir(), "s.db"))
	p := saveCompany(t, f)
	for _, tt := range []struct {
		key       checkpoints.PersonKey
		known     []plan.ExternalID
		strangers []plan.RemoteID
	}{
		{checkpoints.PersonKey{Text: "ADA"}, []plan.ExternalID{"1"}, nil},
		{checkpoints.PersonKey{Text: "Ada@Example.com"}, []plan.ExternalID{"1"}, nil},
		{checkpoints.PersonKey{Text: "1"}, []plan.ExternalID{"1"}, nil},
		{checkpoints.PersonKey{Text: "r1"}, []plan.ExternalID{"1"}, nil},
		{checkpoints.PersonKey{Text: "Ada.Old"}, []plan.ExternalID{"1"}, nil},
		{checkpoints.PersonKey{Text: "UID=Ada, OU=people", DN: "uid=ada,ou=people"}, []plan.ExternalID{"1"}, nil},
		{checkpoints.PersonKey{Text: "uid=ada,ou=people"}, []plan.ExternalID{"1"}, nil},
		{checkpoints.PersonKey{Text: "jörg"}, []plan.ExternalID{"2"}, nil},
		{checkpoints.PersonKey{Text: "jo\u0308rg"}, []plan.ExternalID{"2"}, nil},
		{checkpoints.PersonKey{Text: "J%RG@example.com"}, []plan.ExternalID{"2"}, nil},
		{checkpoints.PersonKey{Text: `q"uo\te<&>`}, []plan.ExternalID{"3"}, nil},
		{checkpoints.PersonKey{Text: "kelvin"}, []plan.ExternalID{"4"}, nil},
		{checkpoints.PersonKey{Text: "\u017fun@example.com"}, []plan.ExternalID{"4"}, nil},
		{checkpoints.PersonKey{Text: "stranger"}, nil, []plan.RemoteID{"r9"}},
		{checkpoints.PersonKey{Text: "r9"}, nil, []plan.RemoteID{"r9"}},
		{checkpoints.PersonKey{Text: "boss"}, nil, nil},
		{checkpoints.PersonKey{Text: "%"}, nil, nil},
		{checkpoints.PersonKey{Text: ""}, nil, nil},
		{checkpoints.PersonKey{Text: "g1"}, nil, nil},
	} {
		known, strangers, err := f.People(t.Context(), p, tt.key)
		if err != nil || !slices.Equal(known, tt.known) || !slices.Equal(strangers, tt.strangers) {
			t.Errorf("People(%q) = %v, %v, %v; want %v, %v", tt.key, known, strangers, err, tt.known, tt.strangers)
		}
	}
}

func TestPerson(t *testing.T) {
	t.Parallel()
	f := open(t, filepath.Join(t.TempDir(), "s.db"))
	p := saveCompany(t, f)
	ada, err := f.Person(t.Context(), p, "1")
	if err != nil {
		t.Fatal(err)
	}
	var steps []plan.StepID
	for _, l := range ada.Steps {
		steps = append(steps, l.Step.ID)
	}
	want := []checkpoints.Membership{
		{Remote: "rg9", Name: "a club", Destination: true},
		{Group: "g1", Remote: "rg1", Name: "cn=by dn", Directory: true, Destination: true},
		{Group: "g2", Name: "cn=by uid", Directory: true},
	}
	if !slices.Equal(steps, []plan.StepID{"s1", "s3"}) || !slices.Equal(ada.Groups, want) || len(ada.Findings) != 1 {
		t.Errorf("steps %v, groups %+v, findings %+v", steps, ada.Groups, ada.Findings)
	}
	if ada.Entry.DN != "uid=Ada,ou=People" || ada.Made[plan.UserName] != "Ada" || ada.Resource.RemoteID != "r1" || ada.Decision.Class != plan.ToUpdate {
		t.Errorf("%+v", ada)
	}
	stranger, err := f.Stranger(t.Context(), p, "r9")
	if err != nil || stranger.Resource == nil || stranger.Entry != nil || len(stranger.Groups) != 1 {
		t.Errorf("%+v, %v", stranger, err)
	}
}
