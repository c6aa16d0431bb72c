package main

import (
	"context"

	"github.com/spf13/cobra"

	"ldap2scim/checkpoints"
	"ldap2scim/configs"
	"ldap2scim/migrate"
	"ldap2scim/scimdst"
)

func (p *program) reportCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "report",
		Short: "Read the destination back and reconcile",
		Long: `Read the destination back in full and say what became of every person, group
and unit of the snapshot. The classes add up to the snapshot.` +
			exitHelp(exitDone, exitFailed, exitPartly, exitLocked, exitInterrupted),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := p.load()
			if err != nil {
				return err
			}
			return p.report(cmd.Context(), c, asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "show the report as JSON")
	return cmd
}

func (p *program) report(ctx context.Context, c configs.Config, asJSON bool) error {
	dst, err := scimdst.NewReader(c.Destination)
	if err != nil {
		return err
	}
	return p.writing(ctx, c, func(f *checkpoints.File) error {
		stored, err := chosen(ctx, f, "")
		if err != nil {
			return err
		}
		progress := p.progress(0)
		r, err := migrate.Reconcile(ctx, f, dst, stored, c.Destination.URL, progress.observe)
		progress.end()
		if err != nil {
			return err
		}
		write := r.WriteText
		if asJSON {
			write = r.WriteJSON
		}
		if err := write(p.out); err != nil {
			return err
		}
		if !r.Settled {
			return &partlyError{what: "not everything that was planned is at the destination"}
		}
		return nil
	})
}
