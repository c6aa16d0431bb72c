package suite

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"ldap2scim/plan"
	"ldap2scim/scimdst"
)

// with is the subject seen through another configuration.
func (s *subject) with(change func(*scimdst.Config)) (*subject, error) {
	other := *s
	change(&other.cfg)
	w, err := scimdst.NewWriter(other.cfg)
	other.writer = w
	return &other, err
}

// populate makes people and a group, and the step that adds them to it.
func (s *subject) populate(ctx context.Context, name string, n int) (plan.Step, error) {
	group := s.group(name)
	if err := s.do(ctx, group); err != nil {
		return plan.Step{}, err
	}
	add := plan.Step{Action: plan.AddMembers, Kind: plan.Group, Object: group.Object, Name: group.Name}
	for i := range n {
		p := s.person(fmt.Sprintf("%s%03d", name, i), nil)
		if err := s.do(ctx, p); err != nil {
			return plan.Step{}, err
		}
		add.Members = append(add.Members, p.Object)
	}
	return add, nil
}

// manyMembers come and go in several requests.
func manyMembers(ctx context.Context, s *subject) error {
	add, err := s.populate(ctx, "many", 250)
	if err != nil {
		return err
	}
	take := add
	take.Action, take.Members, take.Hazard = plan.Take, add.Members[:130], plan.HazardRemoveMembers
	for _, step := range []plan.Step{add, take} {
		if err := s.do(ctx, step); err != nil {
			return err
		}
		if err := s.mustBeSo(ctx, step); err != nil {
			return err
		}
	}
	g, err := s.writer.Get(ctx, plan.Group, s.ids[add.Object])
	if err == nil && len(g.Members) != 120 {
		err = fmt.Errorf("%d members are left, want 120", len(g.Members))
	}
	return err
}

// refuseVersion changes what is said to have been planned long ago.
func refuseVersion(ctx context.Context, s *subject) error {
	made := s.person("version", nil)
	if err := s.do(ctx, made); err != nil {
		return err
	}
	change := s.change(made, plan.Fields{plan.DisplayName: "Changed"})
	change.Version = `W/"no-such-version"`
	return s.mustRefuse(ctx, change, http.StatusPreconditionFailed)
}

func changeAs(d scimdst.Dialect) func(context.Context, *subject) error {
	return func(ctx context.Context, s *subject) error {
		other, err := s.with(func(c *scimdst.Config) { c.ProfileOverrides.Patch = d })
		if err != nil {
			return err
		}
		step := other.person("dialect", nil)
		return changed(ctx, other, step, plan.Fields{
			plan.GivenName: "Changed", plan.Active: "false", plan.WorkEmail: "changed-" + s.tag + "@example.com", "title": "Dr.",
		})
	}
}

// stepsTogether makes two people and a group, and then adds a third person
// whom the same request makes.
func stepsTogether(ctx context.Context, s *subject) error {
	other, err := s.with(func(c *scimdst.Config) { c.ProfileOverrides.Bulk = scimdst.BulkTrusted })
	if err != nil {
		return err
	}
	d, err := other.writer.Check(ctx)
	if err != nil || !d.Bulk {
		return errors.Join(err, errors.New("bulk is not announced"))
	}
	group := other.group("together")
	first := []plan.Step{other.person("together0", nil), other.person("together1", nil), group}
	last := other.person("together2", nil)
	add := plan.Step{
		Action: plan.AddMembers, Kind: plan.Group, Object: group.Object, Name: group.Name,
		Members: []plan.ExternalID{first[0].Object, last.Object},
	}
	for _, steps := range [][]plan.Step{first, {last, add}} {
		for i, r := range other.writer.DoAll(ctx, steps, other.ids) {
			if r.Err != nil {
				return r.Err
			}
			other.ids[steps[i].Object] = r.Outcome.RemoteID
		}
	}
	return other.mustBeSo(ctx, add)
}

// listMembers finds a group in the listing, with its members.
func listMembers(ctx context.Context, s *subject) error {
	other, err := s.with(func(c *scimdst.Config) { c.ProfileOverrides.Members.Shown = scimdst.ShownListed })
	if err != nil {
		return err
	}
	add, err := other.populate(ctx, "listed members", 2)
	if err == nil {
		err = other.do(ctx, add)
	}
	if err != nil {
		return err
	}
	seen := -1
	_, err = other.writer.List(ctx, plan.Group, func(g plan.Resource) error {
		if g.RemoteID == other.ids[add.Object] {
			seen = len(g.Members)
		}
		return nil
	})
	if err == nil && seen != 2 {
		err = fmt.Errorf("listed with %d members, want 2", seen)
	}
	return err
}
