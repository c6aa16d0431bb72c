package suite

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"ldap2scim/plan"
	"ldap2scim/scimdst"
)

const (
	department = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department"
	costCode   = "urn:ietf:params:scim:schemas:extension:ivanti:2.0:User:costCode"
	// awkward has what breaks naive filters, URLs and JSON.
	awkward = `O'Brien "Q" \ é + & % # ü/ß`
)

func checks() []check {
	return []check{
		{"test connection", testConnection},
		{"wrong token", wrongToken},
		{"unknown id", unknownID},
		{"create person", createPerson},
		{"read extensions back", readExtensions},
		{"find by userName in another case", findByName},
		{"refuse userName in another case", refuseDuplicate},
		{"list all in pages", listAll},
		{"change name and active", changeFields},
		{"change e-mail", changeEmail},
		{"add first e-mail", addFirstEmail},
		{"change extension", changeExtension},
		{"adopt", adopt},
		{"create group", createGroup},
		{"add and remove members", members},
		{"refuse unknown member", unknownMember},
		{"awkward characters", awkwardCharacters},
		{"awkward characters in a filter", awkwardFilter},
		{"many members", manyMembers},
		{"refuse another version", refuseVersion},
		{"change by a value object", changeAs(scimdst.DialectValues)},
		{"change in Entra's classic form", changeAs(scimdst.DialectEntra)},
		{"change in the form of aadOptscim062020", changeAs(scimdst.DialectAADOptSCIM)},
		{"steps together", stepsTogether},
		{"list members with the group", listMembers},
		{"clear values", clearValues},
		{"clear externalId", clearExternalID},
		{"remove what was made", removal},
	}
}

func testConnection(ctx context.Context, s *subject) error {
	_, err := s.writer.Check(ctx)
	return err
}

func wrongToken(ctx context.Context, s *subject) error {
	cfg := s.cfg
	cfg.Token = func() (string, error) { return "not-the-token-" + s.tag, nil }
	r, err := scimdst.NewReader(cfg)
	if err != nil {
		return err
	}
	_, err = r.Check(ctx)
	return wantStatus(err, http.StatusUnauthorized)
}

func unknownID(ctx context.Context, s *subject) error {
	if _, err := s.writer.Get(ctx, plan.Person, plan.RemoteID("nobody-"+s.tag)); wantStatus(err, http.StatusNotFound) != nil {
		return wantStatus(err, http.StatusNotFound)
	}
	step := s.change(s.person("nobody", nil), plan.Fields{plan.DisplayName: "Nobody"})
	step.Remote = plan.RemoteID("nobody-" + s.tag)
	return s.mustRefuse(ctx, step, http.StatusNotFound)
}

func createPerson(ctx context.Context, s *subject) error {
	step := s.person("new", nil)
	if _, found, err := s.writer.Look(ctx, step, nil); err != nil || found != plan.NotSo {
		return fmt.Errorf("look before: got %d, %v, want NotSo", found, err)
	}
	if err := s.do(ctx, step); err != nil {
		return err
	}
	if err := s.mustBeSo(ctx, step); err != nil {
		return err
	}
	return s.mustBeSo(ctx, s.change(step, step.After))
}

func readExtensions(ctx context.Context, s *subject) error {
	step := s.person("extended", plan.Fields{department: "Research", costCode: "4711"})
	if err := s.do(ctx, step); err != nil {
		return err
	}
	return s.mustBeSo(ctx, s.change(step, step.After))
}

func findByName(ctx context.Context, s *subject) error {
	step := s.person("CamelCase", nil)
	if err := s.do(ctx, step); err != nil {
		return err
	}
	other := s.person("camelcase", nil) // the same name, another external id
	_, found, err := s.writer.Look(ctx, other, nil)
	if err != nil || found != plan.Foreign {
		return fmt.Errorf("got %d, %v, want Foreign", found, err)
	}
	return nil
}

func refuseDuplicate(ctx context.Context, s *subject) error {
	if err := s.do(ctx, s.person("twice", nil)); err != nil {
		return err
	}
	return s.mustRefuse(ctx, s.person("TWICE", nil), http.StatusConflict)
}

func listAll(ctx context.Context, s *subject) error {
	for i := range 7 {
		if err := s.do(ctx, s.person(fmt.Sprintf("listed%d", i), nil)); err != nil {
			return err
		}
	}
	cfg := s.cfg
	cfg.PageSize = 3
	r, err := scimdst.NewReader(cfg)
	if err != nil {
		return err
	}
	got := map[plan.ExternalID]plan.RemoteID{}
	search, err := r.List(ctx, plan.Person, func(p plan.Resource) error {
		if s.ids[p.ExternalID] != "" {
			got[p.ExternalID] = p.RemoteID
		}
		return nil
	})
	switch {
	case err != nil:
		return err
	case search.Missing != "":
		return fmt.Errorf("the list is not complete: %s", search.Missing)
	case search.Pages < 3:
		return fmt.Errorf("7 people came on %d pages of 3", search.Pages)
	}
	for ext, id := range s.ids {
		if got[ext] != id {
			return fmt.Errorf("%s is listed as %q, want %q", ext, got[ext], id)
		}
	}
	return nil
}

// changed creates somebody, changes them, and reads back.
func changed(ctx context.Context, s *subject, step plan.Step, after plan.Fields) error {
	if err := s.do(ctx, step); err != nil {
		return err
	}
	change := s.change(step, after)
	if err := s.do(ctx, change); err != nil {
		return err
	}
	return s.mustBeSo(ctx, change)
}

func changeFields(ctx context.Context, s *subject) error {
	return changed(ctx, s, s.person("fields", nil), plan.Fields{
		plan.GivenName: "Changed", plan.DisplayName: "Changed", plan.Active: "false", "title": "Dr.",
	})
}

func changeEmail(ctx context.Context, s *subject) error {
	return changed(ctx, s, s.person("mail", nil), plan.Fields{plan.WorkEmail: "changed-" + s.tag + "@example.com"})
}

func addFirstEmail(ctx context.Context, s *subject) error {
	step := s.person("nomail", nil)
	delete(step.After, plan.WorkEmail)
	return changed(ctx, s, step, plan.Fields{plan.WorkEmail: "first-" + s.tag + "@example.com"})
}

func changeExtension(ctx context.Context, s *subject) error {
	step := s.person("extension", plan.Fields{costCode: "1"})
	return changed(ctx, s, step, plan.Fields{costCode: "2", department: "Added"})
}

func adopt(ctx context.Context, s *subject) error {
	step := s.person("found", nil)
	if err := s.do(ctx, step); err != nil {
		return err
	}
	// The one who is there gets another external id, as if it had none.
	adoption := plan.Step{
		Action: plan.Adopt, Kind: plan.Person, Object: plan.ExternalID("adopted-" + s.tag), Name: step.Name,
		Remote: s.ids[step.Object], Before: plan.Fields{plan.ExternalIDPath: string(step.Object)},
		After: plan.Fields{plan.DisplayName: "Adopted"},
	}
	delete(s.ids, step.Object)
	if err := s.do(ctx, adoption); err != nil {
		return err
	}
	return s.mustBeSo(ctx, adoption)
}

func createGroup(ctx context.Context, s *subject) error {
	step := s.group("new")
	if err := s.do(ctx, step); err != nil {
		return err
	}
	return s.mustBeSo(ctx, step)
}

func members(ctx context.Context, s *subject) error {
	group := s.group("members")
	if err := s.do(ctx, group); err != nil {
		return err
	}
	var people []plan.ExternalID
	for i := range 3 {
		p := s.person(fmt.Sprintf("member%d", i), nil)
		if err := s.do(ctx, p); err != nil {
			return err
		}
		people = append(people, p.Object)
	}
	add := plan.Step{Action: plan.AddMembers, Kind: plan.Group, Object: group.Object, Name: group.Name, Members: people}
	take := add
	take.Action, take.Members, take.Hazard = plan.Take, people[:2], plan.HazardRemoveMembers
	for _, step := range []plan.Step{add, take} {
		if err := s.do(ctx, step); err != nil {
			return err
		}
		if err := s.mustBeSo(ctx, step); err != nil {
			return err
		}
	}
	g, err := s.writer.Get(ctx, plan.Group, s.ids[group.Object])
	if want := []plan.RemoteID{s.ids[people[2]]}; err != nil || !slices.Equal(g.Members, want) {
		return fmt.Errorf("the members are %v, %v, want %v", g.Members, err, want)
	}
	return nil
}

func unknownMember(ctx context.Context, s *subject) error {
	group := s.group("unknown member")
	if err := s.do(ctx, group); err != nil {
		return err
	}
	ghost := plan.ExternalID("ghost-" + s.tag)
	s.ids[ghost] = "no-such-person"
	add := plan.Step{
		Action: plan.AddMembers, Kind: plan.Group, Object: group.Object, Name: group.Name,
		Members: []plan.ExternalID{ghost},
	}
	if err := s.do(ctx, add); err == nil {
		return fmt.Errorf("a person who does not exist became a member")
	}
	return nil
}

func awkwardCharacters(ctx context.Context, s *subject) error {
	group := s.group(awkward)
	for _, step := range []plan.Step{s.person("awkward", plan.Fields{plan.FamilyName: awkward, "title": awkward}), group} {
		if err := s.do(ctx, step); err != nil {
			return err
		}
		if err := s.mustBeSo(ctx, step); err != nil {
			return err
		}
	}
	return s.mustBeSo(ctx, s.change(group, group.After))
}

// awkwardFilter looks for a name that stands in the way, which only the
// search by name can find.
func awkwardFilter(ctx context.Context, s *subject) error {
	step := s.person(awkward, plan.Fields{plan.WorkEmail: "awkward-" + s.tag + "@example.com"})
	if err := s.do(ctx, step); err != nil {
		return err
	}
	other := step
	other.Object = plan.ExternalID("other-" + s.tag)
	_, found, err := s.writer.Look(ctx, other, nil)
	if err != nil || found != plan.Foreign {
		return fmt.Errorf("got %d, %v, want Foreign", found, err)
	}
	return nil
}
