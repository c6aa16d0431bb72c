package plan

import (
	"fmt"
	"slices"
	"strings"
)

// chartWidth is the width of a bar in the units of its SVG.
const chartWidth = 1000

// overview is what the summary of a page shows.
type overview struct {
	Prerequisites []standing
	Unmet         bool

	Figures []figure
	Bars    []stack
	Kinds   []string
	Counts  []classCount
	Totals  []int
	Actions []bar
	Waves   []bar
	Outlook []string
}

// standing is one prerequisite.
type standing struct {
	Standing Standing
	Words    string
}

// figure is one number that is seen first.
type figure struct {
	N          int
	What, Tone string
}

// stack is one bar of the classes of one kind.
type stack struct {
	Name, Words string
	N           int
	Parts       []part
}

type part struct {
	Class    Class
	X, Width int
	Words    string
}

type classCount struct {
	Class Class
	Name  string
	N     []int
}

// bar is one bar of a chart.
type bar struct {
	Symbol, Name, Fill string
	N, Width           int
}

func (v View) overview() overview {
	s := v.Summary
	o := overview{Unmet: len(s.Unmet) > 0, Figures: s.figures(), Actions: s.actionBars(), Outlook: s.outlook()}
	for _, p := range s.Prerequisites {
		o.Prerequisites = append(o.Prerequisites, standing{p.Standing, p.words()})
	}
	for _, k := range kinds() {
		o.Kinds = append(o.Kinds, k.plural())
		o.Totals = append(o.Totals, s.Total(k))
		if s.Total(k) > 0 {
			o.Bars = append(o.Bars, s.stack(k))
		}
	}
	for _, c := range Classes() {
		if s.Class(c) == 0 {
			continue
		}
		line := classCount{Class: c, Name: c.words()}
		for _, k := range kinds() {
			line.N = append(line.N, s.Objects[k][c])
		}
		o.Counts = append(o.Counts, line)
	}
	most := 0
	for _, w := range s.Waves {
		most = max(most, w.Requests)
	}
	for _, w := range s.Waves {
		o.Waves = append(o.Waves, bar{Name: brief(w.Name), Fill: "fill-other", N: w.Requests, Width: share(w.Requests, most)})
	}
	return o
}

func (s Summary) figures() []figure {
	leave := 0
	for _, n := range s.Hazards {
		leave += n
	}
	figures := []figure{
		{s.Total(Person) + s.Total(Group) + s.Total(Unit), "objects in the directory", ""},
		{s.Requests(), "requests to send", ""},
	}
	if leave > 0 {
		figures = append(figures, figure{leave, "need leave by name", "care"})
	}
	if n := s.Class(Blocked); n > 0 {
		figures = append(figures, figure{n, "blocked", "bad"})
	}
	if n := s.Findings[Warn]; n > 0 {
		figures = append(figures, figure{n, "warnings", "care"})
	}
	return figures
}

// stack parts a bar among the classes of one kind. A class that is there at
// all is seen.
func (s Summary) stack(k Kind) stack {
	const least = 6
	line := stack{Name: k.plural(), N: s.Total(k)}
	var words []string
	sum := 0
	for _, c := range Classes() {
		if n := s.Objects[k][c]; n > 0 {
			p := part{Class: c, Width: max(least, share(n, line.N)), Words: digits(n) + " " + c.words()}
			sum += p.Width
			line.Parts = append(line.Parts, p)
			words = append(words, p.Words)
		}
	}
	// What the small ones got, the large one gives.
	large := 0
	for i, p := range line.Parts {
		if p.Width > line.Parts[large].Width {
			large = i
		}
	}
	line.Parts[large].Width += chartWidth - sum
	for x, i := 0, 0; i < len(line.Parts); i++ {
		line.Parts[i].X = x
		x += line.Parts[i].Width
	}
	line.Words = line.Name + ": " + strings.Join(words, ", ")
	return line
}

// actionBars counts the requests by action.
func (s Summary) actionBars() []bar {
	most := 0
	var actions []Action
	for a, n := range s.Steps {
		if n > 0 {
			most = max(most, n)
			actions = append(actions, a)
		}
	}
	slices.SortFunc(actions, func(a, b Action) int { return slices.Compare(manner{action: a}.place(), manner{action: b}.place()) })
	var bars []bar
	for _, a := range actions {
		fill := "fill-other"
		switch a {
		case Create:
			fill = "fill-create"
		case Adopt:
			fill = "fill-adopt"
		case Take:
			fill = "fill-blocked"
		case Update, AddMembers:
		}
		bars = append(bars, bar{string(a), a.Word(), fill, s.Steps[a], share(s.Steps[a], most)})
	}
	return bars
}

// share is n of most in the units of a chart, and never nothing for something.
func share(n, most int) int {
	if n == 0 || most == 0 {
		return 0
	}
	return max(1, int(float64(n)*chartWidth/float64(most)+.5))
}

// listed is what opens a list.
func listed(shown, all int) string {
	switch {
	case all == 1:
		return "Show it"
	case shown < all:
		return fmt.Sprintf("Show %s of %s", digits(shown), digits(all))
	}
	return "Show all " + digits(all)
}
