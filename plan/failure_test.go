package plan_test

import (
	"strings"
	"testing"

	"ldap2scim/plan"
)

// TestFailuresHaveARemedy: each has a sentence and a next action of its own
// that names a command.
func TestFailuresHaveARemedy(t *testing.T) {
	t.Parallel()
	sentences := map[string]plan.Failure{}
	for _, f := range plan.Failures() {
		if other, twice := sentences[f.Sentence()]; twice || !strings.Contains(f.Remedy(), "ldap2scim ") {
			t.Errorf("%s: %q (as %s) → %q", f, f.Sentence(), other, f.Remedy())
		}
		sentences[f.Sentence()] = f
	}
}
