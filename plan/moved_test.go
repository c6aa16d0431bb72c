package plan_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ldap2scim/plan"
)

func TestCompareEntries(t *testing.T) {
	t.Parallel()
	renamed := person("p3", "u3")
	renamed.DN, renamed.Key = "uid=other", "uid=other"
	locked := person("p4", "u4")
	locked.Inactive = "locked"
	binary := person("p6", "u6", "photo", "\xff")
	before := []plan.Entry{person("p1", "u1"), person("p2", "u2"), person("p3", "u3"), person("p4", "u4"), person("p5", "u5"), binary}
	after := []plan.Entry{person("p0", "u0"), person("p2", "u2", "mail", "new@example.com"), renamed, locked, person("p5", "u5"), binary, person("p7", "u7")}
	var got []string
	take := func(m plan.Moved) error {
		got = append(got, fmt.Sprintf("%s %s %v %s", m.Move, m.ID, m.Attributes, m.Was))
		return nil
	}
	if err := plan.CompareEntries(seq(before), seq(after), take); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"added p0 [] ", "removed p1 [] ", "changed p2 [mail] ", "renamed p3 [] " + before[2].DN, "changed p4 [inactive] ", "added p7 [] ",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	got = nil
	was, is := group("g1", "a", "p1", "p2"), group("g1", "a", "p2", "p3", "p4")
	if err := plan.CompareEntries(seq([]plan.Entry{was, group("g2", "b")}), seq([]plan.Entry{is}), take); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"changed g1 [2 members added 1 member removed] ", "removed g2 [] "}, got); diff != "" {
		t.Error(diff)
	}
}

func TestCompareEntriesReadsToTheEnd(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	bad := func(yield func(plan.Entry, error) bool) { yield(plan.Entry{}, broken) }
	good := seq([]plan.Entry{person("p1", "u1")})
	ignore := func(plan.Moved) error { return nil }
	for name, err := range map[string]error{
		"older": plan.CompareEntries(bad, good, ignore), "newer": plan.CompareEntries(good, bad, ignore), "both": plan.CompareEntries(bad, seq([]plan.Entry{}), ignore),
		"taker": plan.CompareEntries(seq([]plan.Entry{}), good, func(plan.Moved) error { return broken }),
	} {
		if !errors.Is(err, broken) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
