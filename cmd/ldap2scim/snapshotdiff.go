package main

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"strings"

	"github.com/spf13/cobra"

	"ldap2scim/checkpoints"
	"ldap2scim/configs"
	"ldap2scim/plan"
)

func (p *program) snapshotDiffCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "diff [A B]",
		Short: "Say what moved in the directory between two snapshots",
		Long: `Say which people, groups and units were added, removed, renamed or changed
between snapshot A and the later snapshot B, named by the beginning of their
digests; without names, between the two newest.` + exitHelp(exitDone, exitFailed),
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 0 && len(args) != 2 {
				return &adviceError{what: "snapshot diff takes two snapshots, or none for the two newest", hint: "Name them by the beginning of their digests."}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			return p.reading(ctx, func(_ configs.Config, f *checkpoints.File) error {
				a, b, err := twoSnapshots(ctx, f, args)
				if err != nil {
					return err
				}
				return p.snapshotDiff(ctx, f, a, b, asJSON)
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON lines")
	return cmd
}

func twoSnapshots(ctx context.Context, f *checkpoints.File, args []string) (a, b checkpoints.Snapshot, err error) {
	if len(args) == 0 {
		if b, err = f.LastSnapshot(ctx); err == nil {
			a, err = f.SnapshotBefore(ctx, b.ID)
		}
		return a, b, missing(err, "second snapshot to compare with", "snapshot")
	}
	if a, err = f.SnapshotByDigest(ctx, args[0]); err != nil {
		return a, b, missing(err, "snapshot "+args[0], "snapshot")
	}
	b, err = f.SnapshotByDigest(ctx, args[1])
	return a, b, missing(err, "snapshot "+args[1], "snapshot")
}

func (p *program) snapshotDiff(ctx context.Context, f *checkpoints.File, a, b checkpoints.Snapshot, asJSON bool) error {
	counts := map[plan.Move]int{}
	show := func(m plan.Moved) error {
		counts[m.Move]++
		if asJSON {
			line, err := json.Marshal(m)
			if err != nil {
				return fmt.Errorf("encode %s: %w", m.ID, err)
			}
			fmt.Fprintf(p.out, "%s\n", line)
			return nil
		}
		text := fmt.Sprintf("%-7s %-6s %s", m.Move, m.Kind, m.DN)
		if m.Was != "" {
			text += ", was " + m.Was
		}
		if len(m.Attributes) > 0 {
			text += " (" + strings.Join(m.Attributes, ", ") + ")"
		}
		fmt.Fprintln(p.out, plan.Printable(text))
		return nil
	}
	for _, k := range []plan.Kind{plan.Person, plan.Group, plan.Unit} {
		if err := plan.CompareEntries(entries(ctx, f, a, k), entries(ctx, f, b, k), show); err != nil {
			return err
		}
	}
	if !asJSON {
		fmt.Fprintf(p.out, "From snapshot %s to %s: %d added, %d removed, %d renamed, %d changed.\n", a.Digest.Short(), b.Digest.Short(),
			counts[plan.MoveAdded], counts[plan.MoveRemoved], counts[plan.MoveRenamed], counts[plan.MoveChanged])
	}
	return nil
}

// entries yields a snapshot's entries of one kind, groups with their members.
func entries(ctx context.Context, f *checkpoints.File, s checkpoints.Snapshot, k plan.Kind) iter.Seq2[plan.Entry, error] {
	if k == plan.Group {
		return f.Groups(ctx, s.ID)
	}
	return f.Entries(ctx, s.ID)(k)
}
