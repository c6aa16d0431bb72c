package main

import (
	"context"
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"

	"ldap2scim/checkpoints"
	"ldap2scim/configs"
	"ldap2scim/migrate"
	"ldap2scim/plan"
)

// reportOptions are the flags of report, and those of show that are about one.
type reportOptions struct {
	format format
	all    bool
	since  int64
	redact bool
	check  bool
}

func (p *program) reportCommand() *cobra.Command {
	var o reportOptions
	cmd := &cobra.Command{
		Use:   "report",
		Short: "Read the destination back and reconcile",
		Long: `Read the destination back in full and say what became of every person, group
and unit of the snapshot. The classes add up to the snapshot. Who went through is
counted; --all lists them too, and --csv always does. The report is kept in the
state file: show report shows it again without asking the destination.

  ldap2scim report --html > report.html
  ldap2scim report --check            # for pipelines
  ldap2scim report --redact --json    # to be sent outside` +
			exitHelp(exitDone, exitFailed, exitPartly, exitLocked, exitInterrupted),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := p.load()
			if err != nil {
				return err
			}
			return p.report(cmd.Context(), c, o)
		},
	}
	o.format.flags(cmd)
	o.flags(cmd)
	cmd.Flags().BoolVar(&o.all, "all", false, "list those who went through too")
	cmd.Flags().BoolVar(&o.check, "check", false, "exit with 3 when anything is left to do")
	return cmd
}

// flags are those that show has too.
func (o *reportOptions) flags(cmd *cobra.Command) {
	cmd.Flags().Int64Var(&o.since, "since", 0, "of a report, only what changed after the run with this number")
	cmd.Flags().BoolVar(&o.redact, "redact", false, "with pseudonyms for names, addresses and values, to be sent outside")
}

func (p *program) report(ctx context.Context, c configs.Config, o reportOptions) error {
	if debug.SetMemoryLimit(-1) == softMemory { // GOMEMLIMIT says otherwise
		defer debug.SetMemoryLimit(debug.SetMemoryLimit(reportMemory))
	}
	defer collectLess()()
	return p.changing(ctx, c, func(f *checkpoints.File) error {
		stored, err := chosen(ctx, f, "")
		if err != nil {
			return err
		}
		if err := knownRun(ctx, f, o.since); err != nil {
			return err
		}
		numbers, err := compareTenants(ctx, c, f, stored)
		if err != nil {
			return err
		}
		var r migrate.Report
		err = p.readDestination(ctx, c, f, stored.Snapshot, func(dst opened, observe migrate.Observer) error {
			r, err = migrate.Reconcile(ctx, f, dst.Lister, stored, migrate.ReconcileOptions{Destination: c.DestinationName(), Version: version(), Numbers: numbers}, observe)
			return err
		})
		if err != nil {
			return err
		}
		if err := p.showReport(ctx, f, stored, o); err != nil {
			return err
		}
		if o.check && !r.Settled {
			return &partlyError{what: "not everything that was planned is at the destination"}
		}
		return nil
	})
}

// showReport shows the newest report on a plan.
func (p *program) showReport(ctx context.Context, f *checkpoints.File, stored checkpoints.Plan, o reportOptions) error {
	if err := knownRun(ctx, f, o.since); err != nil {
		return err
	}
	last, err := f.LastReport(ctx, stored.ID)
	if err != nil {
		return missing(err, "report on this plan", "report")
	}
	opts := migrate.ViewOptions{All: o.all || o.format == asCSV, Since: o.since}
	switch {
	case o.all:
	case o.format == asText:
		opts.Most = shownFindings
	case o.format == asHTML:
		opts.Most = pagedObjects
	}
	if opts.Redact, err = redaction(ctx, f, o.redact); err != nil {
		return err
	}
	v, err := migrate.Open(ctx, f, last, opts)
	if err != nil {
		return err
	}
	switch o.format {
	case asHTML:
		return v.WriteHTML(p.out)
	case asJSON:
		return v.WriteJSON(p.out)
	case asCSV:
		return v.WriteCSV(p.out)
	case asText:
	}
	return v.WriteText(p.out)
}

// redaction leaves names out where that is asked for.
func redaction(ctx context.Context, f *checkpoints.File, asked bool) (*plan.Redaction, error) {
	if !asked {
		return nil, nil //nolint:nilnil // nil shows names
	}
	key, err := f.Pseudonyms(ctx)
	if err != nil {
		return nil, err
	}
	return plan.NewRedaction(key), nil
}

// knownRun refuses a run that there never was.
func knownRun(ctx context.Context, f *checkpoints.File, run int64) error {
	if run == 0 {
		return nil
	}
	last, err := f.NewestRun(ctx)
	if err != nil {
		return err
	}
	if run < 0 || run > last {
		return &adviceError{what: fmt.Sprintf("there was no run %d", run), hint: "ldap2scim show report lists the plan's runs with their numbers."}
	}
	return nil
}
