package migrate

import (
	"context"
	"fmt"
	"time"

	"ldap2scim/checkpoints"
	"ldap2scim/plan"
)

// RollbackOptions say what is undone, and how.
type RollbackOptions struct {
	// Plan is undone, or what one run did of it where Run is not 0.
	Plan checkpoints.Plan
	Run  int64
	// Created says what becomes of what it made.
	Created plan.CreatedFate
	Rules   plan.Rules
	// Settings is the digest of the whole configuration.
	Settings    plan.Digest
	Destination string
}

// ElsewhereError: the plan was applied to another destination than the one that
// is configured.
type ElsewhereError struct{ Was, Is string }

func (e *ElsewhereError) Error() string {
	return fmt.Sprintf("the plan was made for %s, and the destination is %s", e.Was, e.Is)
}

// Hint says what to do.
func (e *ElsewhereError) Hint() string {
	return "Undo it where it was applied: set destination.url to that address."
}

// Rollback reads the destination, decides what undoes a plan that was applied,
// and stores that as a plan. It writes to nobody.
func Rollback(ctx context.Context, f *checkpoints.File, dst Lister, opts RollbackOptions, observe Observer) (checkpoints.Plan, error) {
	was, err := f.Inventory(ctx, opts.Plan.Inventory)
	if err != nil {
		return checkpoints.Plan{}, err
	}
	if was.Destination != opts.Destination {
		return checkpoints.Plan{}, &ElsewhereError{Was: was.Destination, Is: opts.Destination}
	}
	inv, err := takeInventory(ctx, f, dst, opts.Rules, opts.Destination, "", observe)
	if err != nil {
		return checkpoints.Plan{}, err
	}
	head := checkpoints.Plan{
		Made: time.Now(), Snapshot: opts.Plan.Snapshot, Inventory: inv.ID, Settings: opts.Settings, Rules: opts.Rules,
		Undoes: opts.Plan.ID, UndoesRun: opts.Run,
	}
	head.Summary.Undoes = &plan.Undone{Plan: opts.Plan.Summary.Digest, Run: opts.Run, Created: opts.Created}
	decide, err := decision(ctx, f, head, inv, plan.Decide)
	if err != nil {
		return checkpoints.Plan{}, err
	}
	return f.SavePlan(ctx, head, decide)
}

// decision is what a plan is decided with, once more: a snapshot, or what was
// sent of the plan that it undoes; with an inventory. By decides the former.
func decision(ctx context.Context, f *checkpoints.File, p checkpoints.Plan, inv checkpoints.Inventory, by func(plan.Input, plan.Sink) (plan.Summary, error)) (func(plan.Sink) (plan.Summary, error), error) {
	if p.Undoes == 0 {
		snap, err := f.Snapshot(ctx, p.Snapshot)
		if err != nil {
			return nil, err
		}
		in, err := wanted(ctx, f, snap, p)
		in.Inventory = held(ctx, f, inv)
		return func(to plan.Sink) (plan.Summary, error) { return by(in, to) }, err
	}
	undone, err := f.PlanByID(ctx, p.Undoes)
	if err != nil {
		return nil, err
	}
	past, err := f.Past(ctx, undone, p.UndoesRun, inv.ID)
	in := plan.UndoInput{
		Past: past, Created: p.Summary.Undoes.Created, Rules: p.Rules,
		Inventory: plan.Inventory{Digest: inv.Digest, Proof: inv.Proof, Owned: f.Owned(ctx, inv.ID), Unowned: f.Unowned(ctx, inv.ID), Settings: f.Settings(ctx, inv.ID)},
	}
	return func(to plan.Sink) (plan.Summary, error) { return plan.Undo(in, to) }, err
}
