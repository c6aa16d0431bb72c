package main

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"ldap2scim/checkpoints"
	"ldap2scim/configs"
	"ldap2scim/plan"
)

func (p *program) showCommand() *cobra.Command {
	var digest string
	var asJSON, all bool
	cmd := &cobra.Command{
		Use:       "show [snapshot | plan | findings [CODE] | step ID | run]",
		Short:     "Show a stored snapshot, plan, findings, step or run again",
		Long:      "Show again what the state file holds; without an argument, the newest plan." + exitHelp(exitDone, exitFailed),
		Args:      cobra.MaximumNArgs(2),
		ValidArgs: []string{"snapshot", "plan", "findings", "step", "run"},
		RunE: func(cmd *cobra.Command, args []string) error {
			what, which := "plan", ""
			if len(args) > 0 {
				what = args[0]
			}
			if len(args) > 1 {
				which = args[1]
			}
			ctx := cmd.Context()
			return p.reading(ctx, func(_ configs.Config, f *checkpoints.File) error {
				narrow := short
				if all {
					narrow = whole
				}
				return p.show(ctx, f, what, which, digest, asJSON, narrow)
			})
		},
	}
	cmd.Flags().StringVar(&digest, "plan", "", "the plan with this digest, instead of the newest")
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON, which is always all of it")
	cmd.Flags().BoolVar(&all, "all", false, "every change, and not the first of each group")
	return cmd
}

func (p *program) show(ctx context.Context, f *checkpoints.File, what, which, digest string, asJSON bool, narrow func(*plan.View)) error {
	if what == "snapshot" {
		return p.showSnapshot(ctx, f, asJSON)
	}
	stored, err := chosen(ctx, f, digest)
	if err != nil {
		return err
	}
	switch what {
	case "plan":
		return p.showPlan(ctx, f, stored, asJSON, narrow)
	case "findings":
		return p.showFindings(ctx, f, stored, plan.Code(which), asJSON)
	case "step":
		return p.showStep(ctx, f, stored, which, asJSON)
	case "run":
		return p.showRun(ctx, f, stored, asJSON)
	}
	return &adviceError{what: fmt.Sprintf("show %s: there is no such thing", what), hint: "There are snapshot, plan, findings, step ID and run."}
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

// showFindings shows all findings, or those with one code.
func (p *program) showFindings(ctx context.Context, f *checkpoints.File, stored checkpoints.Plan, code plan.Code, asJSON bool) error {
	found := only(f.Findings(ctx, stored.ID), code)
	if !asJSON {
		return plan.WriteFindings(p.out, found, 0)
	}
	for v, err := range found {
		if err != nil {
			return err
		}
		if err := p.json(v); err != nil {
			return err
		}
	}
	return nil
}

// only keeps the findings with one code, all when there is none.
func only(all iter.Seq2[plan.Finding, error], code plan.Code) iter.Seq2[plan.Finding, error] {
	return func(yield func(plan.Finding, error) bool) {
		for v, err := range all {
			if (err != nil || code == "" || v.Code == code) && !yield(v, err) {
				return
			}
		}
	}
}

// showStep shows everything that is known of one step; the beginning of its
// ID will do.
func (p *program) showStep(ctx context.Context, f *checkpoints.File, stored checkpoints.Plan, id string, asJSON bool) error {
	for line, err := range f.Journal(ctx, stored.ID) {
		if err != nil {
			return err
		}
		if id == "" || !strings.HasPrefix(string(line.Step.ID), id) {
			continue
		}
		if asJSON {
			return p.json(line)
		}
		body, err := json.MarshalIndent(line.Step, "", "  ")
		if err != nil {
			return fmt.Errorf("encode step %s: %w", line.Step.ID, err)
		}
		fmt.Fprintf(p.out, "%s\n%s after %d attempts%s\n", plan.Printable(string(body)), line.State, line.Attempts, plan.Printable(prefixed(": ", line.Error)))
		return nil
	}
	return &adviceError{what: fmt.Sprintf("plan %s has no step %q", stored.Summary.Digest.Short(), id), hint: "The IDs are in ldap2scim show plan --json."}
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
	for line, err := range f.Journal(ctx, stored.ID) {
		if err != nil {
			return err
		}
		if line.State == checkpoints.Failed {
			fmt.Fprintf(p.out, "  failed: %s %s %s: %s\n", line.Step.Action.Word(), line.Step.Kind, plan.Printable(line.Step.Name), plan.Printable(line.Error))
		}
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
