package migrate

import (
	"maps"
	"slices"
	"strings"

	"ldap2scim/internal/views"
	"ldap2scim/plan"
)

// provisionings counts the objects of the directory that are at a destination
// which provisions a service by itself, by what the newest row of its log says
// of each.
type provisionings map[string]map[plan.Kind]int

func (p provisionings) count(newest string, k plan.Kind) {
	if p[newest] == nil {
		p[newest] = map[plan.Kind]int{}
	}
	p[newest][k]++
}

// numbers is the table of a report. It names nobody.
func (p provisionings) numbers() Numbers {
	n := Numbers{
		ID: "provisioning", Title: "Provisioning log",
		Text:    "What the newest row says of each object of the directory that is at the destination.",
		Columns: []string{"", "people", "groups", "units"},
	}
	line := func(name string, of func(plan.Kind) int) {
		cells := []string{name}
		for _, k := range kinds() {
			cells = append(cells, views.Digits(of(k)))
		}
		n.Lines = append(n.Lines, cells)
	}
	sum := map[plan.Kind]int{}
	for _, newest := range slices.SortedFunc(maps.Keys(p), noneLast) {
		name := newest
		if name == "" {
			name = "no row"
		}
		line(name, func(k plan.Kind) int { return p[newest][k] })
		for k, some := range p[newest] {
			sum[k] += some
		}
	}
	line("in all", func(k plan.Kind) int { return sum[k] })
	return n
}

func noneLast(a, b string) int {
	if a == "" || b == "" {
		return len(b) - len(a)
	}
	return strings.Compare(a, b)
}
