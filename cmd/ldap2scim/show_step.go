package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"ldap2scim/checkpoints"
	"ldap2scim/plan"
)

// showStep shows everything that is known of one step; the beginning of its
// ID will do.
func (p *program) showStep(ctx context.Context, f *checkpoints.File, stored checkpoints.Plan, id string, asJSON bool, red *plan.Redaction) error {
	for line, err := range f.Journal(ctx, stored.ID) {
		if err != nil {
			return err
		}
		if id == "" || !strings.HasPrefix(string(line.Step.ID), id) {
			continue
		}
		nameOf := f.NameOf(ctx, stored.ID)
		if red != nil {
			line, nameOf = line.Without(red), red.NameOf
		}
		if asJSON {
			return p.json(line)
		}
		if err := plan.WriteStep(p.out, line.Step, nameOf); err != nil {
			return err
		}
		writeState(p.out, "  ", line)
		return nil
	}
	return &adviceError{what: fmt.Sprintf("plan %s has no step %q", stored.Summary.Digest.Short(), id), hint: "The IDs are in ldap2scim show plan --json."}
}

// writeState says what became of a step.
func writeState(w io.Writer, indent string, l checkpoints.Line) {
	s := string(l.State)
	if l.Attempts > 0 {
		s += " after " + attempts(l.Attempts)
	}
	if !l.At.IsZero() {
		s += ", " + l.At.UTC().Format("2006-01-02 15:04:05Z")
	}
	if l.Outcome.RemoteID != "" {
		s += ", remote id " + string(l.Outcome.RemoteID)
	}
	fmt.Fprintf(w, "%sjournal: %s\n", indent, plan.Printable(s+prefixed(": ", l.Error)))
}

func attempts(n int) string {
	if n == 1 {
		return "1 attempt"
	}
	return fmt.Sprintf("%d attempts", n)
}
