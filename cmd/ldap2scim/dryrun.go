package main

import (
	"cmp"
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
		requestsOf, err := requestsShown(c)
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
			requests, err := requestsOf(m.Step, ids)
			if err != nil {
				return err
			}
			for _, r := range requests {
				fmt.Fprintf(p.out, "%s\n", r)
			}
		}
		return nil
	})
}

// requestsShown gives the requests of a step as they are printed, for either kind of
// destination.
func requestsShown(c configs.Config) (func(plan.Step, map[plan.ExternalID]plan.RemoteID) ([]string, error), error) {
	if c.Entra != nil {
		return func(s plan.Step, ids map[plan.ExternalID]plan.RemoteID) ([]string, error) {
			requests, err := c.Entra.RequestsOf(s, ids)
			var lines []string
			for _, r := range requests {
				lines = append(lines, fmt.Sprintf("%s %s\n%s", r.Method, r.Path, cmp.Or(r.Shown, string(r.Body))))
			}
			return lines, err
		}, nil
	}
	profile, err := c.Destination.Effective()
	return func(s plan.Step, ids map[plan.ExternalID]plan.RemoteID) ([]string, error) {
		requests, err := profile.RequestsOf(s, ids)
		var lines []string
		for _, r := range requests {
			lines = append(lines, asPrinted(r, s.Object))
		}
		return lines, err
	}, err
}

// asPrinted is one request; an id that is not known yet stands as it is.
func asPrinted(r scimdst.Request, object plan.ExternalID) string {
	path := r.Path()
	if slices.Contains(r.Waiting, object) {
		path = r.Collection + "/" + string(r.ID)
	}
	return fmt.Sprintf("%s %s\n%s", r.Method, path, r.Body)
}

// known returns the ids that the destination has given for a step's objects.
func known(ctx context.Context, f *checkpoints.File, stored checkpoints.Plan, s plan.Step) (map[plan.ExternalID]plan.RemoteID, error) {
	ids := map[plan.ExternalID]plan.RemoteID{}
	found, err := f.Remotes(ctx, stored, slices.Concat([]plan.ExternalID{s.Object}, s.Needs, s.Members))
	for object, known := range found {
		if known.ID != "" {
			ids[object] = known.ID
		}
	}
	return ids, err
}
