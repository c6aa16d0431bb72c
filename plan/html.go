package plan

import (
	_ "embed" // the page's own parts
	"io"

	"ldap2scim/internal/views"
)

//go:embed html/plan.tmpl
var pageTemplates string

// WriteHTML writes a plan as one page that needs no other file and no network.
// It is written part by part, so that a plan of any length is written in
// little memory, and by html/template, so that no value becomes markup. The
// page's own policy (CSP) allows its own style and script and nothing else.
// Objects that simply go through are counted, and listed up to MostRows.
func WriteHTML(w io.Writer, v View) error {
	p, err := newPage(w)
	if err != nil {
		return err
	}
	changes, err := v.changes()
	if err != nil {
		return err
	}
	p.head(v, "Migration plan "+v.Digest.Short(), "plan", changes)
	p.Emit("summary", v.overview())
	return p.All(
		func() error { return p.findings(v) },
		func() error { return p.changes(v, changes) },
		func() error { return p.objects(v) },
		func() error { return p.leave(v, changes) },
		func() error { p.made(v); return nil },
		func() error { return p.End(v.Summary.Sentence()) },
	)
}

// WriteFindingsHTML writes a plan's findings as a page, as [WriteHTML] does.
func WriteFindingsHTML(w io.Writer, v View) error {
	p, err := newPage(w)
	if err != nil {
		return err
	}
	p.head(v, "Findings of plan "+v.Digest.Short(), "findings", changes{})
	return p.All(
		func() error { return p.findings(v) },
		func() error { return p.End(v.Summary.Sentence()) },
	)
}

// page is a plan's page that is being written.
type page struct{ *views.Page }

func newPage(w io.Writer) (page, error) {
	p, err := views.NewPage(w, pageTemplates)
	return page{p}, err
}

// head begins the page, with links to the parts that it will have.
func (p page) head(v View, title, kicker string, c changes) {
	h := views.Head{Kicker: kicker, Title: title, Lead: v.Summary.Sentence(), Sides: []views.Side{
		{Name: "From", Text: v.Source, When: "read " + views.Moment(v.SnapshotTaken)},
		{Name: "To", Text: v.Destination, When: "read " + views.Moment(v.InventoryTaken)},
	}}
	if kicker == "plan" {
		h.Links = []views.Link{{ID: "summary", Name: "Summary"}, {ID: "findings", Name: "Findings"}}
		if c.harmless() > 0 {
			h.Links = append(h.Links, views.Link{ID: "changes", Name: "Changes"})
		}
		h.Links = append(h.Links, views.Link{ID: "objects", Name: "Objects"})
		if len(v.Summary.Hazards) > 0 {
			h.Links = append(h.Links, views.Link{ID: "leave", Name: "Needs leave"})
		}
		h.Links = append(h.Links, views.Link{ID: "made", Name: "Made from"})
		for _, class := range Classes() {
			if n := v.Summary.Class(class); n > 0 {
				h.Filters = append(h.Filters, views.Filter{Class: string(class), Name: class.words(), N: n})
			}
		}
	}
	p.Begin(h)
}

// made names what the plan was made from, so that a page can be held against
// a state file.
func (p page) made(v View) {
	p.Emit("made", []views.Digest{
		{Name: "Plan", Digest: string(v.Digest)},
		{Name: "Snapshot of the directory", Digest: string(v.Snapshot)},
		{Name: "Rules", Digest: string(v.Summary.Rules)},
		{Name: "Inventory of the destination", Digest: string(v.Inventory)},
	})
}
