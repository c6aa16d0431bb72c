package ldapsrc_test

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"

	"ldap2scim/plan"
)

// said keeps what a plan says, by the names of the objects instead of their
// IDs.
type said struct {
	names map[plan.ExternalID]string
	lines []string
}

func (s *said) Step(st plan.Step) error {
	var fields, members []string
	for path, v := range st.After.Sorted() {
		fields = append(fields, path+"="+v)
	}
	for _, m := range st.Members {
		members = append(members, s.names[m])
	}
	slices.Sort(members)
	s.lines = append(s.lines, fmt.Sprintf("%c %s %s %v %v", st.Action, st.Kind, st.Name, fields, members))
	return nil
}

func (s *said) Finding(f plan.Finding) error {
	s.lines = append(s.lines, fmt.Sprintf("%s %s %s: %s", f.Severity, f.Code, s.names[f.Object], f.Sentence))
	return nil
}

func (s *said) Decision(d plan.Decision) error {
	s.lines = append(s.lines, fmt.Sprintf("%s %s %s", d.Kind, s.names[d.Object], d.Class))
	return nil
}

// planOf is what the plan of a first migration says, but for the IDs: sorted,
// since the order of the steps is that of the IDs.
func planOf(t *testing.T, entries []plan.Entry, uid string) []string {
	t.Helper()
	entries = slices.Clone(entries)
	slices.SortFunc(entries, func(a, b plan.Entry) int { return cmp.Compare(a.ID, b.ID) })
	s := &said{names: map[plan.ExternalID]string{}}
	for _, e := range entries {
		s.names[e.ID] = cmp.Or(e.First(uid), e.First("cn"))
	}
	of := func(k plan.Kind) iter.Seq2[plan.Entry, error] {
		return func(yield func(plan.Entry, error) bool) {
			for _, e := range entries {
				if e.Kind == k && !yield(e, nil) {
					return
				}
			}
		}
	}
	nobody := func(plan.Kind) iter.Seq2[plan.Resource, error] { return func(func(plan.Resource, error) bool) {} }
	whole := plan.Proof{Complete: true}
	_, err := plan.Decide(plan.Input{
		Rules: plan.Rules{
			Person: []plan.Mapping{
				{Target: plan.UserName, Source: uid},
				{Target: plan.GivenName, Source: "givenname"},
				{Target: plan.FamilyName, Source: "sn"},
				{Target: plan.WorkEmail, Source: "mail"},
			},
			Group: []plan.Mapping{{Target: plan.DisplayName, Source: "cn"}}, MembersPerRequest: 1000,
		},
		Snapshot:  plan.Snapshot{Proof: whole, Entries: of, Groups: of(plan.Group)},
		Inventory: plan.Inventory{Proof: whole, Owned: nobody, Unowned: nobody, Groups: nobody(plan.Group)},
	}, s)
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(s.lines)
	return slices.DeleteFunc(s.lines, func(line string) bool { return strings.Contains(line, "unit") })
}
