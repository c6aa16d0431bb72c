package plan

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"ldap2scim/internal/views"
)

// outlook says in sentences what carrying out a plan means: how groups grow,
// in which parts it goes, what it costs, and what is left alone.
func (s Summary) outlook() []string {
	var lines []string
	if s.Flat != s.Direct && s.Direct > 0 {
		lines = append(lines, fmt.Sprintf("Groups: %s, flattened to %s (%.1f times).",
			views.Amount(s.Direct, "direct membership"), views.Digits(s.Flat), float64(s.Flat)/float64(s.Direct)))
	}
	if len(s.Waves) > 0 {
		parts := make([]string, len(s.Waves))
		for i, w := range s.Waves {
			parts[i] = fmt.Sprintf("%s with %s and %s", views.Brief(w.Name), Person.number(w.People), views.Amount(w.Requests, "request"))
		}
		lines = append(lines, "Waves: "+strings.Join(parts, "; ")+".")
	}
	lines = append(lines, s.Accounts.lines()...)
	for _, name := range slices.Sorted(maps.Keys(s.CustomValues)) {
		c := s.CustomValues[name]
		if c.Equal+c.Differs == 0 {
			lines = append(lines, fmt.Sprintf("Certificates that hold %s: not known whether they are issued again.", views.Brief(name)))
			continue
		}
		lines = append(lines, fmt.Sprintf("Certificates that hold %s: %s with the stored value, %s with another (issued again), %s not known.",
			views.Brief(name), Person.number(c.Equal), views.Digits(c.Differs), views.Digits(c.Unknown)))
	}
	if ids := s.AppleIDs; ids.Kept+ids.Changed > 0 {
		lines = append(lines, fmt.Sprintf("Managed Apple IDs: %s kept, %s changed.", views.Digits(ids.Kept), views.Digits(ids.Changed)))
	}
	if s.Estimate.Seconds > 0 || s.Estimate.Price > 0 {
		lines = append(lines, "Estimate: "+s.Estimate.words()+".")
	}
	if c := s.Estimate.Cycle; c != (Cycle{}) {
		lines = append(lines, fmt.Sprintf("The destination's own first cycle, of %s people, groups and memberships: %s to %s, as the vendor reckons.",
			views.Digits(s.Estimate.InScope), duration(time.Duration(c.Least*float64(time.Second))), duration(time.Duration(c.Most*float64(time.Second)))))
	}
	if n := s.Unexpected[Person] + s.Unexpected[Group]; n > 0 {
		lines = append(lines, fmt.Sprintf("At the destination and not in the directory, left alone: %s, %s.", Person.number(s.Unexpected[Person]), Group.number(s.Unexpected[Group])))
	}
	return lines
}

func (e Estimate) words() string {
	s := views.Amount(e.Requests, "request")
	if e.Seconds > 0 {
		s += ", " + duration(time.Duration(e.Seconds*float64(time.Second))) + " under the quota"
	}
	if e.Price > 0 {
		s += fmt.Sprintf(", price %.2f", e.Price)
	}
	return s
}

// words says how a prerequisite stands, and who says so.
func (p Prerequired) words() string {
	s := p.Subject()
	if a := p.Attestation; a != nil {
		s += ", by " + a.By + ", " + views.Moment(a.At)
		if a.Evidence != "" {
			s += " (" + a.Evidence + ")"
		}
	}
	if e := p.Evidence; e != nil {
		s += ": " + e.Sentence
	}
	return views.Brief(s)
}

// besides are the words of the evidence that decides nothing.
func (p Prerequired) besides() []string {
	var all []string
	for _, e := range p.Beside {
		all = append(all, e.words())
	}
	return all
}

// words says what was seen beside what decides.
func (e Evidence) words() string {
	return views.Brief(string(e.Bearing) + " (" + e.Kind + "): " + e.Sentence)
}

// lines say what the vendor's records hold.
func (c AccountCounts) lines() []string {
	if c.ByID+c.ByName+c.None == 0 {
		return nil
	}
	var parts []string
	for _, source := range slices.Sorted(maps.Keys(c.Sources)) {
		parts = append(parts, views.Digits(c.Sources[source])+" "+cmp.Or(views.Brief(source), "of unknown source"))
	}
	return []string{
		"Accounts at the vendor: " + strings.Join(parts, ", ") + ".",
		fmt.Sprintf("Of the directory's people %s were found by their ID, %s by their user ID alone, and %s have no account yet. Accounts of LDAP that are nobody's: %s.",
			views.Digits(c.ByID), views.Digits(c.ByName), views.Digits(c.None), views.Digits(c.Orphans)),
	}
}

// duration is rounded as a person would.
func duration(d time.Duration) string {
	switch minutes := int(d.Round(time.Minute).Minutes()); {
	case d < 90*time.Second:
		return views.Amount(max(1, int(d.Round(time.Second).Seconds())), "second")
	case minutes < 120:
		return views.Amount(minutes, "minute")
	default:
		return fmt.Sprintf("%s %d min", views.Amount(minutes/60, "hour"), minutes%60)
	}
}
