package checkpoints

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"ldap2scim/plan"
)

// Person is everything that is known of one person. What is not known is nil
// or empty.
type Person struct {
	// Entry is the directory's entry as it was read, Made what the rules make
	// of it alone.
	Entry *plan.Entry `json:"entry,omitempty"`
	Made  plan.Fields `json:"made,omitempty"`
	// Resource is what the destination held when the plan was made.
	Resource *plan.Resource `json:"resource,omitempty"`
	Decision *plan.Decision `json:"decision,omitempty"`
	Findings []plan.Finding `json:"findings,omitempty"`
	// Steps are those on the person, and those that change their membership.
	Steps []Line `json:"steps,omitempty"`
	// Groups are those with the person as a direct member.
	Groups []Membership `json:"groups,omitempty"`
}

// Membership says where a person is a member of a group.
type Membership struct {
	Group plan.ExternalID `json:"group,omitempty"`
	// Remote is the destination's id of the group where it was seen there.
	Remote plan.RemoteID `json:"remote,omitempty"`
	Name   string        `json:"name"`
	// Directory and Destination say where the group lists the person.
	Directory   bool `json:"directory"`
	Destination bool `json:"destination"`
}

// Person returns everything that a plan and what it was made from know of a
// source object.
func (f *File) Person(ctx context.Context, p Plan, id plan.ExternalID) (Person, error) {
	var v Person
	var err error
	if v.Entry, err = f.entry(ctx, p.Snapshot, plan.Person, id); err != nil {
		return v, err
	}
	if v.Entry != nil {
		if v.Made, err = p.Rules.Made(*v.Entry); err != nil {
			return v, fmt.Errorf("person %s: %w", id, err)
		}
	}
	if v.Decision, err = first(each(ctx, f, scanDecision, decisionColumns+" WHERE plan = ? AND kind = 'person' AND object = ?", p.ID, string(id))); err != nil {
		return v, err
	}
	remote := plan.RemoteID("")
	if v.Decision != nil {
		remote = v.Decision.Remote
	}
	if v.Resource, err = f.resource(ctx, p, id, remote); err != nil {
		return v, err
	}
	if v.Findings, err = collected(each(ctx, f, scanFinding, findingColumns+" WHERE plan = ? AND kind = 'person' AND object = ? ORDER BY seq", p.ID, string(id))); err != nil {
		return v, err
	}
	v.Steps, err = collected(each(ctx, f, scanLine, lineColumns+` WHERE s.plan = ?1 AND (s.object = ?2 AND s.kind = 'person'
		OR s.kind = 'group' AND s.action IN ('>', '!') AND EXISTS (SELECT 1 FROM json_each(s.body, '$.members') WHERE value = ?2)) ORDER BY s.seq`, p.ID, string(id)))
	if err != nil {
		return v, err
	}
	return v, f.memberships(ctx, p, &v)
}

// Stranger returns what is known of somebody whom the directory does not know.
func (f *File) Stranger(ctx context.Context, p Plan, remote plan.RemoteID) (Person, error) {
	var v Person
	var err error
	if v.Resource, err = f.resource(ctx, p, "", remote); err != nil {
		return v, err
	}
	return v, f.memberships(ctx, p, &v)
}

// resource looks up what the destination held, by its id, or else by ours.
func (f *File) resource(ctx context.Context, p Plan, id plan.ExternalID, remote plan.RemoteID) (*plan.Resource, error) {
	if remote != "" {
		return f.resourceBy(ctx, p.Inventory, plan.Person, remote)
	}
	if id == "" {
		return nil, nil //nolint:nilnil // nobody is nobody
	}
	return f.resourceOf(ctx, p.Inventory, plan.Person, noMembersRead, id, "")
}

// memberships looks for the person in the groups of both sides.
func (f *File) memberships(ctx context.Context, p Plan, v *Person) error {
	if e := v.Entry; e != nil {
		for g, err := range f.groupsOf(ctx, p.Snapshot, *e) {
			if err != nil {
				return err
			}
			v.Groups = append(v.Groups, Membership{Group: g.ID, Name: g.DN, Directory: true})
		}
	}
	if r := v.Resource; r != nil {
		for g, err := range f.groupsWith(ctx, p.Inventory, r.RemoteID) {
			if err != nil {
				return err
			}
			v.Groups = withDestination(v.Groups, g)
		}
	}
	slices.SortStableFunc(v.Groups, func(a, b Membership) int { return strings.Compare(a.Name, b.Name) })
	return nil
}

func withDestination(all []Membership, g plan.Resource) []Membership {
	for i := range all {
		if g.ExternalID != "" && all[i].Group == g.ExternalID {
			all[i].Destination, all[i].Remote = true, g.RemoteID
			return all
		}
	}
	return append(all, Membership{Group: g.ExternalID, Remote: g.RemoteID, Name: g.Name(), Destination: true})
}
