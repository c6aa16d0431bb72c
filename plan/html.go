package plan

import (
	"bufio"
	"crypto/sha256"
	_ "embed" // the page's parts
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
)

//go:embed html/page.tmpl
var pageTemplates string

//go:embed html/page.css
var pageStyle string

//go:embed html/page.js
var pageScript string

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
	changes, err := changesOf(v.Steps, 0)
	if err != nil {
		return err
	}
	p.head(v, "Migration plan "+v.Digest.Short(), "plan", changes)
	p.emit("summary", v.overview())
	return p.all(
		func() error { return p.findings(v) },
		func() error { return p.changes(v, changes) },
		func() error { return p.objects(v) },
		func() error { return p.leave(v, changes) },
		func() error { p.made(v); return nil },
		func() error { return p.end(v) },
	)
}

// WriteFindingsHTML writes a plan's findings as a page, as [WriteHTML] does.
func WriteFindingsHTML(w io.Writer, v View) error {
	p, err := newPage(w)
	if err != nil {
		return err
	}
	p.head(v, "Findings of plan "+v.Digest.Short(), "findings", changes{})
	return p.all(
		func() error { return p.findings(v) },
		func() error { return p.end(v) },
	)
}

// page is an HTML page that is being written. The first error stays.
type page struct {
	b   *bufio.Writer
	t   *template.Template
	err error
}

func newPage(w io.Writer) (*page, error) {
	t, err := template.New("page").Funcs(template.FuncMap{"brief": brief, "digits": digits, "moment": moment}).Parse(pageTemplates)
	if err != nil {
		// unreachable unless the embedded templates are broken
		return nil, fmt.Errorf("parse the page: %w", err)
	}
	return &page{b: bufio.NewWriter(w), t: t}, nil
}

// emit writes one part of the page.
func (p *page) emit(name string, data any) {
	if p.err == nil {
		p.err = p.t.ExecuteTemplate(p.b, name, data)
	}
}

// all does one after the other, until there is an error.
func (p *page) all(parts ...func() error) error {
	for _, part := range parts {
		if p.err != nil {
			return p.err
		}
		if err := part(); err != nil {
			return err
		}
	}
	return p.err
}

type link struct{ ID, Name string }

// head begins the page, with links to the parts that it will have.
func (p *page) head(v View, title, kicker string, c changes) {
	var parts []link
	if kicker == "plan" {
		parts = []link{{"summary", "Summary"}, {"findings", "Findings"}}
		if c.harmless() > 0 {
			parts = append(parts, link{"changes", "Changes"})
		}
		parts = append(parts, link{"objects", "Objects"})
		if len(v.Summary.Hazards) > 0 {
			parts = append(parts, link{"leave", "Needs leave"})
		}
		parts = append(parts, link{"made", "Made from"})
	}
	p.emit("head", struct {
		Policy, Title, Kicker, Lead string
		Style                       template.CSS
		View                        View
		Parts                       []link
	}{
		"default-src 'none'; style-src '" + sourceHash(pageStyle) + "'; script-src '" + sourceHash(pageScript) + "'; base-uri 'none'; form-action 'none'",
		title, kicker, v.Summary.Sentence(),
		template.CSS(pageStyle), v, parts,
	})
}

// sourceHash names an inline style or script in a policy (CSP 3, §2.3.1).
func sourceHash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// made names what the plan was made from, so that a page can be held against
// a state file.
func (p *page) made(v View) {
	p.emit("made", []struct {
		Name   string
		Digest Digest
	}{{"Plan", v.Digest}, {"Snapshot of the directory", v.Snapshot}, {"Rules", v.Summary.Rules}, {"Inventory of the destination", v.Inventory}})
}

func (p *page) end(v View) error {
	p.emit("foot", struct {
		Lead   string
		Script template.JS
	}{v.Summary.Sentence(), template.JS(pageScript)})
	if p.err != nil {
		return p.err
	}
	return p.b.Flush()
}
