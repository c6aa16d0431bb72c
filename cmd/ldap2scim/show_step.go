package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"ldap2scim/checkpoints"
	"ldap2scim/plan"
)

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
