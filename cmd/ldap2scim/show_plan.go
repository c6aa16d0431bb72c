package main

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/spf13/cobra"

	"ldap2scim/checkpoints"
	"ldap2scim/plan"
)

// format is how a result is written.
type format string

const (
	asText format = ""
	asJSON format = "json"
	asCSV  format = "csv"
	asHTML format = "html"
)

// flags gives a command one flag for each format but text.
func (f *format) flags(cmd *cobra.Command) {
	for _, one := range []struct {
		format format
		usage  string
	}{
		{asJSON, "as JSON, which is always all of a plan"},
		{asCSV, "for a spreadsheet: one line for each object"},
		{asHTML, "as one HTML page that needs no other file and no network"},
	} {
		cmd.Flags().BoolFunc(string(one.format), one.usage, func(string) error {
			if *f != asText && *f != one.format {
				return fmt.Errorf("it is --%s already", *f)
			}
			*f = one.format
			return nil
		})
	}
}

// What a command shows of a plan, unless it is asked for all of it.
const (
	shownSteps    = 5
	shownHazards  = 20
	shownFindings = 10
	pagedObjects  = 10000 // of one sort, on a page
)

// short shows the first of each group.
func short(v *plan.View) {
	v.MostSteps, v.MostHazards, v.MostFindings = shownSteps, shownHazards, shownFindings
}

// whole shows everything.
func whole(*plan.View) {}

// paged shows what a page holds and a browser bears.
func paged(v *plan.View) {
	v.MostSteps, v.MostHazards, v.MostFindings, v.MostRows, v.MostExceptions = 100, 1000, pagedObjects, 100, 20000
}

// showPlan writes a stored plan to standard output.
func (p *program) showPlan(ctx context.Context, f *checkpoints.File, stored checkpoints.Plan, as format, narrow func(*plan.View)) error {
	v, err := view(ctx, f, stored)
	if err != nil {
		return err
	}
	narrow(&v)
	switch as {
	case asHTML:
		return plan.WriteHTML(p.out, v)
	case asJSON:
		return plan.WriteJSON(p.out, v)
	case asCSV:
		return plan.WriteCSV(p.out, v)
	case asText:
	}
	return plan.WriteText(p.out, v)
}

// view is a stored plan as the views of package plan take it.
func view(ctx context.Context, f *checkpoints.File, stored checkpoints.Plan) (plan.View, error) {
	snap, err1 := f.Snapshot(ctx, stored.Snapshot)
	inv, err2 := f.Inventory(ctx, stored.Inventory)
	return plan.View{
		Summary: stored.Summary, SnapshotTaken: snap.Taken, InventoryTaken: inv.Taken, Source: snap.Source, Destination: inv.Destination,
		Findings: f.Findings(ctx, stored.ID), Steps: f.Steps(ctx, stored.ID), Decisions: f.Decisions(ctx, stored.ID),
		Rows: f.Rows(ctx, stored.ID), NameOf: f.NameOf(ctx, stored.ID),
	}, errors.Join(err1, err2)
}

// showFindings shows all findings, or those with one code.
func (p *program) showFindings(ctx context.Context, f *checkpoints.File, stored checkpoints.Plan, code plan.Code, as format, red *plan.Redaction) error {
	found := plan.Each(only(f.Findings(ctx, stored.ID), code), red.Finding)
	switch as {
	case asHTML:
		v, err := view(ctx, f, stored)
		if err != nil {
			return err
		}
		v = red.View(v)
		v.Findings = found
		return plan.WriteFindingsHTML(p.out, v)
	case asText:
		return plan.WriteFindings(p.out, found, 0)
	case asCSV:
		return plan.WriteFindingsCSV(p.out, found)
	case asJSON:
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
