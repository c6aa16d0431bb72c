package plan

import (
	"fmt"
	"slices"

	"ldap2scim/internal/views"
)

// findings writes the findings by code, each with its remedy.
func (p page) findings(v View) error {
	found, err := topicsOf(v.Findings, v.MostFindings)
	if err != nil {
		return err
	}
	text := ""
	if len(found.order) == 0 {
		text = "There is nothing that a person must know."
	}
	p.Section(views.Section{ID: "findings", Name: "Findings", Note: found.sum(), Text: text})
	for _, t := range found.order {
		if err := p.topic(found, t); err != nil {
			return err
		}
	}
	p.EndSection()
	return nil
}

func (p page) topic(found topics, t topic) error {
	c := found.about[t]
	n, hidden := found.Counts[t], found.Hidden(t)
	head := views.Topic{
		ID: fmt.Sprintf("f-%s-%s", t.code, t.severity), Tone: string(t.severity), Badge: string(t.severity), Style: "tone-" + string(t.severity), Code: string(t.code),
		Title: c.title(n), Remedy: c.remedy, Listed: views.Listed(n-hidden, n), Open: t.severity == Block && n <= views.Fewest,
		Hidden: hidden, Command: "ldap2scim show findings " + string(t.code),
	}
	if rule := ruleOf(t.code); rule != "" {
		head.Notes = append(head.Notes, "Rule: "+rule)
	}
	if c.waived != "" {
		head.Notes = append(head.Notes, "Does not block: "+views.Brief(c.waived))
	}
	if n == 1 && len(c.kinds) == 0 && c.sentence != "" {
		head.Listed = "" // the heading says it all
	}
	return p.Topic(head, func() error {
		for f, err := range found.Shown(t) {
			if err != nil {
				return fmt.Errorf("read findings: %w", err)
			}
			if c.sentence != "" {
				f.Sentence = ""
			}
			if c.remedy != "" {
				f.Remedy = ""
			}
			p.Emit("finding", f)
			if p.Err() != nil {
				return p.Err()
			}
		}
		return nil
	})
}

// ruleOf is what a check asks for.
func ruleOf(c Code) string {
	check, _ := CheckOf(c)
	return check.Sentence
}

// harmless counts the sorts of changes that need no leave.
func (g changes) harmless() int {
	n := 0
	for _, k := range g.order {
		if k.hazard == "" {
			n++
		}
	}
	return n
}

// changes writes what is done without leave, by what it is.
func (p page) changes(v View, all changes) error {
	if all.harmless() == 0 {
		return nil
	}
	p.Section(views.Section{ID: "changes", Name: "Changes", Text: "What apply does, in the order of its steps: people, then groups, then their members."})
	all.Most = v.MostSteps
	for _, k := range all.order {
		if k.hazard == "" {
			if err := p.manner(v, all, k, all.words(k)); err != nil {
				return err
			}
		}
	}
	p.EndSection()
	return nil
}

// leave writes what must be allowed by name.
func (p page) leave(v View, all changes) error {
	if len(v.Summary.Hazards) == 0 {
		return nil
	}
	p.Section(views.Section{ID: "leave", Name: "Needs leave", Text: "Nothing of this is done unless apply is told so by name."})
	all.Most = v.MostHazards
	for _, k := range all.order {
		if k.hazard != "" {
			if err := p.manner(v, all, k, all.words(k)+": --allow "+string(k.hazard)); err != nil {
				return err
			}
		}
	}
	for _, h := range v.Summary.hazardsOfTheWhole(all.order) {
		head := views.Topic{
			ID: "leave-" + string(h), Tone: string(Warn), Badge: string(Warn), Style: "tone-" + string(Warn),
			Title: "The plan as a whole: --allow " + string(h), Remedy: "see the findings on it",
		}
		if err := p.Topic(head, nil); err != nil {
			return err
		}
	}
	p.EndSection()
	return nil
}

func fieldsOf(before, after Fields) []views.Field {
	var all []views.Field
	for path := range changedPaths(before, after) {
		from, changed := before[path]
		to, set := after[path]
		if !set {
			to = nothing
		}
		all = append(all, views.Field{Label: Label(path), Before: from, After: to, Changed: changed})
	}
	return all
}

// manner writes the changes of one sort.
func (p page) manner(v View, all changes, k manner, title string) error {
	t, n, hidden := all.totals[k], all.Counts[k], all.Hidden(k)
	if t.requests != n {
		title += ", in " + views.Amount(t.requests, "request")
	}
	note := string(t.reason)
	if fields := t.mostChanged(); fields != "" && k.action != Create && n > 1 {
		note = joined(note, fields, " · ")
	}
	head := views.Topic{Symbol: string(k.action), Title: title, Listed: views.Listed(n-hidden, n), Open: n <= views.Fewest, Hidden: hidden, Command: "ldap2scim show plan --all"}
	if note != "" {
		head.Notes = []string{note}
	}
	return p.Topic(head, func() error {
		for c, err := range all.Shown(k) {
			if err != nil {
				return err
			}
			row := v.changeRow(c)
			if t.reason == "" {
				row.Reason = string(c.Reason)
			}
			p.Emit("change", row)
			if p.Err() != nil {
				return p.Err()
			}
		}
		return nil
	})
}

func joined(a, b, by string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + by + b
}

type changeRow struct {
	Name, Wave, Adds, Reason string
	Fields                   []views.Field
	Removed                  []string
}

func (v View) changeRow(c change) changeRow {
	row := changeRow{Name: c.Name, Wave: c.Wave, Fields: fieldsOf(c.Before, c.After)}
	if c.Action == AddMembers {
		row.Adds = "+" + views.Amount(c.members, "member")
	}
	for _, id := range c.Members {
		row.Removed = append(row.Removed, v.NameOf(id))
	}
	slices.Sort(row.Removed)
	return row
}
