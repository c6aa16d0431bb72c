package plan

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"ldap2scim/internal/views"
)

// turn is what differences are grouped by.
type turn struct {
	kind    Kind
	was, is Class
}

// words says what became of the objects.
func (t turn) words() string {
	switch {
	case t.was == "":
		return "new, " + t.is.words()
	case t.is == "":
		return "gone, was " + t.was.words()
	case t.was == t.is:
		return "still " + t.is.words() + ", and otherwise"
	}
	return "was " + t.was.words() + ", is " + t.is.words()
}

// WriteDifferences says to a person what is otherwise in a second plan, at
// most so many objects of each sort; 0 means all.
func WriteDifferences(w io.Writer, was, is View, most int) error {
	gone, added := 0, 0
	all, err := views.GroupBy(differences(was, is), func(d Difference) turn { return turn{d.Kind, d.Was, d.Is} }, most, func(_ turn, d Difference) {
		gone += len(d.Gone)
		added += len(d.New)
	})
	if err != nil {
		return err
	}
	b := bufio.NewWriter(w)
	for i, v := range []View{was, is} {
		fmt.Fprintf(b, "%-4s plan %s  directory read %s, destination read %s\n", []string{"From", "to"}[i], v.Digest.Short(), views.Moment(v.SnapshotTaken), views.Moment(v.InventoryTaken))
		fmt.Fprintf(b, "     %s\n", views.Wrapped(v.Summary.Sentence(), "       ", 5))
	}
	fmt.Fprintf(b, "\n%s\n", madeFrom(was.Summary, is.Summary))
	if len(all.Counts) == 0 {
		fmt.Fprintln(b, "\nThe plans say the same of every object.")
		return b.Flush()
	}
	order := slices.SortedFunc(maps.Keys(all.Counts), func(x, y turn) int { return slices.Compare(x.place(), y.place()) })
	for _, t := range order {
		fmt.Fprintf(b, "\n%s: %s\n", t.kind.number(all.Counts[t]), t.words())
		for d, err := range all.Shown(t) {
			if err != nil {
				return err
			}
			d.write(b)
		}
		more(b, "  ", all.Hidden(t), "like this", "ldap2scim plan diff --all")
	}
	fmt.Fprintf(b, "\nSteps: %s gone, %s new.\n", views.Digits(gone), views.Digits(added))
	return b.Flush()
}

func (t turn) place() []int {
	return []int{rank(kinds(), t.kind), rank(Classes(), t.was), rank(Classes(), t.is)}
}

// madeFrom says which of the things that a plan is made from are others.
func madeFrom(was, is Summary) string {
	var others []string
	for _, one := range []struct {
		what    string
		was, is Digest
	}{{"the snapshot", was.Snapshot, is.Snapshot}, {"the rules", was.Rules, is.Rules}, {"the inventory", was.Inventory, is.Inventory}} {
		if one.was != one.is {
			others = append(others, one.what)
		}
	}
	if len(others) == 0 {
		return "Made from the same snapshot, rules and inventory."
	}
	return "Made from others: " + strings.Join(others, ", ") + "."
}

func (d Difference) write(b *bufio.Writer) {
	name := views.Brief(d.Name)
	if d.WasName != "" {
		name += ", was " + views.Brief(d.WasName)
	}
	switch {
	case d.WasCode == d.IsCode:
	case d.WasCode == "":
		name += "  (" + string(d.IsCode) + ")"
	case d.IsCode == "":
		name += "  (no more " + string(d.WasCode) + ")"
	default:
		name += "  (" + string(d.WasCode) + " → " + string(d.IsCode) + ")"
	}
	fmt.Fprintf(b, "  %s\n", name)
	if d.Was == d.Is { // what another class sets says nothing new
		for _, line := range d.fields() {
			fmt.Fprintf(b, "    %s\n", line)
		}
	}
}

// fields shows what the plans set otherwise.
func (d Difference) fields() []string {
	paths := slices.Sorted(maps.Keys(merged(d.Before, d.After)))
	wide := 0
	for _, path := range paths {
		wide = max(wide, len(Label(path)))
	}
	set := func(f Fields, path string) string {
		if v, there := f[path]; there {
			return quoted(v)
		}
		return "not set"
	}
	var lines []string
	for _, path := range paths {
		lines = append(lines, fmt.Sprintf("%-*s  %s → %s", wide, Label(path), set(d.Before, path), set(d.After, path)))
	}
	return lines
}

// side names one of two plans in JSON.
type side struct {
	Digest         Digest    `json:"digest"`
	Snapshot       Digest    `json:"snapshot"`
	Rules          Digest    `json:"rules"`
	Inventory      Digest    `json:"inventory"`
	SnapshotTaken  time.Time `json:"snapshotTaken"`
	InventoryTaken time.Time `json:"inventoryTaken"`
}

func (v View) side() side {
	return side{v.Digest, v.Snapshot, v.Summary.Rules, v.Inventory, v.SnapshotTaken.UTC(), v.InventoryTaken.UTC()}
}

// WriteDifferencesJSON writes what is otherwise in a second plan as one JSON
// object, one difference on each line. docs/plan-json.md has the schema.
func WriteDifferencesJSON(w io.Writer, was, is View) error {
	b := bufio.NewWriter(w)
	from, err := canonical(was.side())
	if err != nil {
		return err
	}
	to, err := canonical(is.side())
	if err != nil {
		return err
	}
	fmt.Fprintf(b, "{\"format\":\"ldap2scim-plan-diff/1\",\n\"from\":%s,\"to\":%s", from, to)
	if err := views.Array(b, "differences", differences(was, is)); err != nil {
		return err
	}
	b.WriteString("}\n")
	return b.Flush()
}
