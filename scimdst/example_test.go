package scimdst_test

import (
	"context"
	"errors"
	"fmt"

	"ldap2scim/plan"
	"ldap2scim/scimdst"
	"ldap2scim/scimdst/scimtest"
)

// service runs a SCIM service inside the process, for the examples.
func service() (s *scimtest.Server, c scimdst.Config, stop func()) {
	s, err := scimtest.Start(scimtest.Options{})
	if err != nil {
		panic(err)
	}
	c = scimdst.Config{URL: s.URL, Token: func() (string, error) { return s.Token, nil }}
	return s, c, func() { _ = s.Close() }
}

func Example() {
	_, config, stop := service()
	defer stop()
	w, err := scimdst.NewWriter(config)
	if err != nil {
		panic(err)
	}
	ada := plan.Step{
		Action: plan.Create, Kind: plan.Person, Object: "8f14e45f", Name: "ada@example.com",
		After: plan.Fields{plan.UserName: "ada@example.com", plan.GivenName: "Ada", plan.Active: "true"},
	}
	if _, err := w.Do(context.Background(), ada, nil); err != nil {
		panic(err)
	}
	search, err := w.List(context.Background(), plan.Person, func(p plan.Resource) error {
		fmt.Println(p.Name(), p.ExternalID, p.Fields[plan.GivenName])
		return nil
	})
	fmt.Println(search.Entries, search.Missing == "", err)
	// Output:
	// ada@example.com 8f14e45f Ada
	// 1 true <nil>
}

func ExampleWriter_Look() {
	s, config, stop := service()
	defer stop()
	w, err := scimdst.NewWriter(config)
	if err != nil {
		panic(err)
	}
	s.Inject(scimtest.Fault{Trouble: scimtest.CutAfter}) // the answer is lost
	ada := plan.Step{
		Action: plan.Create, Kind: plan.Person, Object: "8f14e45f", Name: "ada@example.com",
		After: plan.Fields{plan.UserName: "ada@example.com"},
	}
	_, err = w.Do(context.Background(), ada, nil)
	if e, ok := errors.AsType[*scimdst.Error](err); ok && e.Unknown() {
		_, found, err := w.Look(context.Background(), ada, nil)
		fmt.Println(found == plan.AlreadySo, err)
	}
	// Output: true <nil>
}

func ExampleProfile_RequestsOf() {
	p, err := scimdst.ProfileOf("entra-scim")
	if err != nil {
		panic(err)
	}
	take := plan.Step{
		Action: plan.Take, Kind: plan.Group, Object: "staff", Remote: "g7", Members: []plan.ExternalID{"ada", "bob"},
	}
	requests, err := p.RequestsOf(take, map[plan.ExternalID]plan.RemoteID{"ada": "u1"})
	if err != nil {
		panic(err)
	}
	for _, r := range requests { // Entra takes one removal in a request
		fmt.Println(r.Method, r.Path(), string(r.Body))
	}
	// Output:
	// PATCH /groups/g7 {"Operations":[{"op":"remove","path":"members[value eq \"u1\"]"}],"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"]}
	// PATCH /groups/g7 {"Operations":[{"op":"remove","path":"members[value eq \"{id of bob}\"]"}],"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"]}
}

func ExampleReader_Check() {
	_, config, stop := service()
	defer stop()
	r, err := scimdst.NewReader(config)
	if err != nil {
		panic(err)
	}
	d, err := r.Check(context.Background())
	fmt.Println(d.Announced, d.Patch, d.FilterWorks, d.ResourceTypes, err)
	// Output: true true true [Group User] <nil>
}

func ExampleProbe() {
	s, config, stop := service()
	defer stop()
	config.Profile = "okta"
	report, err := scimdst.Probe(context.Background(), config, s.URL)
	for _, f := range report.Findings {
		fmt.Println(f.Answer, f.Assumption, f.Assumed)
	}
	fmt.Println(len(s.Users()), "people left,", err)
	// Output:
	// holds filter a search for nobody finds nobody
	// holds paging, page_size index, 100
	// holds create person a person can be created
	// holds external_id.person kept
	// holds exact_case userName is unique without regard to case
	// holds patch values
	// holds etag ignored
	// holds create group a group can be created
	// holds members.add a member can be added
	// holds members.shown unknown
	// holds removal filter
	// holds remove what was made can be removed
	// 0 people left, <nil>
}
