package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"ldap2scim/checkpoints"
	"ldap2scim/configs"
	"ldap2scim/migrate"
	"ldap2scim/plan"
)

func (p *program) showCommand() *cobra.Command {
	var o showOptions
	cmd := &cobra.Command{
		Use:   "show [snapshot | plan | findings [CODE] | step ID | person KEY | run | failures | report]",
		Short: "Show a stored snapshot, plan, findings, step, person, run, failures or report again",
		Long: `Show again what the state file holds; without an argument, the newest plan. The
plan, the findings and the report can be had for a spreadsheet and as a page too:
the result goes to standard output. With --redact, pseudonyms stand for names,
addresses and values.

The failures are the steps that failed, each with the service's own words and what
to do next. A person is named by userName, email, DN, the directory's ID or the service's id.

  ldap2scim show person ada@example.com
  ldap2scim show plan --html > plan.html
  ldap2scim show plan --csv > plan.csv` + exitHelp(exitDone, exitFailed),
		Args:      cobra.MaximumNArgs(2),
		ValidArgs: []string{"snapshot", "plan", "findings", "step", "person", "run", "failures", "report"},
		RunE: func(cmd *cobra.Command, args []string) error {
			what := "plan"
			if len(args) > 0 {
				what = args[0]
			}
			if len(args) > 1 {
				o.which = args[1]
			}
			ctx := cmd.Context()
			return p.reading(ctx, func(_ configs.Config, f *checkpoints.File) error {
				return p.show(ctx, f, what, o)
			})
		},
	}
	cmd.Flags().StringVar(&o.digest, "plan", "", "the plan with this digest, instead of the newest")
	cmd.Flags().BoolVar(&o.report.all, "all", false, "every change, and not the first of each group; of a report, those who went through too")
	o.report.format.flags(cmd)
	o.report.flags(cmd)
	return cmd
}

// showOptions are the flags of show, and its second argument.
type showOptions struct {
	which  string
	digest string
	// report has the flags that a report has too.
	report reportOptions
}

func (p *program) show(ctx context.Context, f *checkpoints.File, what string, o showOptions) error {
	if what != "plan" && what != "findings" && what != "report" && o.report.format != asText && o.report.format != asJSON {
		return &adviceError{what: fmt.Sprintf("show %s --%s: there is no such view", what, o.report.format), hint: "The plan, the findings and the report have it; the rest is text or --json."}
	}
	red, err := redaction(ctx, f, o.report.redact)
	if err != nil {
		return err
	}
	if what == "snapshot" {
		return p.showSnapshot(ctx, f, o.report.format == asJSON, red)
	}
	stored, err := chosen(ctx, f, o.digest)
	if err != nil {
		return err
	}
	switch what {
	case "plan":
		narrow := short
		switch {
		case o.report.all:
			narrow = whole
		case o.report.format == asHTML:
			narrow = paged
		}
		return p.showPlan(ctx, f, stored, o.report.format, func(v *plan.View) {
			narrow(v)
			*v = red.View(*v)
		})
	case "findings":
		return p.showFindings(ctx, f, stored, plan.Code(o.which), o.report.format, red)
	case "step":
		return p.showStep(ctx, f, stored, o.which, o.report.format == asJSON, red)
	case "person":
		return p.showPerson(ctx, f, stored, o.which, o.report.format == asJSON, red)
	case "run":
		return p.showRun(ctx, f, stored, o.report.format == asJSON, red)
	case "failures":
		return p.showFailures(ctx, f, stored, o.report.format == asJSON, red)
	case "report":
		return p.showReport(ctx, f, stored, o.report)
	}
	return &adviceError{what: fmt.Sprintf("show %s: there is no such thing", what), hint: "There are snapshot, plan, findings, step ID, person KEY, run, failures and report."}
}

func (p *program) showSnapshot(ctx context.Context, f *checkpoints.File, asJSON bool, red *plan.Redaction) error {
	s, err := f.LastSnapshot(ctx)
	if err != nil {
		return missing(err, "snapshot", "snapshot")
	}
	for i, search := range s.Proof.Searches {
		s.Proof.Searches[i].Request, s.Proof.Searches[i].Missing = red.Text(search.Request), red.Text(search.Missing)
	}
	if asJSON {
		return p.json(s)
	}
	fmt.Fprintf(p.out, "%s\nTaken %s from %s.\n", sentence(s), ago(s.Taken), plan.Printable(s.Source))
	for _, search := range s.Proof.Searches {
		fmt.Fprintf(p.out, "  %-7s %d entries, %d pages  %s\n", search.Name, search.Entries, search.Pages, plan.Printable(search.Request))
	}
	return nil
}

func (p *program) showRun(ctx context.Context, f *checkpoints.File, stored checkpoints.Plan, asJSON bool, red *plan.Redaction) error {
	last, err := f.LastRun(ctx, stored.ID)
	if err != nil {
		return missing(err, "run of this plan", "apply")
	}
	last.Outcome = migrate.OutcomeWithout(red, last.Outcome)
	if asJSON {
		return p.json(last)
	}
	fmt.Fprintf(p.out, "Run %d of plan %s, by version %s\n  began %s\n", last.ID, stored.Summary.Digest.Short(), last.Version, last.Started.Format(time.RFC3339))
	if !last.Ended.IsZero() {
		fmt.Fprintf(p.out, "  ended %s: %s\n", last.Ended.Format(time.RFC3339), plan.Printable(last.Outcome))
	}
	for line, err := range f.Failures(ctx, stored.ID) {
		if err != nil {
			return err
		}
		line = line.Without(red)
		fmt.Fprintf(p.out, "  failed: %s %s %s: %s\n", line.Step.Action.Word(), line.Step.Kind, plan.Printable(line.Step.Name), plan.Printable(line.Error))
		fmt.Fprintf(p.out, "          → %s\n", line.Failure.Remedy())
	}
	return nil
}

func prefixed(prefix, s string) string {
	if s == "" {
		return ""
	}
	return prefix + s
}

func (p *program) json(v any) error {
	enc := json.NewEncoder(p.out)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}
