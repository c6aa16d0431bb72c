package main

import (
	"context"
	"fmt"
	"slices"

	"ldap2scim/checkpoints"
	"ldap2scim/configs"
	"ldap2scim/plan"
	"ldap2scim/scimdst"
)

// dryRun prints the requests that apply would send now, in order. What the
// service has yet to give stands as {id of <external id>}.
func (p *program) dryRun(ctx context.Context, opts applyOptions) error {
	return p.reading(ctx, func(c configs.Config, f *checkpoints.File) error {
		profile, err := c.Destination.Effective()
		if err != nil {
			return err
		}
		stored, err := chosen(ctx, f, opts.plan)
		if err != nil {
			return err
		}
		for m, err := range f.Unfinished(ctx, stored.ID) {
			if err != nil {
				return err
			}
			ids, err := known(ctx, f, stored, m.Step)
			if err != nil {
				return err
			}
			requests, err := profile.RequestsOf(m.Step, ids)
			if err != nil {
				return err
			}
			for _, r := range requests {
				p.printRequest(r, m.Step.Object)
			}
		}
		return nil
	})
}

// printRequest prints one request; an id that is not known yet stands as it is.
func (p *program) printRequest(r scimdst.Request, object plan.ExternalID) {
	path := r.Path()
	if slices.Contains(r.Waiting, object) {
		path = r.Collection + "/" + string(r.ID)
	}
	fmt.Fprintf(p.out, "%s %s\n%s\n", r.Method, path, r.Body)
}

// known returns the ids that the destination has given for a step's objects.
func known(ctx context.Context, f *checkpoints.File, stored checkpoints.Plan, s plan.Step) (map[plan.ExternalID]plan.RemoteID, error) {
	ids := map[plan.ExternalID]plan.RemoteID{}
	found, err := f.Remotes(ctx, stored, append([]plan.ExternalID{s.Object}, s.Members...))
	for object, known := range found {
		if known.ID != "" {
			ids[object] = known.ID
		}
	}
	return ids, err
}
