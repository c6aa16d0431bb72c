package plan

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// WriteText shows a plan to a person: the counts first and last, then what
// must be known, what will be done, and at the end, where the eye stops, what
// needs leave by name.
func WriteText(w io.Writer, v View) error {
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "Plan %s\n", v.Digest.Short())
	fmt.Fprintf(b, "  from %s, read %s\n", Printable(v.Source), v.SnapshotTaken.UTC().Format(time.DateTime+"Z"))
	fmt.Fprintf(b, "  to   %s, read %s\n\n%s\n", Printable(v.Destination), v.InventoryTaken.UTC().Format(time.DateTime+"Z"), v.Summary.Sentence())
	if err := v.writeFindings(b); err != nil {
		return err
	}
	if err := v.writeSteps(b, "Steps", v.MostSteps, func(s Step) bool { return s.Hazard == "" }); err != nil {
		return err
	}
	for _, h := range Hazards() {
		title := "Needs --allow " + string(h)
		if err := v.writeSteps(b, title, 0, func(s Step) bool { return s.Hazard == h }); err != nil {
			return err
		}
	}
	fmt.Fprintf(b, "\n%s\n", v.Summary.Sentence())
	return b.Flush()
}

// Hazards returns all hazards in the order in which they are shown.
func Hazards() []Hazard {
	return []Hazard{
		HazardAdopt, HazardRemoveMembers, HazardDeactivate,
		HazardManyRemovals, HazardManyDeactivations, HazardManyBlocked, HazardShrunk, HazardSmall,
	}
}

// Sentence says what a plan comes to, in one line.
func (s Summary) Sentence() string {
	var parts []string
	for _, c := range Classes() {
		parts = append(parts, fmt.Sprintf("%d %s", s.Class(c), c.words()))
	}
	objects := s.Total(Person) + s.Total(Group) + s.Total(Unit)
	if s.Requests() == 0 {
		return fmt.Sprintf("No change: the destination is as the plan wants it. %s: %s.", count(objects, "object"), strings.Join(parts, ", "))
	}
	return fmt.Sprintf("Plan: %s of %s; %s.", strings.Join(parts, ", "), count(objects, "object"), count(s.Requests(), "request"))
}

func (c Class) words() string {
	switch c {
	case ToCreate, ToUpdate, ToAdopt, ToDeactivate:
		return "to " + string(c)
	}
	return string(c)
}

func (v View) writeFindings(b *bufio.Writer) error {
	total := v.Summary.Findings[Block] + v.Summary.Findings[Warn] + v.Summary.Findings[Note]
	if total == 0 {
		return nil
	}
	fmt.Fprintf(b, "\nFindings: %d block, %d warn, %d note\n", v.Summary.Findings[Block], v.Summary.Findings[Warn], v.Summary.Findings[Note])
	for _, severity := range []Severity{Block, Warn, Note} {
		shown, hidden := 0, 0
		for f, err := range v.Findings {
			switch {
			case err != nil:
				return fmt.Errorf("read findings: %w", err)
			case f.Severity != severity:
			case v.MostFindings > 0 && shown >= v.MostFindings:
				hidden++
			default:
				shown++
				fmt.Fprintf(b, "  %s\n", Printable(f.Text()))
			}
		}
		more(b, hidden, string(severity)+" findings", "ldap2scim show findings")
	}
	return nil
}

func more(b *bufio.Writer, n int, what, command string) {
	if n > 0 {
		fmt.Fprintf(b, "  … and %d more %s: %s\n", n, what, command)
	}
}

func (v View) writeSteps(b *bufio.Writer, title string, most int, keep func(Step) bool) error {
	shown, hidden := 0, 0
	for s, err := range v.Steps {
		switch {
		case err != nil:
			return fmt.Errorf("read steps: %w", err)
		case !keep(s):
			continue
		case most > 0 && shown >= most:
			hidden++
			continue
		case shown == 0:
			fmt.Fprintf(b, "\n%s\n", title)
		}
		shown++
		v.writeStep(b, s)
	}
	more(b, hidden, "steps", "ldap2scim show plan")
	return nil
}

// writeStep shows one step: what, why, and each field before and after.
func (v View) writeStep(b *bufio.Writer, s Step) {
	fmt.Fprintf(b, "  %c %-6s %s  (%s)\n", s.Action, s.Kind, Printable(s.Name), s.Reason)
	width := 0
	for path := range s.After {
		width = max(width, len(label(path)))
	}
	for path, after := range s.After.Sorted() {
		before, changed := s.Before[path]
		if changed {
			fmt.Fprintf(b, "      %-*s  %s → %s\n", width, label(path), quoted(before), quoted(after))
		} else {
			fmt.Fprintf(b, "      %-*s  %s\n", width, label(path), quoted(after))
		}
	}
	if len(s.Members) > 0 && s.Action == AddMembers {
		fmt.Fprintf(b, "      %s to add\n", count(len(s.Members), "member"))
		return
	}
	var names []string
	for _, id := range s.Members {
		names = append(names, Printable(v.NameOf(id)))
	}
	slices.Sort(names)
	for _, name := range names {
		fmt.Fprintf(b, "      − %s\n", name)
	}
}

// label shortens an extension's URN to what a person reads.
func label(path string) string {
	if strings.HasPrefix(path, "urn:") {
		return path[strings.LastIndex(path, ":")+1:] + " (" + extension(path) + ")"
	}
	return path
}

func extension(path string) string {
	urn := strings.TrimPrefix(path, "urn:ietf:params:scim:schemas:extension:")
	name, _, _ := strings.Cut(urn, ":")
	return name
}

func quoted(s string) string { return `"` + Printable(s) + `"` }
