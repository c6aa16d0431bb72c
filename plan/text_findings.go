package plan

import (
	"bufio"
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"ldap2scim/internal/views"
)

// topic is what findings are grouped by.
type topic struct {
	severity Severity
	code     Code
}

// severities returns all severities in the order in which they are shown.
func severities() []Severity { return []Severity{Block, Warn, Note} }

// topics are the findings of a plan by topic.
type topics struct {
	views.Grouped[topic, Finding]
	order []topic
	about map[topic]*common
}

// common is what the findings of one topic share.
type common struct {
	// sentence and remedy are those of all findings, or "" where they differ.
	sentence, remedy string
	// waived is the reason for which the check does not block.
	waived  string
	example string // the first sentence
	// kinds counts the objects that they are about.
	kinds map[Kind]int
	last  ExternalID // the findings on one object come one after the other
}

// topicsOf groups findings by severity and code.
func topicsOf(all iter.Seq2[Finding, error], most int) (topics, error) {
	about := map[topic]*common{}
	g, err := views.GroupBy(all, func(f Finding) topic { return topic{f.Severity, f.Code} }, most, func(t topic, f Finding) {
		c := about[t]
		if c == nil {
			c = &common{sentence: f.Sentence, example: f.Sentence, remedy: f.Remedy, waived: f.Waived, kinds: map[Kind]int{}}
			about[t] = c
		}
		if f.Object != "" && f.Object != c.last {
			c.kinds[f.Kind]++
		}
		c.last = f.Object
		if f.Sentence != c.sentence {
			c.sentence = ""
		}
		if f.Remedy != c.remedy {
			c.remedy = ""
		}
	})
	if err != nil {
		return topics{}, fmt.Errorf("read findings: %w", err)
	}
	order := slices.SortedFunc(maps.Keys(about), func(a, b topic) int {
		if a.severity != b.severity {
			return rank(severities(), a.severity) - rank(severities(), b.severity)
		}
		return strings.Compare(string(a.code), string(b.code))
	})
	return topics{g, order, about}, nil
}

// rank is the place of v in an order; what is not in it comes last.
func rank[T comparable](order []T, v T) int {
	if i := slices.Index(order, v); i >= 0 {
		return i
	}
	return len(order)
}

// WriteFindings shows findings to a person, by severity and code, at most so
// many of each; 0 means all.
func WriteFindings(w io.Writer, all iter.Seq2[Finding, error], most int) error {
	found, err := topicsOf(all, most)
	if err != nil {
		return err
	}
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "Findings: %s\n", found.sum())
	for _, t := range found.order {
		if err := found.write(b, t); err != nil {
			return err
		}
	}
	return b.Flush()
}

// sum counts the findings by severity.
func (g topics) sum() string {
	if len(g.order) == 0 {
		return "none"
	}
	var parts []string
	for _, s := range severities() {
		n := 0
		for t, c := range g.Counts {
			if t.severity == s {
				n += c
			}
		}
		parts = append(parts, views.Digits(n)+" "+string(s))
	}
	return strings.Join(parts, ", ")
}

// write shows one topic: what is so and what to do once, where they are the
// same for all, then the objects.
func (g topics) write(b *bufio.Writer, t topic) error {
	const indent = "             "
	c := g.about[t]
	title := c.title(g.Counts[t])
	fmt.Fprintf(b, "  %-5s %-4s %s\n", t.severity, t.code, views.Wrapped(views.Brief(title), indent, len(indent)))
	if c.remedy != "" {
		fmt.Fprintf(b, "%s→ %s\n", indent, views.Wrapped(views.Brief(c.remedy), indent+"  ", len(indent)+2))
	}
	if c.waived != "" {
		fmt.Fprintf(b, "%s%s\n", indent, views.Wrapped(views.Brief("does not block: "+c.waived), indent+"  ", len(indent)))
	}
	for f, err := range g.Shown(t) {
		if err != nil {
			return fmt.Errorf("read findings: %w", err)
		}
		name := views.Brief(f.Name)
		switch {
		case c.sentence == "" && name != "":
			name += ": "
			fmt.Fprintf(b, "%s%s%s\n", indent, name, views.Wrapped(views.Brief(f.Sentence), indent+"    ", len(indent)+utf8.RuneCountInString(name)))
		case c.sentence == "":
			fmt.Fprintf(b, "%s%s\n", indent, views.Wrapped(views.Brief(f.Sentence), indent+"    ", len(indent)))
		case name != "":
			fmt.Fprintf(b, "%s%s\n", indent, name)
		}
		if c.remedy == "" && f.Remedy != "" {
			fmt.Fprintf(b, "%s  → %s\n", indent, views.Wrapped(views.Brief(f.Remedy), indent+"    ", len(indent)+4))
		}
	}
	more(b, indent, g.Hidden(t), "of "+string(t.code), "ldap2scim show findings "+string(t.code))
	return nil
}

// title counts what a topic is about, and says what is so where all its
// findings say the same.
func (c common) title(n int) string {
	var parts []string
	for _, k := range slices.SortedFunc(maps.Keys(c.kinds), func(a, b Kind) int { return rank(kinds(), a) - rank(kinds(), b) }) {
		parts = append(parts, k.number(c.kinds[k]))
	}
	switch about := strings.Join(parts, ", "); {
	case about != "" && c.sentence != "":
		return about + ": " + c.sentence
	case about != "":
		return about + ", for example: " + c.example
	case c.sentence != "":
		return c.sentence
	}
	return views.Amount(n, "finding") + ", for example: " + c.example
}
