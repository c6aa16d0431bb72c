package plan

import (
	"fmt"
	"slices"
)

// fewest is how many rows a list may have that is open from the start.
const fewest = 12

type section struct{ ID, Name, Note, Text string }

// findings writes the findings by code, each with its remedy.
func (p *page) findings(v View) error {
	found, err := topicsOf(v.Findings, v.MostFindings)
	if err != nil {
		return err
	}
	text := ""
	if len(found.order) == 0 {
		text = "There is nothing that a person must know."
	}
	p.emit("section", section{"findings", "Findings", found.sum(), text})
	for _, t := range found.order {
		if err := p.topic(found, t); err != nil {
			return err
		}
	}
	p.emit("endsection", nil)
	return nil
}

func (p *page) topic(found topics, t topic) error {
	c := found.about[t]
	n, hidden := found.counts[t], found.hidden(t)
	head := struct {
		ID              string
		Severity        Severity
		Code            Code
		Title, Remedy   string
		Rule, Waived    string
		Listed, Command string
		Open            bool
		Hidden          int
	}{
		fmt.Sprintf("f-%s-%s", t.code, t.severity), t.severity, t.code, c.title(n), c.remedy,
		ruleOf(t.code), c.waived,
		listed(n-hidden, n), "ldap2scim show findings " + string(t.code), t.severity == Block && n <= fewest, hidden,
	}
	if n == 1 && len(c.kinds) == 0 && c.sentence != "" {
		head.Listed = "" // the heading says it all
	}
	p.emit("topic", head)
	if head.Listed != "" {
		for f, err := range found.shown(t) {
			if err != nil {
				return fmt.Errorf("read findings: %w", err)
			}
			if c.sentence != "" {
				f.Sentence = ""
			}
			if c.remedy != "" {
				f.Remedy = ""
			}
			p.emit("finding", f)
			if p.err != nil {
				return p.err
			}
		}
	}
	p.emit("endtopic", head)
	return nil
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
func (p *page) changes(v View, all changes) error {
	if all.harmless() == 0 {
		return nil
	}
	p.emit("section", section{"changes", "Changes", "", "What apply does, in the order of its steps: people, then groups, then their members."})
	all.most = v.MostSteps
	for _, k := range all.order {
		if k.hazard == "" {
			if err := p.manner(v, all, k, all.words(k)); err != nil {
				return err
			}
		}
	}
	p.emit("endsection", nil)
	return nil
}

// leave writes what must be allowed by name.
func (p *page) leave(v View, all changes) error {
	if len(v.Summary.Hazards) == 0 {
		return nil
	}
	p.emit("section", section{"leave", "Needs leave", "", "Nothing of this is done unless apply is told so by name."})
	all.most = v.MostHazards
	for _, k := range all.order {
		if k.hazard != "" {
			if err := p.manner(v, all, k, all.words(k)+": --allow "+string(k.hazard)); err != nil {
				return err
			}
		}
	}
	for _, h := range v.Summary.hazardsOfTheWhole(all.order) {
		p.emit("topic", struct {
			ID                    string
			Severity              Severity
			Code                  Code
			Title, Remedy, Listed string
			Rule, Waived          string
		}{"leave-" + string(h), Warn, "", "The plan as a whole: --allow " + string(h), "see the findings on it", "", "", ""})
		p.emit("endtopic", struct{ Listed string }{})
	}
	p.emit("endsection", nil)
	return nil
}

// field is one field of a change.
type field struct {
	Label, Before, After string
	Changed              bool
}

func fieldsOf(before, after Fields) []field {
	var all []field
	for path, to := range after.Sorted() {
		from, changed := before[path]
		all = append(all, field{label(path), from, to, changed})
	}
	return all
}

// manner writes the changes of one sort.
func (p *page) manner(v View, all changes, k manner, title string) error {
	t, n, hidden := all.totals[k], all.counts[k], all.hidden(k)
	if t.requests != n {
		title += ", in " + amount(t.requests, "request")
	}
	note := string(t.reason)
	if fields := t.mostChanged(); fields != "" && k.action != Create && n > 1 {
		note = joined(note, fields, " · ")
	}
	p.emit("manner", struct {
		Symbol, Title, Note, Listed string
		Open                        bool
	}{string(k.action), title, note, listed(n-hidden, n), n <= fewest})
	for c, err := range all.shown(k) {
		if err != nil {
			return err
		}
		row := v.changeRow(c)
		if t.reason == "" {
			row.Reason = string(c.Reason)
		}
		p.emit("change", row)
		if p.err != nil {
			return p.err
		}
	}
	p.emit("endtopic", struct {
		Listed, Command string
		Hidden          int
	}{"yes", "ldap2scim show plan --all", hidden})
	return nil
}

func joined(a, b, by string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + by + b
}

type changeRow struct {
	Name, Wave, Adds, Reason string
	Fields                   []field
	Removed                  []string
}

func (v View) changeRow(c change) changeRow {
	row := changeRow{Name: c.Name, Wave: c.Wave, Fields: fieldsOf(c.Before, c.After)}
	if c.Action == AddMembers {
		row.Adds = "+" + amount(c.members, "member")
	}
	for _, id := range c.Members {
		row.Removed = append(row.Removed, v.NameOf(id))
	}
	slices.Sort(row.Removed)
	return row
}
