package plan_test

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"

	"ldap2scim/plan"
)

func TestCSV(t *testing.T) {
	t.Parallel()
	w := showcase()
	var b bytes.Buffer
	if err := plan.WriteCSV(&b, w.view()); err != nil {
		t.Fatal(err)
	}
	golden(t, "plan.csv", b.Bytes())
	lines := readCSV(t, b.Bytes())
	if got := len(lines) - 1; got != len(w.decisions) {
		t.Errorf("%d lines for %d objects", got, len(w.decisions))
	}
	b.Reset()
	if err := plan.WriteFindingsCSV(&b, w.view().Findings); err != nil {
		t.Fatal(err)
	}
	golden(t, "findings.csv", b.Bytes())
	if got := len(readCSV(t, b.Bytes())) - 1; got != len(w.findings) {
		t.Errorf("%d lines for %d findings", got, len(w.findings))
	}
}

// readCSV reads what a spreadsheet reads, and sees that no cell begins as a
// formula does.
func readCSV(t testing.TB, text []byte) [][]string {
	t.Helper()
	lines, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, cells := range lines {
		for _, c := range cells {
			if strings.HasPrefix(strings.TrimLeft(c, " "), "=") || strings.IndexAny(c, "+-@\t\r\n") == 0 || strings.ContainsAny(c, "\x00\x1b\u202e") {
				t.Errorf("a cell that does something: %.80q", c)
			}
		}
	}
	return lines
}

// FuzzCSV: whatever a value is, it is one cell, and no formula.
func FuzzCSV(f *testing.F) {
	for _, s := range hostile() {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, name, value string) {
		w := newWritten()
		d := w.object(plan.Person, "p", name, plan.ToUpdate, "")
		w.step(d, plan.Step{Action: plan.Update, Before: plan.Fields{custom: name}, After: plan.Fields{custom: value, value: name}})
		var b bytes.Buffer
		if err := plan.WriteCSV(&b, w.view()); err != nil {
			t.Fatal(err)
		}
		if lines := readCSV(t, b.Bytes()); len(lines) != 2 || len(lines[1]) != len(lines[0]) {
			t.Errorf("%d lines", len(lines))
		}
	})
}
