package plan_test

import (
	"bytes"
	"testing"

	"ldap2scim/plan"
)

func TestStepText(t *testing.T) {
	t.Parallel()
	v := showcase().view()
	var b bytes.Buffer
	for s := range v.Steps { //nolint:errcheck // always nil
		if s.Object == "h17" || s.Object == "a00" || s.Object == "g2" {
			if err := plan.WriteStep(&b, s, v.NameOf); err != nil {
				t.Fatal(err)
			}
		}
	}
	golden(t, "steps.txt", b.Bytes())
}
