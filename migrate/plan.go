package migrate

import (
	"context"
	"fmt"
	"time"

	"ldap2scim/checkpoints"
	"ldap2scim/plan"
)

// PlanOptions say with what a plan is made.
type PlanOptions struct {
	Rules plan.Rules
	// Settings is the digest of the whole configuration.
	Settings plan.Digest
	// Destination names the destination in the state file.
	Destination string
	// Learn returns what the destination says of itself, to be stored with its
	// inventory; nil means not to ask. That it cannot be asked is no reason not
	// to plan.
	Learn func(context.Context) (string, error)
	// Step is given each step as it is made; nil where nobody asks.
	Step func(plan.Step)
	// Patience is how long the destination may take to show what it has accepted,
	// by default as long as that of [Retry]. What an earlier run may have sent is so
	// old before the destination is read: a plan that does not know of it would make
	// it a second time.
	Patience time.Duration
	// Tenant is the ID of the vendor's records to decide with, or 0.
	Tenant int64
}

// Plan reads the destination, decides with the newest snapshot, and stores the
// plan. It writes to nobody.
func Plan(ctx context.Context, f *checkpoints.File, dst Lister, opts PlanOptions, observe Observer) (checkpoints.Plan, error) {
	snap, err := f.LastSnapshot(ctx)
	if err != nil {
		return checkpoints.Plan{}, err
	}
	if err := settle(ctx, f, opts.Patience, observe); err != nil {
		return checkpoints.Plan{}, err
	}
	learnt := ""
	if opts.Learn != nil {
		if learnt, err = opts.Learn(ctx); err != nil {
			learnt = "not to be learnt: " + err.Error()
		}
	}
	head := checkpoints.Plan{Snapshot: snap.ID, Tenant: opts.Tenant, Settings: opts.Settings, Rules: opts.Rules}
	in, err := wanted(ctx, f, snap, head)
	if err != nil {
		return checkpoints.Plan{}, err
	}
	inv, err := takeCensus(ctx, f, dst, &in, opts.Destination, learnt, observe)
	if err != nil {
		return checkpoints.Plan{}, err
	}
	head.Made, head.Inventory = time.Now(), inv.ID
	return f.SavePlan(ctx, head, func(to plan.Sink) (plan.Summary, error) {
		if opts.Step != nil {
			to = seen{to, opts.Step}
		}
		return plan.Decide(in, to)
	})
}

// seen is a sink whose steps somebody sees.
type seen struct {
	plan.Sink
	see func(plan.Step)
}

func (w seen) Step(s plan.Step) error {
	w.see(s)
	return w.Sink.Step(s)
}

// settle waits until what was sent without an answer is as old as patience.
func settle(ctx context.Context, f *checkpoints.File, patience time.Duration, observe Observer) error {
	patience = Retry{Patience: patience}.withDefaults().Patience
	last, err := f.LastUnknown(ctx)
	if err != nil || last.IsZero() {
		return err
	}
	wait := min(time.Until(last.Add(patience)), patience) // whatever the clock was then
	if wait <= 0 {
		return nil
	}
	observe(Settling{For: wait})
	return pause(ctx, wait)
}

// takeInventory lists the destination into the state file.
func takeInventory(ctx context.Context, f *checkpoints.File, dst Lister, rules plan.Rules, name, learnt string, observe Observer) (checkpoints.Inventory, error) {
	progress := counter(observe)
	return f.SaveInventory(ctx, name, time.Now(), func(add func(plan.Resource) error) (plan.Proof, error) {
		proof := plan.Proof{Complete: true, Learnt: learnt}
		for _, k := range listed(rules) {
			search, err := dst.List(ctx, k, func(r plan.Resource) error {
				progress(k)
				return add(r)
			})
			if err != nil {
				return proof, fmt.Errorf("list the destination: %w", err)
			}
			proof.Searches = append(proof.Searches, search)
			proof.Complete = proof.Complete && search.Missing == ""
		}
		return proof, nil
	})
}

// listed are the kinds of which the rules have something to hold against the
// destination.
func listed(rules plan.Rules) []plan.Kind {
	kinds := []plan.Kind{plan.Person, plan.Group}
	if len(rules.Settings) > 0 {
		kinds = append(kinds, plan.Setting)
	}
	return kinds
}

// wanted is what a stored snapshot is to the planner, with the rules and the
// vendor's records of a plan. The inventory is not in it yet.
func wanted(ctx context.Context, f *checkpoints.File, snap checkpoints.Snapshot, of checkpoints.Plan) (plan.Input, error) {
	before, err := f.PeopleBefore(ctx, snap.ID)
	if err != nil {
		return plan.Input{}, err
	}
	said, err := f.Attestations(ctx)
	if err != nil {
		return plan.Input{}, err
	}
	seen, err := f.Evidence(ctx)
	if err != nil {
		return plan.Input{}, err
	}
	tenant, err := tenantOf(ctx, f, of.Tenant, snap.ID)
	if err != nil {
		return plan.Input{}, err
	}
	return plan.Input{
		Rules: of.Rules, Attestations: said, Evidence: seen, Tenant: tenant,
		Snapshot: plan.Snapshot{Digest: snap.Digest, Proof: snap.Proof, Before: before, Entries: aheadOf(f.Entries(ctx, snap.ID)), Groups: f.Groups(ctx, snap.ID)},
	}, nil
}

// held is what a stored inventory is to the planner.
func held(ctx context.Context, f *checkpoints.File, inv checkpoints.Inventory) plan.Inventory {
	return plan.Inventory{Digest: inv.Digest, Proof: inv.Proof, Owned: aheadOf(f.Owned(ctx, inv.ID)), Unowned: f.Unowned(ctx, inv.ID), Groups: f.HeldGroups(ctx, inv.ID), Settings: f.Settings(ctx, inv.ID)}
}
