package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"ldap2scim/configs"
	"ldap2scim/migrate"
	"ldap2scim/plan"
)

func (p *program) runCommand() *cobra.Command {
	var opts applyOptions
	cmd := &cobra.Command{
		Use:   "run",
		Short: "Snapshot, plan, ask, apply, report in one go",
		Long: `Take a snapshot, make a plan and show it, ask, apply it, and report. Where
nobody can be asked, --yes is needed. A plan with waves is sent wave by wave,
each read back before the next; a wave that is not as it should be ends the run.` +
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
			if made.Summary.Requests() == 0 {
				fmt.Fprintln(p.out)
				return p.report(ctx, c, reportOptions{check: true})
			}
			opts.plan = string(made.Summary.Digest) // the one that was shown
			opts.asked = made.Summary.Requests()
			return p.waves(ctx, c, made.Summary.Waves, opts)
		},
	}
	cmd.Flags().BoolVar(&opts.yes, "yes", false, "do not ask")
	cmd.Flags().StringSliceVar(&opts.allow, "allow", nil, "allow steps of these kinds: "+hazardNames())
	p.watch.flags(cmd)
	return cmd
}

// waves applies and reports, wave by wave where the plan has waves. That an
// early report finds the later waves unsent is no reason to stop; that it finds
// its own wave amiss is what the next apply refuses.
func (p *program) waves(ctx context.Context, c configs.Config, waves []plan.WaveCount, opts applyOptions) error {
	if len(waves) == 0 {
		waves = []plan.WaveCount{{Requests: opts.asked}}
	}
	waves = slices.DeleteFunc(slices.Clone(waves), func(w plan.WaveCount) bool { return w.Requests == 0 })
	for i, w := range waves {
		opts.scope.Wave = w.Name
		if err := p.apply(ctx, c, opts); err != nil {
			return err
		}
		opts.yes = true
		fmt.Fprintln(p.out)
		err := p.report(ctx, c, reportOptions{check: true})
		if _, partly := errors.AsType[*partlyError](err); err != nil && (!partly || i == len(waves)-1) {
			return err
		}
	}
	return nil
}
