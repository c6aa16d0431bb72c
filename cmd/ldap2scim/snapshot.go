package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"ldap2scim/checkpoints"
	"ldap2scim/configs"
	"ldap2scim/migrate"
	"ldap2scim/plan"
)

func (p *program) snapshotCommand() *cobra.Command {
	var opts migrate.SnapshotOptions
	cmd := &cobra.Command{
		Use:   "snapshot",
		Short: "Read the directory into the state file",
		Long: `Read the people, groups and units of the directory into the state file, with
the proof that all of them were read. On any error the state file is as it was.` +
			exitHelp(exitDone, exitFailed, exitLocked, exitInterrupted),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := p.load()
			if err != nil {
				return err
			}
			return p.snapshot(cmd.Context(), c, opts)
		},
	}
	cmd.Flags().BoolVar(&opts.AllowEmpty, "allow-empty", false, "accept a directory that shows no people")
	cmd.Flags().BoolVar(&opts.KeepIncomplete, "keep-incomplete", false, "keep a snapshot that was not read to its end; a plan from it takes nothing away")
	cmd.AddCommand(p.snapshotDiffCommand())
	return cmd
}

func (p *program) snapshot(ctx context.Context, c configs.Config, opts migrate.SnapshotOptions) error {
	src, err := openDirectory(ctx, c.Source)
	if err != nil {
		return err
	}
	err = p.writing(ctx, c, func(f *checkpoints.File) error {
		opts.Source = directoryName(c.Source)
		progress := p.progress(0)
		s, err := migrate.Snapshot(ctx, f, src, opts, progress.observe)
		progress.end()
		if err != nil {
			return err
		}
		fmt.Fprintln(p.out, sentence(s))
		return nil
	})
	return errors.Join(err, src.Close())
}

// sentence says what a snapshot holds.
func sentence(s checkpoints.Snapshot) string {
	text := fmt.Sprintf("Snapshot %s: %d people, %d groups, %d units", s.Digest.Short(), s.Entries[plan.Person], s.Entries[plan.Group], s.Entries[plan.Unit])
	if !s.Proof.Complete {
		return text + "; INCOMPLETE: " + plan.Printable(s.Proof.Why())
	}
	pages := 0
	for _, search := range s.Proof.Searches {
		pages += search.Pages
	}
	return fmt.Sprintf("%s; complete (%d searches read to their end, %d pages).", text, len(s.Proof.Searches), pages)
}
