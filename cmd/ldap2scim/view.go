package main

import (
	"context"
	"errors"

	"ldap2scim/checkpoints"
	"ldap2scim/plan"
)

// What a command shows of a plan, unless it is asked for all of it.
const (
	shownSteps    = 5
	shownHazards  = 20
	shownFindings = 10
)

// showPlan writes a stored plan to standard output.
func (p *program) showPlan(ctx context.Context, f *checkpoints.File, stored checkpoints.Plan, asJSON bool, narrow func(*plan.View)) error {
	v, err := view(ctx, f, stored)
	if err != nil {
		return err
	}
	narrow(&v)
	if asJSON {
		return plan.WriteJSON(p.out, v)
	}
	return plan.WriteText(p.out, v)
}

// view is a stored plan as the views of package plan take it.
func view(ctx context.Context, f *checkpoints.File, stored checkpoints.Plan) (plan.View, error) {
	snap, err1 := f.Snapshot(ctx, stored.Snapshot)
	inv, err2 := f.Inventory(ctx, stored.Inventory)
	return plan.View{
		Summary: stored.Summary, SnapshotTaken: snap.Taken, InventoryTaken: inv.Taken, Source: snap.Source, Destination: inv.Destination,
		Findings: f.Findings(ctx, stored.ID), Steps: f.Steps(ctx, stored.ID), Decisions: f.Decisions(ctx, stored.ID),
		NameOf: f.NameOf(ctx, stored.ID),
	}, errors.Join(err1, err2)
}

// short shows the first of each group.
func short(v *plan.View) {
	v.MostSteps, v.MostHazards, v.MostFindings = shownSteps, shownHazards, shownFindings
}

// whole shows everything.
func whole(v *plan.View) {}
