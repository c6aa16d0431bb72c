package migrate

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"ldap2scim/internal/views"
	"ldap2scim/plan"
)

// topic is what the lines of a list have in common.
type topic struct {
	class   Class
	code    plan.Code
	failure plan.Failure
}

// topics are the lines of a report by class and check.
type topics struct {
	views.Grouped[topic, Line]
	order []topic
	about map[topic]*common
}

// common is what is the same for all lines of a topic; "" where it is not.
type common struct {
	kinds       map[plan.Kind]int
	why, remedy string
}

func (v View) topics() (topics, error) {
	about := map[topic]*common{}
	g, err := views.GroupBy(v.all(), func(l Line) topic { return topic{l.class(), l.Code, l.Failure} }, v.Most, func(t topic, l Line) {
		c := about[t]
		if c == nil {
			c = &common{kinds: map[plan.Kind]int{}, why: l.Why, remedy: l.Remedy}
			about[t] = c
		}
		c.kinds[l.Kind]++
		if l.Why != c.why {
			c.why = ""
		}
		if l.Remedy != c.remedy {
			c.remedy = ""
		}
	})
	if err != nil {
		return topics{}, fmt.Errorf("read the report: %w", err)
	}
	order := slices.SortedFunc(maps.Keys(about), func(a, b topic) int {
		return cmp.Or(cmp.Compare(slices.Index(Classes(), a.class), slices.Index(Classes(), b.class)), cmp.Compare(a.code, b.code),
			cmp.Compare(slices.Index(plan.Failures(), a.failure), slices.Index(plan.Failures(), b.failure)))
	})
	return topics{g, order, about}, nil
}

// of returns the topics of some classes, in order.
func (g topics) of(classes []Class) []topic {
	var some []topic
	for _, t := range g.order {
		if slices.Contains(classes, t.class) {
			some = append(some, t)
		}
	}
	return some
}

// title says how many of what there are, and why where it is the same.
func (g topics) title(t topic) string {
	c := g.about[t]
	var parts []string
	for _, k := range decided() {
		if n := c.kinds[k]; n > 0 {
			parts = append(parts, amountOf(k, n))
		}
	}
	s := strings.Join(parts, ", ")
	switch {
	case t.class == Failed:
		s += ": " + t.failure.Sentence()
	case c.why != "":
		s += ": " + c.why
	}
	return s
}

// amountOf says how many of a kind there are.
func amountOf(k plan.Kind, n int) string {
	if k == plan.Person && n != 1 {
		return views.Digits(n) + " people"
	}
	return views.Amount(n, string(k))
}

// own is a line with what its topic has said already left out.
func (g topics) own(t topic, l Line) Line {
	if g.about[t].why != "" && t.class != Failed {
		l.Why = ""
	}
	if g.about[t].remedy != "" {
		l.Remedy = ""
	}
	return l
}

// summary says in short what of a drifted object is otherwise.
func (l Line) summary() string {
	var parts []string
	for _, p := range []struct {
		n    int
		what string
		end  string
	}{{len(l.Differences), "attribute", " otherwise"}, {len(l.Absent), "member", " missing"}, {len(l.Extra), "member", " too many"}} {
		if p.n > 0 {
			parts = append(parts, views.Amount(p.n, p.what)+p.end)
		}
	}
	return strings.Join(parts, ", ")
}

// tried says how often and when it was tried.
func (l Line) tried() string {
	if l.Attempts == 0 {
		return ""
	}
	s := "after " + views.Amount(l.Attempts, "attempt")
	if l.Run > 0 {
		s += fmt.Sprintf(", run %d", l.Run)
	}
	return s
}
