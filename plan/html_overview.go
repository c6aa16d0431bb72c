package plan

import (
	"slices"

	"ldap2scim/internal/views"
)

// overview is what the summary of a page shows.
type overview struct {
	Prerequisites []standing
	Unmet         bool

	Figures []views.Figure
	Classes views.Classes
	Actions []views.Bar
	Waves   []views.Bar
	Outlook []string
}

// standing is one prerequisite.
type standing struct {
	Standing Standing
	Words    string
	Beside   []string
}

func (v View) overview() overview {
	s := v.Summary
	o := overview{Unmet: len(s.Unmet) > 0, Figures: s.figures(), Actions: s.actionBars(), Outlook: s.outlook()}
	for _, p := range s.Prerequisites {
		o.Prerequisites = append(o.Prerequisites, standing{p.Standing, p.words(), p.besides()})
	}
	o.Classes.Caption = "Objects of the directory, by class"
	for _, k := range s.kinds() {
		o.Classes.Kinds = append(o.Classes.Kinds, k.plural())
		o.Classes.Totals = append(o.Classes.Totals, s.Total(k))
		if s.Total(k) > 0 {
			o.Classes.Bars = append(o.Classes.Bars, s.stack(k))
		}
	}
	for _, c := range Classes() {
		if s.Class(c) == 0 {
			continue
		}
		line := views.ClassCount{Fill: string(c), Name: c.words()}
		for _, k := range s.kinds() {
			line.N = append(line.N, s.Objects[k][c])
		}
		o.Classes.Counts = append(o.Classes.Counts, line)
	}
	for _, w := range s.Waves {
		o.Waves = append(o.Waves, views.Bar{Name: views.Brief(w.Name), Fill: "other", N: w.Requests})
	}
	views.Bars(o.Waves)
	return o
}

func (s Summary) figures() []views.Figure {
	leave := 0
	for _, n := range s.Hazards {
		leave += n
	}
	figures := []views.Figure{
		{N: s.Total(Person) + s.Total(Group) + s.Total(Unit), What: "objects in the directory"},
		{N: s.Requests(), What: "requests to send"},
	}
	if leave > 0 {
		figures = append(figures, views.Figure{N: leave, What: "need leave by name", Tone: "care"})
	}
	if n := s.Class(Blocked); n > 0 {
		figures = append(figures, views.Figure{N: n, What: "blocked", Tone: "bad"})
	}
	if n := s.Findings[Warn]; n > 0 {
		figures = append(figures, views.Figure{N: n, What: "warnings", Tone: "care"})
	}
	return figures
}

// stack parts a bar among the classes of one kind.
func (s Summary) stack(k Kind) views.Stack {
	var parts []views.Part
	for _, c := range Classes() {
		n := s.Objects[k][c]
		parts = append(parts, views.Part{Fill: string(c), N: n, Words: views.Digits(n) + " " + c.words()})
	}
	return views.NewStack(k.plural(), parts)
}

// actionBars counts the requests by action.
func (s Summary) actionBars() []views.Bar {
	var actions []Action
	for a, n := range s.Steps {
		if n > 0 {
			actions = append(actions, a)
		}
	}
	slices.SortFunc(actions, func(a, b Action) int { return slices.Compare(manner{action: a}.place(), manner{action: b}.place()) })
	var bars []views.Bar
	for _, a := range actions {
		bars = append(bars, views.Bar{Symbol: string(a), Name: a.Word(), Fill: a.fill(), N: s.Steps[a]})
	}
	return views.Bars(bars)
}

// fill names the colour of an action's bar.
func (a Action) fill() string {
	switch a {
	case Create:
		return "create"
	case Adopt:
		return "adopt"
	case Take, Remove:
		return "blocked"
	case Update, AddMembers, Try:
	}
	return "other"
}
