package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"ldap2scim/checkpoints"
	"ldap2scim/configs"
	"ldap2scim/plan"
)

func (p *program) runbookCommand() *cobra.Command {
	var asPage bool
	var digest string
	cmd := &cobra.Command{
		Use:   "runbook",
		Short: "Write what people must do around this plan: a checklist with the exact values to type",
		Long: `Write a checklist for the newest plan, as Markdown or as one HTML page: what must
be set where, in which order, with the exact values to type; the mapping table and
the groups to assign for those whose Entra side is done by hand; and boxes to tick
that correspond to attest. It writes to nobody.

  ldap2scim runbook > runbook.md
  ldap2scim runbook --html > runbook.html` + exitHelp(exitDone, exitFailed),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.reading(cmd.Context(), func(_ configs.Config, f *checkpoints.File) error {
				return p.runbook(cmd.Context(), f, digest, asPage)
			})
		},
	}
	cmd.Flags().BoolVar(&asPage, "html", false, "as one HTML page that needs no other file and no network")
	cmd.Flags().StringVar(&digest, "plan", "", "for the plan with this digest (its beginning will do)")
	return cmd
}

func (p *program) runbook(ctx context.Context, f *checkpoints.File, digest string, asPage bool) error {
	stored, err := chosen(ctx, f, digest)
	if err != nil {
		return err
	}
	v, err := view(ctx, f, stored)
	if err != nil {
		return err
	}
	said, err1 := f.Attestations(ctx)
	seen, err2 := f.Evidence(ctx)
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	v.Prerequisites = v.Standings(said, seen) // the boxes are those of today
	var records plan.Records
	if stored.Tenant != 0 {
		t, err := f.Tenant(ctx, stored.Tenant)
		if err != nil {
			return err
		}
		records = t.Records
	}
	book, err := plan.MakeRunbook(v, stored.Rules, records)
	if err != nil {
		return err
	}
	if asPage {
		return book.WriteHTML(p.out)
	}
	return book.WriteMarkdown(p.out)
}
