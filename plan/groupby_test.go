package plan_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"ldap2scim/plan"
)

// TestLongGroups: groups that are longer than what is kept of them, and mixed,
// are shown in full and in order, or up to the limit.
func TestLongGroups(t *testing.T) {
	t.Parallel()
	var all []plan.Finding
	for i := range 500 {
		code := []plan.Code{plan.BadEmail, plan.Duplicate}[i%2]
		all = append(all, plan.Finding{Code: code, Severity: plan.Block, Kind: plan.Person, Object: plan.ExternalID(fmt.Sprint(i)), Name: fmt.Sprintf("%s-%03d", code, i), Sentence: "s"})
	}
	for most, want := range map[int]int{0: 250, 130: 130, 3: 3} {
		var b bytes.Buffer
		if err := plan.WriteFindings(&b, seq(all), most); err != nil {
			t.Fatal(err)
		}
		for _, code := range []plan.Code{plan.BadEmail, plan.Duplicate} {
			var names []string
			for line := range strings.Lines(b.String()) {
				if name := strings.TrimSpace(line); strings.HasPrefix(name, string(code)+"-") {
					names = append(names, name)
				}
			}
			last := fmt.Sprintf("%s-%03d", code, 2*(want-1)+map[plan.Code]int{plan.BadEmail: 0, plan.Duplicate: 1}[code])
			if len(names) != want || names[len(names)-1] != last {
				t.Errorf("at most %d of %s: %d, the last %s; want %d, %s", most, code, len(names), names[len(names)-1], want, last)
			}
		}
		if hidden := 250 - want; hidden > 0 && !strings.Contains(b.String(), fmt.Sprintf("… and %d more of P04: ldap2scim show findings P04", hidden)) {
			t.Errorf("at most %d: %d hidden, and not said", most, hidden)
		}
	}
}
