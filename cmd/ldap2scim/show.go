package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"ldap2scim/checkpoints"
	"ldap2scim/configs"
	"ldap2scim/plan"
)

func (p *program) showCommand() *cobra.Command {
	var o showOptions
	cmd := &cobra.Command{
		Use:   "show [snapshot | plan | findings [CODE] | step ID | person KEY | run | failures]",
		Short: "Show a stored snapshot, plan, findings, step, person, run or failures again",
		Long: `Show again what the state file holds; without an argument, the newest plan. The
plan and the findings can be had for a spreadsheet and as a page too: the result
goes to standard output.

The failures are the steps that failed, each with the service's own words and what
to do next. A person is named by userName, email, DN, the directory's ID or the service's id.

  ldap2scim show person ada@example.com
  ldap2scim show plan --html > plan.html
  ldap2scim show plan --csv > plan.csv` + exitHelp(exitDone, exitFailed),
		Args:      cobra.MaximumNArgs(2),
		ValidArgs: []string{"snapshot", "plan", "findings", "step", "person", "run", "failures"},
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
	cmd.Flags().BoolVar(&o.all, "all", false, "every change, and not the first of each group")
	o.format.flags(cmd)
	return cmd
}

// showOptions are the flags of show, and its second argument.
type showOptions struct {
	which  string
	digest string
	all    bool
	format format
}

func (p *program) show(ctx context.Context, f *checkpoints.File, what string, o showOptions) error {
	if what != "plan" && what != "findings" && o.format != asText && o.format != asJSON {
		return &adviceError{what: fmt.Sprintf("show %s --%s: there is no such view", what, o.format), hint: "The plan and the findings have it; the rest is text or --json."}
	}
	if what == "snapshot" {
		return p.showSnapshot(ctx, f, o.format == asJSON)
	}
	stored, err := chosen(ctx, f, o.digest)
	if err != nil {
		return err
	}
	switch what {
	case "plan":
		narrow := short
		switch {
		case o.all:
			narrow = whole
		case o.format == asHTML:
			narrow = paged
		}
		return p.showPlan(ctx, f, stored, o.format, narrow)
	case "findings":
		return p.showFindings(ctx, f, stored, plan.Code(o.which), o.format)
	case "step":
		return p.showStep(ctx, f, stored, o.which, o.format == asJSON)
	case "person":
		return p.showPerson(ctx, f, stored, o.which, o.format == asJSON)
	case "run":
		return p.showRun(ctx, f, stored, o.format == asJSON)
	case "failures":
		return p.showFailures(ctx, f, stored, o.format == asJSON)
	}
	return &adviceError{what: fmt.Sprintf("show %s: there is no such thing", what), hint: "There are snapshot, plan, findings, step ID, person KEY, run and failures."}
}

func (p *program) showSnapshot(ctx context.Context, f *checkpoints.File, asJSON bool) error {
	s, err := f.LastSnapshot(ctx)
	if err != nil {
		return missing(err, "snapshot", "snapshot")
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

func (p *program) showRun(ctx context.Context, f *checkpoints.File, stored checkpoints.Plan, asJSON bool) error {
	last, err := f.LastRun(ctx, stored.ID)
	if err != nil {
		return missing(err, "run of this plan", "apply")
	}
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
