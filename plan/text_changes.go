package plan

import (
	"bufio"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"ldap2scim/internal/views"
)

// change is what one or several requests in a row do to one object: a long
// list of members goes out in chunks.
type change struct {
	Step
	requests int
	members  int
}

// folder joins neighbouring steps that add members to one group. Their Members
// are counted and not kept.
type folder struct{ open *change }

// add takes a step, and yields what is complete by it.
func (f *folder) add(s Step, yield func(change) bool) bool {
	c := change{Step: s, requests: 1, members: len(s.Members)}
	if s.Action != AddMembers {
		return f.end(yield) && yield(c)
	}
	c.Members = nil
	if f.open != nil && f.open.Object == s.Object {
		f.open.requests++
		f.open.members += c.members
		return true
	}
	more, open := f.end(yield), c
	f.open = &open
	return more
}

// end yields what is left.
func (f *folder) end(yield func(change) bool) bool {
	open := f.open
	f.open = nil
	return open == nil || yield(*open)
}

func folded(steps iter.Seq2[Step, error]) iter.Seq2[change, error] {
	return func(yield func(change, error) bool) {
		var f folder
		to := func(c change) bool { return yield(c, nil) }
		for s, err := range steps {
			if err != nil {
				yield(change{}, fmt.Errorf("read steps: %w", err))
				return
			}
			if !f.add(s, to) {
				return
			}
		}
		f.end(to)
	}
}

// manner of change: what changes are grouped by.
type manner struct {
	hazard Hazard
	action Action
	kind   Kind
}

// changes are the steps of a plan by manner.
type changes struct {
	views.Grouped[manner, change]
	order  []manner
	totals map[manner]*total
}

// total is what the changes of one manner come to.
type total struct {
	requests, members int
	fields            map[string]int
	reason            Reason // "" where they differ
}

// Changes sums up the steps of a plan while it is made, so that they need not be
// read for the text. The zero value is ready.
type Changes struct {
	folder folder
	groups views.Grouped[manner, change]
	totals map[manner]*total
}

// Step takes the steps in the order of sending.
func (c *Changes) Step(s Step) { c.folder.add(s, c.count) }

func (c *Changes) count(one change) bool {
	if c.totals == nil {
		c.groups = views.Group(func(c change) manner { return manner{c.Hazard, c.Action, c.Kind} })
		c.totals = map[manner]*total{}
	}
	k := c.groups.Add(one)
	t := c.totals[k]
	if t == nil {
		t = &total{fields: map[string]int{}, reason: one.Reason}
		c.totals[k] = t
	}
	t.requests += one.requests
	t.members += one.members
	if one.Reason != t.reason {
		t.reason = ""
	}
	if k.action != Create { // which sets all that there is
		t.count(one)
	}
	return true
}

// count counts the fields that a change sets, and those that it clears.
func (t *total) count(c change) {
	for path := range c.After {
		t.fields[path]++
	}
	for path := range c.Before {
		if _, set := c.After[path]; !set {
			t.fields[path]++
		}
	}
}

// changes returns the steps by manner. They are read again where more of them
// are shown than are remembered.
func (v View) changes() (changes, error) {
	c := v.Changes
	if c == nil {
		c = &Changes{}
		for s, err := range v.Steps {
			if err != nil {
				return changes{}, fmt.Errorf("read steps: %w", err)
			}
			c.Step(s)
		}
	}
	c.folder.end(c.count)
	order := slices.SortedFunc(maps.Keys(c.totals), func(a, b manner) int { return slices.Compare(a.place(), b.place()) })
	return changes{c.groups.Over(folded(v.Steps), v.MostSteps), order, c.totals}, nil
}

// place puts what needs leave last, then goes by action and kind.
func (k manner) place() []int {
	hazard := 0
	if k.hazard != "" {
		hazard = 1 + rank(Hazards(), k.hazard)
	}
	return []int{hazard, rank([]Action{Create, Update, Adopt, AddMembers, Try, Take, Remove}, k.action), int(k.action), rank(kinds(), k.kind)}
}

// words says what the changes of a manner do, and to how many.
func (g changes) words(k manner) string {
	n, t := g.Counts[k], g.totals[k]
	switch {
	case t.members > 0 && k.action == AddMembers:
		return fmt.Sprintf("add %s to %s", views.Amount(t.members, "member"), k.kind.number(n))
	case k.action == Try:
		return "try " + Person.number(t.members)
	case t.members > 0:
		return fmt.Sprintf("take %s away from groups", views.Amount(t.members, "member"))
	case k.hazard == HazardDeactivate:
		return "deactivate " + k.kind.number(n)
	}
	return k.action.Word() + " " + k.kind.number(n)
}

// writeChanges shows the steps: first those that need no leave.
func (v View) writeChanges(b *bufio.Writer) error {
	all, err := v.changes()
	if err != nil {
		return err
	}
	last := Hazard("none was shown yet")
	for _, k := range all.order {
		if k.hazard != last {
			title := "Needs --allow " + string(k.hazard)
			all.Most = v.MostHazards
			if k.hazard == "" {
				title, all.Most = "Changes", v.MostSteps
			}
			fmt.Fprintf(b, "\n%s\n", title)
			last = k.hazard
		}
		if err := v.writeManner(b, all, k); err != nil {
			return err
		}
	}
	for _, h := range v.Summary.hazardsOfTheWhole(all.order) {
		fmt.Fprintf(b, "\nNeeds --allow %s\n  the plan as a whole: see the findings\n", h)
	}
	return nil
}

// hazardsOfTheWhole are those that no step has.
func (s Summary) hazardsOfTheWhole(steps []manner) []Hazard {
	var rest []Hazard
	for h, n := range s.Hazards {
		if n > 0 && !slices.ContainsFunc(steps, func(k manner) bool { return k.hazard == h }) {
			rest = append(rest, h)
		}
	}
	slices.Sort(rest)
	return rest
}

func (v View) writeManner(b *bufio.Writer, all changes, k manner) error {
	t := all.totals[k]
	head := all.words(k)
	if t.requests != all.Counts[k] {
		head += " in " + views.Amount(t.requests, "request")
	}
	if t.reason != "" {
		head += "  (" + string(t.reason) + ")"
	}
	fmt.Fprintf(b, "  %c %s\n", k.action, head)
	if fields := t.mostChanged(); fields != "" && k.action != Create && all.Counts[k] > 1 {
		fmt.Fprintf(b, "      %s\n", views.Wrapped(fields, "      ", 6))
	}
	for c, err := range all.Shown(k) {
		if err != nil {
			return err
		}
		reason := ""
		if t.reason == "" {
			reason = "  (" + string(c.Reason) + ")"
		}
		v.writeChange(b, c, reason)
	}
	more(b, "    ", all.Hidden(k), "like this", "ldap2scim show plan --all")
	return nil
}

// mostChanged counts the fields of a manner, the most frequent first.
func (t total) mostChanged() string {
	paths := slices.SortedFunc(maps.Keys(t.fields), func(a, b string) int {
		if t.fields[a] != t.fields[b] {
			return t.fields[b] - t.fields[a]
		}
		return strings.Compare(a, b)
	})
	parts := make([]string, len(paths))
	for i, path := range paths {
		parts[i] = Label(path) + " " + views.Digits(t.fields[path])
	}
	return strings.Join(parts, " · ")
}

// writeChange shows one change: on whom, and each field before and after.
func (v View) writeChange(b *bufio.Writer, c change, reason string) {
	added := ""
	if c.Action == AddMembers {
		added = "  +" + views.Digits(c.members)
	}
	fmt.Fprintf(b, "    %s%s%s\n", views.Brief(c.Name), added, reason)
	for _, line := range fieldLines(c.Before, c.After) {
		fmt.Fprintf(b, "      %s\n", line)
	}
	if c.Action == AddMembers {
		return
	}
	sign := "− "
	if c.Action == Try {
		sign = ""
	}
	var names []string
	for _, id := range c.Members {
		names = append(names, views.Brief(v.NameOf(id)))
	}
	slices.Sort(names)
	for _, name := range names {
		fmt.Fprintf(b, "      %s%s\n", sign, name)
	}
}

// nothing stands for the value that an attribute has when it is cleared.
const nothing = "(nothing)"

// changedPaths are those that a change sets, and those that it clears: what was
// there and is given no value.
func changedPaths(before, after Fields) iter.Seq[string] {
	both := maps.Clone(before)
	if both == nil {
		both = Fields{}
	}
	maps.Copy(both, after)
	return slices.Values(slices.Sorted(maps.Keys(both)))
}

// fieldLines shows fields in a column, each before and after.
func fieldLines(before, after Fields) []string {
	wide := 0
	for path := range changedPaths(before, after) {
		wide = max(wide, len(Label(path)))
	}
	var lines []string
	for path := range changedPaths(before, after) {
		line := fmt.Sprintf("%-*s  ", wide, Label(path))
		if from, changed := before[path]; changed {
			line += quoted(from) + " → "
		}
		to, set := after[path]
		if set {
			to = quoted(to)
		} else {
			to = nothing
		}
		lines = append(lines, line+to)
	}
	return lines
}
