package migrate

import (
	"fmt"

	"ldap2scim/internal/views"
	"ldap2scim/plan"
)

// overview is what the summary of a report's page shows.
type overview struct {
	Figures     []views.Figure
	Changes     string
	Classes     views.Classes
	Paces       []views.Columns
	Waves       views.Stacks
	Memberships []views.Bar
}

func (v View) overview() overview {
	o := overview{Figures: v.figures(), Classes: v.classes(), Paces: v.paces()}
	if v.Since > 0 {
		o.Changes = v.changes()
	}
	o.Waves.Caption = "Steps, by wave"
	waves := v.Waves
	if len(waves) == 0 && len(v.Steps) > 0 {
		o.Waves.Caption = "Steps"
		waves = []Wave{{Name: "all", Done: v.Steps["done"], Failed: v.Steps["failed"], Open: v.Steps["pending"] + v.Steps["sending"]}}
	}
	for _, w := range waves {
		name := views.Brief(w.Name)
		o.Waves.Bars = append(o.Waves.Bars, views.NewStack(name, []views.Part{
			{Fill: Migrated.slug(), N: w.Done, Words: views.Digits(w.Done) + " done"},
			{Fill: Failed.slug(), N: w.Failed, Words: views.Digits(w.Failed) + " failed"},
			{Fill: Unsent.slug(), N: w.Open, Words: views.Digits(w.Open) + " open"},
		}))
	}
	if m := v.Memberships; m.Direct+m.Flat+m.Held > 0 {
		o.Memberships = views.Bars([]views.Bar{
			{Name: "direct, in the directory", Fill: "other", N: m.Direct},
			{Name: "flattened, as planned", Fill: "other", N: m.Flat},
			{Name: "at the destination", Fill: Migrated.slug(), N: m.Held},
		})
	}
	return o
}

func (v View) figures() []views.Figure {
	sum := func(classes []Class) (n int) {
		for _, c := range classes {
			n += v.Class(c)
		}
		return n
	}
	in := 0
	for _, n := range v.InSnapshot {
		in += n
	}
	figures := []views.Figure{{N: in, What: "objects in the directory"}, {N: sum(through()), What: "as the plan wants them", Tone: "good"}}
	for _, f := range []views.Figure{
		{N: sum(left()), What: "left to do", Tone: "bad"},
		{N: v.Class(Blocked), What: "blocked", Tone: "bad"},
		{N: v.Class(Excluded), What: "excluded"},
		{N: v.Unexpected[plan.Person] + v.Unexpected[plan.Group], What: "unexpected at the destination", Tone: "care"},
	} {
		if f.N > 0 {
			figures = append(figures, f)
		}
	}
	return figures
}

func (v View) classes() views.Classes {
	all := views.Classes{Caption: "Objects of the directory, by class"}
	for _, k := range kinds() {
		name := map[plan.Kind]string{plan.Person: "people", plan.Group: "groups", plan.Unit: "units"}[k]
		all.Kinds = append(all.Kinds, name)
		all.Totals = append(all.Totals, v.InSnapshot[k])
		var parts []views.Part
		for _, c := range Classes() {
			n := v.Objects[k][c]
			parts = append(parts, views.Part{Fill: c.slug(), N: n, Words: views.Digits(n) + " " + string(c)})
		}
		if v.InSnapshot[k] > 0 {
			all.Bars = append(all.Bars, views.NewStack(name, parts))
		}
	}
	for _, c := range Classes() {
		if v.Class(c) == 0 {
			continue
		}
		line := views.ClassCount{Fill: c.slug(), Name: string(c)}
		for _, k := range kinds() {
			line.N = append(line.N, v.Objects[k][c])
		}
		all.Counts = append(all.Counts, line)
	}
	return all
}

// paces draws what the last runs recorded over time.
func (v View) paces() []views.Columns {
	const most = 6
	var all []views.Columns
	for _, r := range v.Runs {
		if len(r.Pace.Counts) == 0 {
			continue
		}
		per := "second"
		if r.Pace.Seconds > 1 {
			per = fmt.Sprintf("%d seconds", r.Pace.Seconds)
		}
		c := views.NewColumns(fmt.Sprintf("Steps recorded in each %s, run %d", per, r.ID), r.Pace.Counts)
		c.From, c.To = views.Moment(r.Started), recorded(r.Ended)
		all = append(all, c)
	}
	return all[max(0, len(all)-most):]
}
