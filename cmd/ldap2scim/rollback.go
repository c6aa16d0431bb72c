package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"ldap2scim/checkpoints"
	"ldap2scim/configs"
	"ldap2scim/migrate"
	"ldap2scim/plan"
)

// rollbackOptions are the flags of rollback.
type rollbackOptions struct {
	plan               string
	run                int64
	remove, deactivate bool
	format             format
}

func (p *program) rollbackCommand() *cobra.Command {
	var o rollbackOptions
	cmd := &cobra.Command{
		Use:   "rollback",
		Short: "Make a plan that undoes what was applied; writes to nobody",
		Long: `Read the destination and make a plan that undoes the newest plan that was
applied, or what one run did. Review and apply it like any other: nothing is
written before.

What was changed gets back what it had, also nothing where there was nothing.
Members who were added are taken out, those who were taken out are put back. Who
was deactivated is activated. People who were made are deactivated, and groups
that were made lose the members that were added and stay, as a group cannot be
deactivated; with --remove-created both are deleted, and in Entra ID, where nobody
is made, the groups, and the application with all that was set up in it, after its
provisioning is paused. All that only where it is still as it was left: what somebody else has changed since is listed, and left
alone.` +
			exitHelp(exitDone, exitFailed, exitLocked, exitInterrupted),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := p.load()
			if err != nil {
				return err
			}
			return p.rollback(cmd.Context(), c, o)
		},
	}
	cmd.Flags().StringVar(&o.plan, "plan", "", "undo the plan with this digest (its beginning will do), instead of the newest that was applied")
	cmd.Flags().Int64Var(&o.run, "run", 0, "undo only what the run with this number did")
	cmd.Flags().BoolVar(&o.remove, "remove-created", false, "delete the people and groups that were made")
	cmd.Flags().BoolVar(&o.deactivate, "deactivate-created", false, "deactivate the people who were made, and empty the groups (the default)")
	cmd.MarkFlagsMutuallyExclusive("plan", "run")
	cmd.MarkFlagsMutuallyExclusive("remove-created", "deactivate-created")
	o.format.flags(cmd)
	return cmd
}

func (p *program) rollback(ctx context.Context, c configs.Config, o rollbackOptions) error {
	return p.writing(ctx, c, func(f *checkpoints.File) error {
		undone, err := toUndo(ctx, f, o)
		if err != nil {
			return err
		}
		opts := migrate.RollbackOptions{
			Plan: undone, Run: o.run, Created: plan.DeactivateCreated, Rules: c.Rules, Settings: c.Settings, Destination: c.DestinationName(),
		}
		if o.remove {
			opts.Created = plan.RemoveCreated
		}
		var made checkpoints.Plan
		err = p.readDestination(ctx, c, f, undone.Snapshot, func(dst opened, observe migrate.Observer) error {
			made, err = migrate.Rollback(ctx, f, dst.Lister, opts, observe)
			return err
		})
		if err != nil {
			return err
		}
		narrow := short
		if o.format == asHTML {
			narrow = paged
		}
		return p.showPlan(ctx, f, made, o.format, narrow)
	})
}

// toUndo is the plan that is undone.
func toUndo(ctx context.Context, f *checkpoints.File, o rollbackOptions) (checkpoints.Plan, error) {
	switch {
	case o.run != 0:
		stored, err := f.PlanOfRun(ctx, o.run)
		return stored, missing(err, fmt.Sprintf("run %d", o.run), "apply")
	case o.plan != "":
		return chosen(ctx, f, o.plan)
	}
	stored, err := f.Applied(ctx)
	return stored, missing(err, "plan that was applied", "apply")
}
