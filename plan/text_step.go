package plan

import (
	"bufio"
	"fmt"
	"io"

	"ldap2scim/internal/views"
)

// WriteStep shows everything of one step to a person. nameOf returns what a
// person calls a source object.
func WriteStep(w io.Writer, s Step, nameOf func(ExternalID) string) error {
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "%c %s %s %s\n", s.Action, s.Action.Word(), s.Kind, views.Brief(s.Name))
	for _, line := range []struct{ what, value string }{
		{"step", string(s.ID)},
		{"why", string(s.Reason)},
		{"needs", hazardOption(s.Hazard)},
		{"wave", s.Wave},
		{"external ID", string(s.Object)},
		{"remote id", string(s.Remote)},
		{"version", s.Version},
	} {
		if line.value != "" {
			fmt.Fprintf(b, "  %-11s  %s\n", line.what, views.Brief(line.value))
		}
	}
	if len(s.After)+len(s.Clear) > 0 {
		fmt.Fprintln(b, "  fields")
		WriteFields(b, "    ", s.Before, s.After)
	}
	if len(s.Members) > 0 {
		fmt.Fprintf(b, "  %s\n", views.Amount(len(s.Members), "member"))
		for _, id := range s.Members {
			fmt.Fprintf(b, "    %s  %s\n", views.Brief(string(id)), views.Brief(nameOf(id)))
		}
	}
	return b.Flush()
}

func hazardOption(h Hazard) string {
	if h == "" {
		return ""
	}
	return "--allow " + string(h)
}

// WriteFields shows fields in a column, each before, where it was otherwise,
// and after.
func WriteFields(w io.Writer, indent string, before, after Fields) {
	for _, line := range fieldLines(before, after) {
		fmt.Fprintf(w, "%s%s\n", indent, line)
	}
}
