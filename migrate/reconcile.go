package migrate

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"ldap2scim/checkpoints"
	"ldap2scim/plan"
)

// ReconcileOptions say with what a report is made.
type ReconcileOptions struct {
	// Destination names the destination in the state file.
	Destination string
	// Version of the program, for the record.
	Version string
	// Numbers are tables to be shown with the report.
	Numbers []Numbers
}

// Reconcile reads the destination back in full, holds it against what the plan
// wants, and stores what became of every object. The journal is asked why
// something is not there, and never believed that it is. Deciding anew with
// what was read back is the comparison, attribute by attribute and member by
// member: an object that would get no step is right. What was planned, what
// would be planned now and what was sent are read side by side, so that a
// directory of any size takes little memory.
func Reconcile(ctx context.Context, f *checkpoints.File, dst Lister, p checkpoints.Plan, opts ReconcileOptions, observe Observer) (Report, error) {
	snap, err := f.Snapshot(ctx, p.Snapshot)
	if err != nil {
		return Report{}, err
	}
	inv, decide, err := readBack(ctx, f, dst, p, snap, opts.Destination, observe)
	if err != nil {
		return Report{}, err
	}
	said, err := f.Attestations(ctx)
	if err != nil {
		return Report{}, err
	}
	r := Report{
		Plan: p.Summary.Digest, Snapshot: snap.Digest, Settings: p.Settings, Inventory: inv.Digest, Source: snap.Source, Destination: inv.Destination,
		Version: opts.Version, SnapshotTaken: snap.Taken, PlanMade: p.Made.UTC(), ReadBack: inv.Taken, InSnapshot: snap.Entries,
		Objects: map[plan.Kind]map[Class]int{}, Unexpected: map[plan.Kind]int{plan.Person: 0, plan.Group: 0}, Steps: map[string]int{}, Waived: p.Rules.Waived, Numbers: opts.Numbers,
		Memberships: Memberships{Direct: p.Summary.Direct, Flat: p.Summary.Flat}, Attested: said,
	}
	if !inv.Proof.Complete {
		r.Incomplete = inv.Proof.Why()
	}
	for _, s := range inv.Proof.Searches {
		r.Pages += s.Pages
	}
	if p.Undoes != 0 {
		r.Undoes, r.InSnapshot, r.Unexpected = p.Summary.Undoes, map[plan.Kind]int{}, nil
	}
	c := &comparison{report: &r, evidence: newEvidence(), sides: map[plan.Kind]*side{}, blocks: map[plan.ExternalID]plan.Finding{}, waves: newReconciling(p, !inv.Proof.Complete), provisionings: provisionings{}}
	if further, provisions := dst.(Provisioner); provisions && p.Undoes == 0 { // what is undone need not be provisioned
		if c.provisioned, err = further.Provisioned(ctx); err != nil {
			return Report{}, fmt.Errorf("read what the destination provisioned: %w", err)
		}
	}
	for _, k := range decided() {
		c.sides[k] = newSide(ctx, f, p.ID, k)
		defer c.sides[k].stop()
	}
	_, err = f.SaveReport(ctx, checkpoints.Report{Plan: p.ID, Inventory: inv.ID, Made: time.Now()}, func(to *checkpoints.ReportSink) (string, error) {
		c.to = to
		if err := c.run(decide); err != nil {
			return "", err
		}
		if r.Memberships.Held, err = f.Memberships(ctx, inv.ID); err != nil {
			return "", err
		}
		if err := r.proveRuns(ctx, f, p, c); err != nil {
			return "", err
		}
		if c.provisioned != nil {
			r.Numbers = append(slices.Clip(r.Numbers), c.provisionings.numbers())
		}
		if err := r.close(); err != nil {
			return "", err
		}
		head, err := json.Marshal(r)
		return string(head), err
	})
	if err != nil {
		return Report{}, err
	}
	return r, f.SaveReconciled(ctx, p.ID, c.waves, time.Now())
}

// readBack lists the destination, and returns what decides anew with that.
func readBack(ctx context.Context, f *checkpoints.File, dst Lister, p checkpoints.Plan, snap checkpoints.Snapshot, name string, observe Observer) (inv checkpoints.Inventory, decide func(plan.Sink) (plan.Summary, error), err error) {
	if p.Undoes != 0 {
		if inv, err = takeInventory(ctx, f, dst, p.Rules, name, "", observe); err != nil {
			return inv, nil, err
		}
		decide, err = decision(ctx, f, p, inv, plan.Reconsider)
		return inv, decide, err
	}
	in, err := wanted(ctx, f, snap, p)
	if err != nil {
		return inv, nil, err
	}
	inv, err = takeCensus(ctx, f, dst, &in, name, "", observe)
	return inv, func(to plan.Sink) (plan.Summary, error) { return plan.Reconsider(in, to) }, err
}

// run compares, and ends with nothing left on either side.
func (c *comparison) run(decide func(plan.Sink) (plan.Summary, error)) error {
	sum, err := decide(c)
	if err != nil {
		return fmt.Errorf("compare the destination with plan %s: %w", c.report.Plan.Short(), err)
	}
	for _, k := range decided() {
		if then, more, err := c.sides[k].planned.next(); err != nil || more {
			return orBug(err, then, "is in the plan and not in its snapshot")
		}
	}
	if c.report.Undoes != nil {
		return nil // nobody asks who is there beside
	}
	for _, k := range []plan.Kind{plan.Person, plan.Group} {
		if found := c.report.Unexpected[k]; found != sum.Unexpected[k] {
			return fmt.Errorf("%d of kind %s are at the destination alone, and %d are listed; this is a bug", sum.Unexpected[k], k, found)
		}
	}
	return nil
}

func orBug(err error, d plan.Decision, what string) error {
	if err != nil {
		return err
	}
	return fmt.Errorf("%s %s %s; this is a bug", d.Kind, d.Name, what)
}

// proveRuns adds what is known of the plan's runs and waves.
func (r *Report) proveRuns(ctx context.Context, f *checkpoints.File, p checkpoints.Plan, c *comparison) error {
	runs, err := f.Runs(ctx, p.ID)
	if err != nil {
		return err
	}
	for _, run := range runs {
		t, err := f.Tally(ctx, run.ID)
		if err != nil {
			return err
		}
		r.Runs = append(r.Runs, c.evidence.of(run, t))
	}
	for _, w := range p.Summary.Waves {
		counts := c.evidence.waves[w.Name]
		if counts == nil {
			counts = &Wave{}
		}
		r.Waves = append(r.Waves, Wave{w.Name, c.waves[w.Name] == 0, counts.Done, counts.Failed, counts.Open})
	}
	return nil
}
