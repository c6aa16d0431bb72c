package main

import (
	"context"
	"fmt"
	"io"

	"ldap2scim/checkpoints"
	"ldap2scim/plan"
)

// failure is a step that failed, with what to do next.
type failure struct {
	checkpoints.Line
	Next string `json:"next"`
}

// showFailures shows the steps of a plan that failed: those that failed alike
// together, with what to do about them.
func (p *program) showFailures(ctx context.Context, f *checkpoints.File, stored checkpoints.Plan, asJSON bool, red *plan.Redaction) error {
	byWhat := map[plan.Failure][]checkpoints.Line{}
	n := 0
	for line, err := range f.Failures(ctx, stored.ID) {
		if err != nil {
			return err
		}
		line = line.Without(red)
		if asJSON {
			if err := p.json(failure{line, line.Failure.Remedy()}); err != nil {
				return err
			}
			continue
		}
		n++
		byWhat[line.Failure] = append(byWhat[line.Failure], line)
	}
	if asJSON {
		return nil
	}
	if n == 0 {
		fmt.Fprintf(p.out, "No step of plan %s has failed.\n", stored.Summary.Digest.Short())
		return nil
	}
	fmt.Fprintf(p.out, "Failed steps of plan %s: %d of %d.\n", stored.Summary.Digest.Short(), n, stored.Summary.Requests())
	for _, what := range append(plan.Failures(), "") { // "": recorded by an older version
		if lines := byWhat[what]; len(lines) > 0 {
			writeFailures(p.out, what, lines)
		}
	}
	return nil
}

func writeFailures(w io.Writer, what plan.Failure, lines []checkpoints.Line) {
	fmt.Fprintf(w, "\n%s: %d (%s)\n  → %s\n", what.Sentence(), len(lines), what.Word(), what.Remedy())
	for _, l := range lines {
		fmt.Fprintf(w, "  %c %s %s %s\n", l.Step.Action, l.Step.Action.Word(), l.Step.Kind, show(l.Step.Name))
		fmt.Fprintf(w, "      after %s: %s\n", attempts(l.Attempts), show(l.Error))
	}
}
