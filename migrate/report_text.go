package migrate

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"ldap2scim/internal/views"
	"ldap2scim/plan"
)

// WriteText shows a report to a person: what is left with what to do, what was
// left out, the evidence, and the sum last.
func (v View) WriteText(w io.Writer) error {
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "Report on plan %s, made %s\n", v.Plan.Short(), views.Moment(v.PlanMade))
	if v.Undoes != nil {
		fmt.Fprintf(b, "  undoes plan %s\n", v.Undoes.Words())
	}
	fmt.Fprintf(b, "  directory    %s, read %s\n", views.Brief(v.Source), views.Moment(v.SnapshotTaken))
	fmt.Fprintf(b, "  destination  %s, read back %s\n", views.Brief(v.Destination), views.Moment(v.ReadBack))
	if v.Incomplete != "" {
		fmt.Fprintf(b, "  the destination could not be read to its end: %s\n", views.Brief(v.Incomplete))
	}
	v.writeCounts(b)
	if err := v.writeLines(b); err != nil {
		return err
	}
	if err := v.writeForeigners(b); err != nil {
		return err
	}
	for _, n := range v.Numbers {
		writeNumbers(b, n)
	}
	if len(v.Waves) > 0 {
		b.WriteByte('\n')
	}
	for _, w := range v.Waves {
		fmt.Fprintf(b, "Wave %s: %s.\n", views.Brief(w.Name), w.found())
	}
	v.writeEvidence(b)
	fmt.Fprintf(b, "\n%s\n%s\n", v.Sentence, v.verdict())
	return b.Flush()
}

// writeCounts shows the objects by class and kind.
func (v View) writeCounts(b *bufio.Writer) {
	fmt.Fprintf(b, "\n%-14s", "")
	for _, name := range []string{"people", "groups", "units"} {
		fmt.Fprintf(b, " %11s", name)
	}
	b.WriteByte('\n')
	line := func(name string, n func(plan.Kind) int) {
		fmt.Fprintf(b, "%-14s", name)
		for _, k := range kinds() {
			fmt.Fprintf(b, " %11s", views.Digits(n(k)))
		}
		b.WriteByte('\n')
	}
	for _, c := range Classes() {
		if v.Class(c) > 0 {
			line(string(c), func(k plan.Kind) int { return v.Objects[k][c] })
		}
	}
	line("in all", func(k plan.Kind) int { return v.InSnapshot[k] })
	for _, c := range Classes() {
		if n := v.Set[c]; n > 0 {
			fmt.Fprintf(b, "%s: %s\n", views.Amount(n, "setting"), c)
		}
	}
	if v.Since > 0 {
		fmt.Fprintf(b, "\n%s\n", views.Wrapped(v.changes(), "  ", 0))
	}
}

// changes says what changed since a run.
func (v View) changes() string {
	var parts []string
	for _, c := range Classes() {
		if n := v.Changed[c]; n > 0 {
			parts = append(parts, views.Digits(n)+" "+string(c))
		}
	}
	if parts == nil {
		parts = []string{"nothing has changed"}
	}
	return fmt.Sprintf("Since run %d: %s.", v.Since, strings.Join(parts, ", "))
}

// writeLines shows the objects, what is left first.
func (v View) writeLines(b *bufio.Writer) error {
	all, err := v.topics()
	if err != nil {
		return err
	}
	for _, part := range []struct {
		title   string
		classes []Class
	}{{"Left to do", left()}, {"Left out by the plan", leftOut()}, {"As the plan wants them", through()}} {
		some := all.of(part.classes)
		if len(some) == 0 {
			continue
		}
		fmt.Fprintf(b, "\n%s\n", part.title)
		for _, t := range some {
			if err := v.writeTopic(b, all, t); err != nil {
				return err
			}
		}
	}
	return nil
}

func (v View) writeTopic(b *bufio.Writer, all topics, t topic) error {
	const indent = "                     "
	fmt.Fprintf(b, "  %-13s %-4s %s\n", t.class, t.code, views.Wrapped(views.Long(all.title(t)), indent, len(indent)))
	if remedy := all.about[t].remedy; remedy != "" {
		fmt.Fprintf(b, "%s→ %s\n", indent, views.Wrapped(views.Long(remedy), indent+"  ", len(indent)+2))
	}
	for l, err := range all.Shown(t) {
		if err != nil {
			return fmt.Errorf("read the report: %w", err)
		}
		v.writeLine(b, indent, all.own(t, l))
	}
	if n := all.Hidden(t); n > 0 {
		fmt.Fprintf(b, "%s… and %s more: ldap2scim show report --all\n", indent, views.Digits(n))
	}
	return nil
}

func (v View) writeLine(b *bufio.Writer, indent string, l Line) {
	name := views.Brief(l.Name)
	rest := ""
	for _, part := range []string{l.Why, l.tried()} {
		if part != "" {
			rest += ", " + views.Long(part)
		}
	}
	if rest != "" {
		rest = ":" + rest[1:]
	}
	fmt.Fprintf(b, "%s%s%s\n", indent, name, views.Wrapped(rest, indent+"    ", len(indent)+utf8.RuneCountInString(name)))
	if l.Remedy != "" {
		fmt.Fprintf(b, "%s  → %s\n", indent, views.Wrapped(views.Long(l.Remedy), indent+"    ", len(indent)+4))
	}
	for _, d := range l.Differences {
		fmt.Fprintf(b, "%s  %s is %s, should be %s\n", indent, plan.Label(d.Attribute), quoted(d.Is), quoted(d.Wants))
	}
	for _, m := range []struct {
		what string
		ids  []plan.ExternalID
	}{{"missing", l.Absent}, {"too many", l.Extra}} {
		if len(m.ids) > 0 {
			fmt.Fprintf(b, "%s  %s: %s\n", indent, m.what, views.Wrapped(v.names(m.ids), indent+"    ", len(indent)+4+len(m.what)))
		}
	}
}

func quoted(s string) string { return `"` + views.Brief(s) + `"` }

// names names the first of a list.
func (v View) names(ids []plan.ExternalID) string {
	const most = 20
	var names []string
	for _, id := range ids[:min(most, len(ids))] {
		names = append(names, views.Brief(v.NameOf(id)))
	}
	slices.Sort(names)
	s := strings.Join(names, ", ")
	if n := len(ids) - most; n > 0 {
		s += " and " + views.Digits(n) + " more"
	}
	return s
}

// writeForeigners lists what is at the destination alone.
func (v View) writeForeigners(b *bufio.Writer) error {
	for _, k := range kinds() {
		n := v.Unexpected[k]
		if n == 0 {
			continue
		}
		fmt.Fprintf(b, "\nUnexpected: %s at the destination and not in the directory, left alone\n", amountOf(k, n))
		shown := 0
		for f, err := range v.Foreigners(k) {
			if err != nil {
				return fmt.Errorf("read the report: %w", err)
			}
			if shown++; v.Most > 0 && shown > v.Most {
				fmt.Fprintf(b, "  … and %s more: ldap2scim show report --all\n", views.Digits(n-v.Most))
				break
			}
			fmt.Fprintf(b, "  %s  %s\n", views.Brief(f.Name), views.Brief(string(f.Remote)))
		}
	}
	return nil
}

func writeNumbers(b *bufio.Writer, n Numbers) {
	fmt.Fprintf(b, "\n%s\n", views.Brief(n.Title))
	if n.Text != "" {
		fmt.Fprintf(b, "  %s\n", views.Wrapped(views.Brief(n.Text), "  ", 2))
	}
	writeTable(b, n.Columns, n.Lines)
}

// writeTable writes a table whose first column is text.
func writeTable(b *bufio.Writer, columns []string, lines [][]string) {
	wide := make([]int, len(columns))
	all := append([][]string{columns}, lines...)
	for _, line := range all {
		for i, cell := range line[:min(len(line), len(wide))] {
			wide[i] = max(wide[i], utf8.RuneCountInString(views.Brief(cell)))
		}
	}
	for _, line := range all {
		for i, cell := range line[:min(len(line), len(wide))] {
			width := wide[i]
			if i == 0 {
				width = -width
			}
			fmt.Fprintf(b, "  %*s", width, views.Brief(cell))
		}
		b.WriteByte('\n')
	}
}

// found says whether a wave is reconciled.
func (w Wave) found() string {
	if w.Reconciled {
		return "reconciled; all of it is as the plan wants it"
	}
	return "not all of it is as the plan wants it"
}

// writeEvidence says what the report can be held against.
func (v View) writeEvidence(b *bufio.Writer) {
	b.WriteString("\nEvidence\n")
	for _, e := range v.evidence() {
		fmt.Fprintf(b, "  %-14s %s\n", e[0], views.Wrapped(e[1], "                 ", 17))
	}
	for _, code := range slices.Sorted(maps.Keys(v.Waived)) {
		fmt.Fprintf(b, "Check %s was waived: %s\n", code, views.Brief(v.Waived[code]))
	}
	for _, a := range v.Attested {
		fmt.Fprintf(b, "Attested: %s\n", attested(a))
	}
}

func attested(a plan.Attestation) string {
	s := fmt.Sprintf("%s, by %s, %s", views.Brief(strings.TrimSpace(string(a.Of)+" "+a.Name)), views.Brief(a.By), views.Moment(a.At))
	if a.Evidence != "" {
		s += ", evidence " + views.Brief(a.Evidence) + " " + string(a.Digest)
	}
	return s
}

// evidence is what was used and done, as pairs of a name and what it is.
func (v View) evidence() [][2]string {
	all := [][2]string{
		{"snapshot", string(v.Snapshot)},
		{"configuration", string(v.Settings)},
		{"plan", string(v.Plan)},
		{"read back", string(v.Inventory) + ", in " + views.Amount(v.Pages, "request")},
		{"reported by", "version " + v.Version},
	}
	for _, r := range v.Runs {
		all = append(all, [2]string{"run " + strconv.FormatInt(r.ID, 10), r.words()})
	}
	return append(all, [2]string{"before-images", views.Amount(v.BeforeImages, "change") + " of what was there, to be put back by a rollback"})
}

// words says what one run did.
func (r Run) words() string {
	s := fmt.Sprintf("%s, version %s, from %s", r.Digest.Short(), r.Version, views.Moment(r.Started))
	switch {
	case r.Ended.IsZero():
		s += ", which did not record its end"
	default:
		s += fmt.Sprintf(" to %s: %s", views.Moment(r.Ended), views.Brief(r.Outcome))
	}
	s += fmt.Sprintf("; %s done, %s failed", views.Digits(r.Done), views.Digits(r.Failed))
	all, retries := r.Requests()
	if all == 0 {
		return s
	}
	var kinds []string
	for _, sent := range r.Sent {
		kinds = append(kinds, fmt.Sprintf("%s %s", views.Digits(sent.Requests), sentWords(sent.Action, sent.Kind)))
	}
	s += fmt.Sprintf("; %s (%s), %s", views.Amount(all, "request"), strings.Join(kinds, ", "), again(retries))
	return s + fmt.Sprintf("; asked to slow down %s, %.0f s waited", times(r.Throttled), r.Waited)
}

// again says how many of the requests were not the first.
func again(n int) string { return views.Digits(n) + " of them again" }

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return views.Digits(n) + " times"
}
