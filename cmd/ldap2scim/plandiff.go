package main

import (
	"errors"

	"github.com/spf13/cobra"

	"ldap2scim/checkpoints"
	"ldap2scim/configs"
	"ldap2scim/plan"
)

func (p *program) planDiffCommand() *cobra.Command {
	var asJSON, all bool
	cmd := &cobra.Command{
		Use:   "diff A B",
		Short: "Say what is otherwise in plan B than in plan A",
		Long: `Compare two stored plans, each named by the beginning of its digest: which
people and groups are new, gone, in another class or with other values, and how
many steps are gone and new.` + exitHelp(exitDone, exitFailed),
		Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			return p.reading(ctx, func(_ configs.Config, f *checkpoints.File) error {
				a, err1 := chosen(ctx, f, args[0])
				b, err2 := chosen(ctx, f, args[1])
				if err := errors.Join(err1, err2); err != nil {
					return err
				}
				was, err1 := view(ctx, f, a)
				is, err2 := view(ctx, f, b)
				if err := errors.Join(err1, err2); err != nil {
					return err
				}
				if asJSON {
					return plan.WriteDifferencesJSON(p.out, was, is)
				}
				most := shownHazards
				if all {
					most = 0
				}
				return plan.WriteDifferences(p.out, was, is, most)
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON, which is always all of it")
	cmd.Flags().BoolVar(&all, "all", false, "every object, and not the first of each sort")
	return cmd
}
