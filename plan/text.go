package plan

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"ldap2scim/internal/views"
)

// WriteText shows a plan to a person: the counts first and last, then what
// must be known, what will be done, and at the end, where the eye stops, what
// needs leave by name.
func WriteText(w io.Writer, v View) error {
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "Plan %s\n", v.Digest.Short())
	if v.Undoes != nil {
		fmt.Fprintf(b, "  undoes plan %s\n", v.Undoes.Words())
	}
	fmt.Fprintf(b, "  from %s, read %s\n", views.Brief(v.Source), views.Moment(v.SnapshotTaken))
	fmt.Fprintf(b, "  to   %s, read %s\n\n", views.Brief(v.Destination), views.Moment(v.InventoryTaken))
	v.Summary.writePrerequisites(b)
	sentence := views.Wrapped(v.Summary.Sentence(), "  ", 0)
	fmt.Fprintf(b, "%s\n\n", sentence)
	v.Summary.writeCounts(b)
	b.WriteByte('\n')
	if lines := v.Summary.outlook(); len(lines) > 0 {
		for _, line := range lines {
			fmt.Fprintf(b, "%s\n", views.Wrapped(line, "  ", 0))
		}
		b.WriteByte('\n')
	}
	if err := WriteFindings(b, v.Findings, v.MostFindings); err != nil {
		return err
	}
	if err := v.writeChanges(b); err != nil {
		return err
	}
	fmt.Fprintf(b, "\n%s\n", sentence)
	return b.Flush()
}

// writePrerequisites says first what refuses the plan as a whole.
func (s Summary) writePrerequisites(b *bufio.Writer) {
	if len(s.Prerequisites) == 0 {
		return
	}
	title := "Prerequisites"
	if len(s.Unmet) > 0 {
		title += ": apply is refused while one is unknown"
	}
	fmt.Fprintln(b, title)
	for _, p := range s.Prerequisites {
		fmt.Fprintf(b, "  %-8s  %s\n", p.Standing, views.Wrapped(p.words(), "            ", 12))
		for _, beside := range p.besides() {
			fmt.Fprintf(b, "            %s\n", views.Wrapped(beside, "              ", 12))
		}
	}
	b.WriteByte('\n')
}

// writeCounts shows the objects by class and kind.
func (s Summary) writeCounts(b *bufio.Writer) {
	fmt.Fprintf(b, "  %-14s", "")
	for _, k := range s.kinds() {
		fmt.Fprintf(b, " %11s", k.plural())
	}
	b.WriteByte('\n')
	line := func(name string, n func(Kind) int) {
		fmt.Fprintf(b, "  %-14s", name)
		for _, k := range s.kinds() {
			fmt.Fprintf(b, " %11s", views.Digits(n(k)))
		}
		b.WriteByte('\n')
	}
	for _, c := range Classes() {
		if s.Class(c) > 0 {
			line(c.words(), func(k Kind) int { return s.Objects[k][c] })
		}
	}
	line("in all", s.Total)
}

// Hazards returns all hazards in the order in which they are shown.
func Hazards() []Hazard {
	return []Hazard{
		HazardAdopt, HazardRemoveMembers, HazardDeactivate, HazardClear, HazardRemoveCreated, HazardChangeAppleID,
		HazardManyRemovals, HazardManyDeactivations, HazardManyBlocked, HazardShrunk, HazardSmall, HazardUnreconciled,
		HazardInvite, HazardChromeOS, HazardSecondWriter, HazardNoLicence,
	}
}

// Words says what is undone, and how.
func (u Undone) Words() string {
	s := u.Plan.Short()
	if u.Run != 0 {
		s += fmt.Sprintf(", what run %d did of it", u.Run)
	}
	if u.Created == RemoveCreated {
		return s + "; what it made is removed"
	}
	return s + "; people whom it made are deactivated, and groups emptied"
}

// Sentence says what a plan comes to, in one line.
func (s Summary) Sentence() string {
	var parts []string
	for _, c := range Classes() {
		if n := s.Class(c); n > 0 {
			parts = append(parts, views.Digits(n)+" "+c.words())
		}
	}
	classes := strings.Join(parts, ", ")
	objects := views.Amount(s.Total(Person)+s.Total(Group)+s.Total(Unit)+s.Total(Setting), "object")
	switch {
	case s.Undoes != nil && classes == "":
		return "No change: nothing was sent of that plan, and there is nothing to undo."
	case s.Undoes != nil && s.Requests() == 0:
		return fmt.Sprintf("No change: nothing is left to undo. %s: %s.", objects, classes)
	case classes == "":
		return "No change: nothing was read, and there is nothing to do."
	case s.Requests() == 0:
		return fmt.Sprintf("No change: the destination is as the plan wants it. %s: %s.", objects, classes)
	}
	if s.Undoes != nil {
		return fmt.Sprintf("Rollback: %s of %s; %s.", classes, objects, views.Amount(s.Requests(), "request"))
	}
	return fmt.Sprintf("Plan: %s of %s; %s.", classes, objects, views.Amount(s.Requests(), "request"))
}

func (c Class) words() string {
	switch c {
	case ToCreate, ToUpdate, ToAdopt, ToDeactivate, ToRestore, ToEmpty, ToRemove:
		return "to " + string(c)
	case Unchanged, Excluded, Blocked, Left, Gone:
	}
	return string(c)
}

// more says how many values were left out, and which command shows them.
func more(b *bufio.Writer, indent string, n int, what, command string) {
	if n > 0 {
		fmt.Fprintf(b, "%s… and %s more %s: %s\n", indent, views.Digits(n), what, command)
	}
}

// Label is the path of an attribute as a person reads it: that of an extension
// without its URN.
func Label(path string) string {
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

func quoted(s string) string { return `"` + views.Brief(s) + `"` }
