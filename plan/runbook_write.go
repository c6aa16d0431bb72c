package plan

import (
	"bufio"
	_ "embed" // the runbook's page
	"fmt"
	"html/template"
	"io"
	"strings"
)

//go:embed html/runbook.tmpl
var runbookTemplate string

// WriteHTML writes the runbook as one page that needs no other file and no
// network. It is written by html/template, so that no value becomes markup.
func (r Runbook) WriteHTML(w io.Writer) error {
	t, err := template.New("runbook").Parse(runbookTemplate)
	if err != nil {
		return err // unreachable: the template is tested
	}
	return t.Execute(w, r)
}

// WriteMarkdown writes it as Markdown, with boxes to tick.
func (r Runbook) WriteMarkdown(w io.Writer) error {
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "# %s\n\n", plainText(r.Title))
	for _, line := range r.About {
		fmt.Fprintf(b, "* %s\n", plainText(line))
	}
	for n, p := range r.Parts {
		fmt.Fprintf(b, "\n## %d. %s\n\n", n+1, plainText(p.Title))
		if p.Text != "" {
			fmt.Fprintf(b, "%s\n\n", plainText(p.Text))
		}
		for _, item := range p.Items {
			item.writeMarkdown(b)
		}
		if p.Table != nil {
			b.WriteByte('\n')
			p.Table.writeMarkdown(b)
		}
	}
	return b.Flush()
}

func (i RunbookItem) writeMarkdown(b *bufio.Writer) {
	box := " "
	if i.Done {
		box = "x"
	}
	fmt.Fprintf(b, "- [%s] %s\n", box, plainText(i.Do))
	for _, v := range i.Values {
		fmt.Fprintf(b, "      - type: %s\n", code(v))
	}
	if i.Attest != "" {
		fmt.Fprintf(b, "      - say so: %s\n", code(i.Attest))
	}
	if i.How != "" {
		fmt.Fprintf(b, "      - %s\n", plainText(i.How))
	}
}

func (t RunbookTable) writeMarkdown(b *bufio.Writer) {
	fmt.Fprintf(b, "| %s |\n|%s\n", strings.Join(t.Columns, " | "), strings.Repeat("---|", len(t.Columns)))
	for _, row := range t.Rows {
		cells := make([]string, len(row))
		for i, cell := range row {
			if cells[i] = plainText(cell); t.Typed[i] && cell != "" {
				cells[i] = code(cell)
			}
			cells[i] = strings.ReplaceAll(cells[i], "|", `\|`)
		}
		fmt.Fprintf(b, "| %s |\n", strings.Join(cells, " | "))
	}
}

// plainText keeps signs from being taken for markup.
func plainText(s string) string {
	return strings.NewReplacer(`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "<", "&lt;", "\n", " ").Replace(s)
}

// code is a value to be typed as it stands, between as many backticks as it
// needs.
func code(s string) string {
	s = strings.ReplaceAll(s, "\n", " ")
	fence := "`"
	for strings.Contains(s, fence) {
		fence += "`"
	}
	if len(fence) > 1 {
		return fence + " " + s + " " + fence
	}
	return fence + s + fence
}
