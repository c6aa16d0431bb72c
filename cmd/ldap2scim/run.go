package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"ldap2scim/migrate"
)

func (p *program) runCommand() *cobra.Command {
	var opts applyOptions
	cmd := &cobra.Command{
		Use:   "run",
		Short: "Snapshot, plan, ask, apply, report in one go",
		Long: `Take a snapshot, make a plan and show it, ask, apply it, and report. Where
nobody can be asked, --yes is needed.` +
			exitHelp(exitDone, exitFailed, exitPartly, exitRefused, exitStale, exitLocked, exitInterrupted),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			c, err := p.load()
			if err != nil {
				return err
			}
			if err := p.snapshot(ctx, c, migrate.SnapshotOptions{}); err != nil {
				return err
			}
			made, err := p.plan(ctx, c, asText, short)
			if err != nil {
				return err
			}
			if made.Summary.Requests() > 0 {
				opts.plan = string(made.Summary.Digest) // the one that was shown
				if err := p.apply(ctx, c, opts); err != nil {
					return err
				}
			}
			fmt.Fprintln(p.out)
			return p.report(ctx, c, false)
		},
	}
	cmd.Flags().BoolVar(&opts.yes, "yes", false, "do not ask")
	cmd.Flags().StringSliceVar(&opts.allow, "allow", nil, "allow steps of these kinds: "+hazardNames())
	return cmd
}
