package checkpoints

import "ldap2scim/plan"

// Without returns l without names and values; with nil, as it is.
func (l Line) Without(red *plan.Redaction) Line {
	if red == nil {
		return l
	}
	l.Step, l.Error, l.Said = red.Step(l.Step), red.Answer(l.Error), red.Text(l.Said)
	l.Outcome.RemoteID, l.Outcome.Version = plan.ID(red, l.Outcome.RemoteID), ""
	return l
}

// Without returns v without names and values; with nil, as it is.
func (v Person) Without(red *plan.Redaction) Person {
	if red == nil {
		return v
	}
	v.Entry, v.Resource, v.Decision = through(v.Entry, red.Entry), through(v.Resource, red.Resource), through(v.Decision, red.Decision)
	v.Made = red.Fields(v.Made)
	v.Findings = plan.Mapped(v.Findings, red.Finding)
	v.Steps = plan.Mapped(v.Steps, func(l Line) Line { return l.Without(red) })
	v.Groups = plan.Mapped(v.Groups, func(m Membership) Membership {
		m.Name = red.Name(plan.Group, m.Group, m.Name)
		m.Group, m.Remote = plan.ID(red, m.Group), plan.ID(red, m.Remote)
		return m
	})
	return v
}

// through is a copy of what there is as with returns it.
func through[T any](v *T, with func(T) T) *T {
	if v == nil {
		return nil
	}
	w := with(*v)
	return &w
}
