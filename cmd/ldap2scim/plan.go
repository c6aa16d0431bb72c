package main

import (
	"context"

	"github.com/spf13/cobra"

	"ldap2scim/checkpoints"
	"ldap2scim/configs"
	"ldap2scim/migrate"
	"ldap2scim/plan"
)

func (p *program) planCommand() *cobra.Command {
	var detailed bool
	var as format
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
			narrow := short
			if as == asHTML {
				narrow = paged
			}
			made, err := p.plan(cmd.Context(), c, as, narrow)
			if err == nil && detailed && made.Summary.Requests() > 0 {
				return errChanges
			}
			return err
		},
	}
	cmd.Flags().BoolVar(&detailed, "detailed-exitcode", false, "exit with 2 when there are changes")
	as.flags(cmd)
	cmd.AddCommand(p.planDiffCommand())
	return cmd
}

func (p *program) plan(ctx context.Context, c configs.Config, as format, narrow func(*plan.View)) (made checkpoints.Plan, err error) {
	defer collectLess()()
	err = p.changing(ctx, c, func(f *checkpoints.File) error {
		var tenant checkpoints.Tenant
		if c.Tenant.On() {
			if tenant, _, err = gather(ctx, c, f); err != nil {
				return err
			}
		}
		snap, err := f.LastSnapshot(ctx)
		if err != nil {
			return missing(err, "snapshot", "snapshot")
		}
		var changes plan.Changes
		err = p.readDestination(ctx, c, f, snap.ID, func(dst opened, observe migrate.Observer) error {
			made, err = migrate.Plan(ctx, f, dst, migrate.PlanOptions{
				Rules: c.Rules, Settings: c.Settings, Destination: c.DestinationName(), Tenant: tenant.ID, Learn: dst.learn, Step: changes.Step, Patience: c.Retry.Patience,
			}, observe)
			return err
		})
		if err != nil {
			return missing(err, "snapshot", "snapshot")
		}
		return p.showPlan(ctx, f, made, as, func(v *plan.View) {
			v.Changes = &changes
			narrow(v)
		})
	})
	return made, err
}
