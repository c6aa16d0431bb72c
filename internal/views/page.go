package views

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

// Page is an HTML page that is being written, part by part. Its first error
// stays and comes from [Page.All] and [Page.End]. One goroutine uses it.
type Page struct {
	b   *bufio.Writer
	t   *template.Template
	err error
}

// NewPage begins a page on w. Templates are those of the caller's own parts,
// beside the shared ones of this package.
func NewPage(w io.Writer, templates string) (*Page, error) {
	t, err := template.New("page").Funcs(template.FuncMap{"brief": Brief, "long": Long, "printable": Printable, "digits": Digits, "moment": Moment}).Parse(pageTemplates)
	if err == nil {
		t, err = t.Parse(templates)
	}
	if err != nil {
		// unreachable unless the embedded templates are broken
		return nil, fmt.Errorf("parse the page: %w", err)
	}
	return &Page{b: bufio.NewWriter(w), t: t}, nil
}

// Emit writes one part of the page.
func (p *Page) Emit(name string, data any) {
	if p.err == nil {
		p.err = p.t.ExecuteTemplate(p.b, name, data)
	}
}

// Err returns the first error.
func (p *Page) Err() error { return p.err }

// All does one after the other, until there is an error.
func (p *Page) All(parts ...func() error) error {
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

// Head is the top of a page.
type Head struct {
	// Kicker says what kind of page it is, Lead what it comes to.
	Kicker, Title, Lead string
	Sides               []Side
	Links               []Link
	// Filters are the classes of rows that may be shown alone.
	Filters []Filter
}

// Side is one side of what was compared.
type Side struct{ Name, Text, When string }

// Link leads to a part of the page.
type Link struct{ ID, Name string }

// Filter shows the rows of one class alone. Rows name theirs in data-class.
type Filter struct {
	Class, Name string
	N           int
}

// Begin writes the top of the page.
func (p *Page) Begin(h Head) {
	p.Emit("head", struct {
		Policy string
		Style  template.CSS
		Head
	}{
		"default-src 'none'; style-src '" + sourceHash(pageStyle) + "'; script-src '" + sourceHash(pageScript) + "'; base-uri 'none'; form-action 'none'",
		template.CSS(pageStyle), h,
	})
}

// sourceHash names an inline style or script in a policy (CSP 3, §2.3.1).
func sourceHash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// Section is the head of a part of the page; it ends with [Page.EndSection].
type Section struct{ ID, Name, Note, Text string }

// Section begins a part of the page.
func (p *Page) Section(s Section) { p.Emit("section", s) }

// EndSection ends it.
func (p *Page) EndSection() { p.Emit("endsection", nil) }

// End writes the foot of the page, and all of it to the writer.
func (p *Page) End(lead string) error {
	p.Emit("foot", struct {
		Lead   string
		Script template.JS
	}{lead, template.JS(pageScript)})
	if p.err != nil {
		return p.err
	}
	return p.b.Flush()
}

// Topic is the head of a list of rows, or of none.
type Topic struct {
	ID, Tone string
	// Badge stands first, in the style that Style names; Symbol and Code
	// before the title.
	Badge, Style, Symbol, Code string
	Title, Remedy              string
	Notes                      []string
	// Listed is what opens the list; "" means that there is none.
	Listed string
	Open   bool
	// Hidden rows are left out; Command shows them.
	Hidden  int
	Command string
}

// Topic writes a topic, with rows as they are emitted by rows.
func (p *Page) Topic(t Topic, rows func() error) error {
	p.Emit("topic", t)
	if t.Listed != "" {
		if err := rows(); err != nil {
			return err
		}
	}
	p.Emit("endtopic", t)
	return p.err
}

// Field is one field of a row: what it is, and what it was where it changed.
type Field struct {
	Label, Before, After string
	Changed              bool
}

// Digest names what something was made from.
type Digest struct{ Name, Digest string }

// Listed is what opens a list.
func Listed(shown, all int) string {
	switch {
	case all == 1:
		return "Show it"
	case shown < all:
		return fmt.Sprintf("Show %s of %s", Digits(shown), Digits(all))
	}
	return "Show all " + Digits(all)
}

// Fewest is how many rows a list may have that is open from the start.
const Fewest = 12
