package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"ldap2scim/checkpoints"
	"ldap2scim/configs"
	"ldap2scim/migrate"
	"ldap2scim/plan"
	"ldap2scim/scimdst"
)

// What the plan command shows of a plan; show plan shows all of it.
const (
	shownSteps    = 5
	shownFindings = 20
)

func (p *program) planCommand() *cobra.Command {
	var detailed, asJSON bool
	cmd := &cobra.Command{
		Use:   "plan",
		Short: "Read the destination, decide, store and show the plan; writes to nobody",
		Long: `Read the destination, decide what must be done so that it holds what the newest
snapshot wants, store that as a plan and show it. Nothing is written to the
destination: this command has no way to.` +
			exitHelp(exitDone, exitFailed, exitChanges, exitLocked, exitInterrupted),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := p.load()
			if err != nil {
				return err
			}
			made, err := p.plan(cmd.Context(), c, asJSON)
			if err == nil && detailed && made.Summary.Requests() > 0 {
				return errChanges
			}
			return err
		},
	}
	cmd.Flags().BoolVar(&detailed, "detailed-exitcode", false, "exit with 2 when there are changes")
	cmd.Flags().BoolVar(&asJSON, "json", false, "show the plan as JSON")
	return cmd
}

func (p *program) plan(ctx context.Context, c configs.Config, asJSON bool) (made checkpoints.Plan, err error) {
	dst, err := scimdst.NewReader(c.Destination)
	if err != nil {
		return made, err
	}
	err = p.writing(ctx, c, func(f *checkpoints.File) error {
		progress := p.progress(0)
		made, err = migrate.Plan(ctx, f, dst, migrate.PlanOptions{Rules: c.Rules, Settings: c.Settings, Destination: c.Destination.URL}, progress.observe)
		progress.end()
		if err != nil {
			return missing(err, "snapshot", "snapshot")
		}
		return p.showPlan(ctx, f, made, asJSON, func(v *plan.View) { v.MostSteps, v.MostFindings = shownSteps, shownFindings })
	})
	return made, err
}

// showPlan writes a stored plan to standard output.
func (p *program) showPlan(ctx context.Context, f *checkpoints.File, stored checkpoints.Plan, asJSON bool, narrow func(*plan.View)) error {
	snap, err1 := f.Snapshot(ctx, stored.Snapshot)
	inv, err2 := f.Inventory(ctx, stored.Inventory)
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	v := plan.View{
		Summary: stored.Summary, SnapshotTaken: snap.Taken, InventoryTaken: inv.Taken, Source: snap.Source, Destination: inv.Destination,
		Findings: f.Findings(ctx, stored.ID), Steps: f.Steps(ctx, stored.ID), Decisions: f.Decisions(ctx, stored.ID),
		NameOf: f.NameOf(ctx, stored.ID),
	}
	narrow(&v)
	if asJSON {
		return plan.WriteJSON(p.out, v)
	}
	return plan.WriteText(p.out, v)
}
