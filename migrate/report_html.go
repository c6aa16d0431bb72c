package migrate

import (
	_ "embed" // the page's own parts
	"fmt"
	"io"
	"maps"
	"slices"

	"ldap2scim/internal/views"
	"ldap2scim/plan"
)

//go:embed html/report.tmpl
var reportTemplates string

// WriteHTML writes a report as one page that needs no other file and no
// network, part by part. Who went through is counted, and listed only where
// the view has them.
func (v View) WriteHTML(w io.Writer) error {
	frame, err := views.NewPage(w, reportTemplates)
	if err != nil {
		return err
	}
	all, err := v.topics()
	if err != nil {
		return err
	}
	p := reportPage{frame, v, all}
	p.head()
	p.Emit("report", v.overview())
	return p.All(
		func() error { return p.lists("left", "Left to do", "Each with what to do about it.", left()) },
		func() error {
			return p.lists("out", "Left out by the plan", "What is blocked can be mended in the directory, and planned again.", leftOut())
		},
		p.foreigners,
		func() error { return p.lists("through", "As the plan wants them", "", through()) },
		p.numbers,
		p.runs,
		p.evidence,
		func() error { return p.End(v.Sentence + ". " + v.verdict()) },
	)
}

// reportPage is a report's page that is being written.
type reportPage struct {
	*views.Page
	v   View
	all topics
}

func (p reportPage) head() {
	v := p.v
	h := views.Head{
		Kicker: "report", Title: "Migration report on plan " + v.Plan.Short(), Lead: v.Sentence + ". " + v.verdict(),
		Sides: []views.Side{
			{Name: "Directory", Text: v.Source, When: "read " + views.Moment(v.SnapshotTaken)},
			{Name: "Destination", Text: v.Destination, When: "read back " + views.Moment(v.ReadBack)},
		},
		Links: []views.Link{{ID: "summary", Name: "Summary"}},
	}
	link := func(id, name string, there bool) {
		if there {
			h.Links = append(h.Links, views.Link{ID: id, Name: name})
		}
	}
	unexpectedN := v.Unexpected[plan.Person] + v.Unexpected[plan.Group]
	link("left", "Left to do", len(p.all.of(left())) > 0)
	link("out", "Left out", len(p.all.of(leftOut())) > 0)
	link("unexpected", "Unexpected", unexpectedN > 0)
	link("through", "Went through", len(p.all.of(through())) > 0)
	for _, n := range v.Numbers {
		link(n.ID, n.Title, true)
	}
	link("runs", "Runs", len(v.Runs) > 0)
	link("evidence", "Evidence", true)
	counts := map[Class]int{}
	for t, n := range p.all.Counts {
		counts[t.class] += n
	}
	for _, c := range Classes() {
		if counts[c] > 0 {
			h.Filters = append(h.Filters, views.Filter{Class: c.slug(), Name: string(c), N: counts[c]})
		}
	}
	if unexpectedN > 0 {
		h.Filters = append(h.Filters, views.Filter{Class: unexpected, Name: unexpected, N: unexpectedN})
	}
	p.Begin(h)
}

// lists writes the objects of some classes, by class and check.
func (p reportPage) lists(id, name, text string, classes []Class) error {
	some := p.all.of(classes)
	if len(some) == 0 {
		return nil
	}
	p.Section(views.Section{ID: id, Name: name, Text: text})
	for _, t := range some {
		n, hidden := p.all.Counts[t], p.all.Hidden(t)
		head := views.Topic{
			ID: topicID(t), Tone: t.class.tone(), Badge: string(t.class), Style: "class-" + t.class.slug(),
			Code: string(t.code), Title: p.all.title(t), Remedy: p.all.about[t].remedy,
			Listed: views.Listed(n-hidden, n), Open: t.class.listed() && n <= views.Fewest, Hidden: hidden, Command: "ldap2scim show report --html --all",
		}
		if err := p.Topic(head, func() error { return p.rows(t) }); err != nil {
			return err
		}
	}
	p.EndSection()
	return p.Err()
}

// tone is the style of a list's edge.
func (c Class) tone() string {
	switch {
	case !c.Settled(), c == Blocked:
		return "block"
	case c == Excluded:
		return "note"
	}
	return "good"
}

// row is a line as the page shows it.
type row struct {
	Line
	Slug, Tried, Absent, Extra string
	Differences                []Difference
}

func (p reportPage) rows(t topic) error {
	for l, err := range p.all.Shown(t) {
		if err != nil {
			return fmt.Errorf("read the report: %w", err)
		}
		l = p.all.own(t, l)
		r := row{Line: l, Slug: l.class().slug(), Tried: l.tried(), Absent: p.v.names(l.Absent), Extra: p.v.names(l.Extra)}
		for _, d := range l.Differences {
			r.Differences = append(r.Differences, Difference{plan.Label(d.Attribute), d.Is, d.Wants})
		}
		p.Emit("line", r)
		if p.Err() != nil {
			return p.Err()
		}
	}
	return nil
}

// foreigners lists what is at the destination alone.
func (p reportPage) foreigners() error {
	if p.v.Unexpected[plan.Person]+p.v.Unexpected[plan.Group] == 0 {
		return nil
	}
	p.Section(views.Section{ID: unexpected, Name: "Unexpected", Text: "At the destination and not in the directory. They were left alone."})
	for _, k := range kinds() {
		n := p.v.Unexpected[k]
		if n == 0 {
			continue
		}
		shown := n
		if p.v.Most > 0 {
			shown = min(n, p.v.Most)
		}
		head := views.Topic{
			ID: "t-unexpected-" + string(k), Tone: "note", Badge: unexpected, Style: "class-unexpected", Title: amountOf(k, n),
			Remedy: "nothing to do, unless they should be in the directory", Listed: views.Listed(shown, n), Open: n <= views.Fewest,
			Hidden: n - shown, Command: "ldap2scim show report --html --all",
		}
		err := p.Topic(head, func() error {
			i := 0
			for f, err := range p.v.Foreigners(k) {
				if i++; i > shown {
					break
				}
				if err != nil {
					return fmt.Errorf("read the report: %w", err)
				}
				p.Emit("foreigner", map[string]string{"Name": f.Name, "Remote": string(f.Remote), "External": string(f.External)})
			}
			return p.Err()
		})
		if err != nil {
			return err
		}
	}
	p.EndSection()
	return p.Err()
}

// numbers writes the tables that others have added.
func (p reportPage) numbers() error {
	for _, n := range p.v.Numbers {
		p.Section(views.Section{ID: n.ID, Name: n.Title, Text: n.Text})
		p.Emit("table", views.Table{Label: n.Title, Columns: n.Columns, Lines: n.Lines})
		p.EndSection()
	}
	return p.Err()
}

// runs writes what each run sent.
func (p reportPage) runs() error {
	if len(p.v.Runs) == 0 {
		return nil
	}
	p.Section(views.Section{ID: "runs", Name: "Runs"})
	t := views.Table{Label: "Runs", Columns: []string{"Run", "Began", "Ended", "Outcome", "Done", "Failed", "Requests", "Again", "Asked to slow down", "Waited", "Version", "Digest"}}
	sent := views.Table{Label: "Requests by kind", Columns: []string{"Run", "Request", "Sent", "Of them again"}}
	for _, r := range p.v.Runs {
		all, retries := r.Requests()
		t.Lines = append(t.Lines, []string{
			fmt.Sprint(r.ID), views.Moment(r.Started), recorded(r.Ended), views.Brief(r.Outcome), views.Digits(r.Done), views.Digits(r.Failed),
			views.Digits(all), views.Digits(retries), views.Digits(r.Throttled), fmt.Sprintf("%.0f s", r.Waited), r.Version, r.Digest.Short(),
		})
		for _, s := range r.Sent {
			sent.Lines = append(sent.Lines, []string{fmt.Sprint(r.ID), sentWords(s.Action, s.Kind), views.Digits(s.Requests), views.Digits(s.Retries)})
		}
	}
	p.Emit("table", t)
	if len(sent.Lines) > 0 {
		p.Emit("table", sent)
	}
	p.EndSection()
	return p.Err()
}

// evidence names what the report can be held against.
func (p reportPage) evidence() error {
	v := p.v
	digests := []views.Digest{
		{Name: "Snapshot of the directory", Digest: string(v.Snapshot)},
		{Name: "Configuration", Digest: string(v.Settings)},
		{Name: "Plan", Digest: string(v.Plan)},
		{Name: "Destination, as read back", Digest: string(v.Inventory)},
	}
	for _, r := range v.Runs {
		digests = append(digests, views.Digest{Name: fmt.Sprintf("Run %d", r.ID), Digest: string(r.Digest)})
	}
	var said []string
	for _, a := range v.Attested {
		said = append(said, "Attested: "+attested(a))
	}
	for _, code := range slices.Sorted(maps.Keys(v.Waived)) {
		said = append(said, fmt.Sprintf("Check %s was waived: %s", code, views.Brief(v.Waived[code])))
	}
	said = append(said,
		fmt.Sprintf("Read back in %s; reported by version %s.", views.Amount(v.Pages, "request"), v.Version),
		views.Amount(v.BeforeImages, "change")+" of what was there, whose before is kept for a rollback.")
	p.Emit("evidence", struct {
		Digests []views.Digest
		Said    []string
	}{digests, said})
	return p.Err()
}

// topicID is a topic's name in the page.
func topicID(t topic) string {
	id := "t-" + t.class.slug()
	for _, part := range []string{string(t.code), string(t.failure)} {
		if part != "" {
			id += "-" + part
		}
	}
	return id
}
