package migrate

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"ldap2scim/plan"
)

// WriteText shows a report to a person. The sum comes last.
func (r Report) WriteText(w io.Writer) error {
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "Report on plan %s, made %s\n", r.Plan.Short(), r.PlanMade.UTC().Format(time.DateTime+"Z"))
	fmt.Fprintf(b, "  directory    %s\n", plan.Printable(r.Source))
	fmt.Fprintf(b, "  destination  %s, read back %s\n", plan.Printable(r.Destination), r.ReadBack.UTC().Format(time.DateTime+"Z"))
	if r.Incomplete != "" {
		fmt.Fprintf(b, "  the destination could not be read to its end: %s\n", plan.Printable(r.Incomplete))
	}
	fmt.Fprintf(b, "\n%-14s %8s %8s %8s\n", "", "people", "groups", "units")
	for _, c := range Classes() {
		if r.Class(c) > 0 {
			fmt.Fprintf(b, "%-14s %8d %8d %8d\n", c, r.Objects[plan.Person][c], r.Objects[plan.Group][c], r.Objects[plan.Unit][c])
		}
	}
	if n := r.Unexpected[plan.Person] + r.Unexpected[plan.Group]; n > 0 {
		fmt.Fprintf(b, "\nAt the destination and not in the directory, left alone: %d people, %d groups.\n", r.Unexpected[plan.Person], r.Unexpected[plan.Group])
	}
	if len(r.Rows) > 0 {
		fmt.Fprintln(b, "\nNot migrated:")
	}
	for _, row := range r.Rows {
		why := row.Why
		if row.Code != "" {
			why = string(row.Code) + " " + why
		}
		fmt.Fprintf(b, "  %-13s %-6s %s: %s\n", row.Class, row.Kind, plan.Printable(row.Name), plan.Printable(why))
		if row.Next != "" {
			fmt.Fprintf(b, "  %-13s → %s\n", "", row.Next)
		}
	}
	if len(r.Waived)+len(r.Attested) > 0 {
		fmt.Fprintln(b)
	}
	for _, code := range slices.Sorted(maps.Keys(r.Waived)) {
		fmt.Fprintf(b, "Check %s was waived: %s\n", code, plan.Printable(r.Waived[code]))
	}
	for _, a := range r.Attested {
		fmt.Fprintf(b, "Attested: %s, by %s, %s\n", plan.Printable(strings.TrimSpace(string(a.Of)+" "+a.Name)), plan.Printable(a.By), a.At.UTC().Format(time.DateTime+"Z"))
	}
	if len(r.Waves) > 0 {
		fmt.Fprintln(b)
	}
	for _, w := range r.Waves {
		found := "not all of it is as the plan wants it"
		if w.Reconciled {
			found = "reconciled; all of it is as the plan wants it"
		}
		fmt.Fprintf(b, "Wave %s: %s.\n", plan.Printable(w.Name), found)
	}
	fmt.Fprintf(b, "\n%s\n", r.Sentence)
	if r.Settled {
		fmt.Fprintln(b, "Everything that was planned is at the destination.")
	} else {
		fmt.Fprintln(b, "Not everything that was planned is at the destination: apply goes on; after that, plan again.")
	}
	return b.Flush()
}

// WriteJSON writes a report as one JSON object.
func (r Report) WriteJSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(r)
}
