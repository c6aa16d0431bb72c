package plan_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"ldap2scim/plan"
)

// TestDocs: every check that can have a finding is explained, and no page
// names a check that there is not.
func TestDocs(t *testing.T) {
	t.Parallel()
	findings := read(t, "findings.md")
	for _, c := range plan.Checks() {
		explained := strings.Contains(findings, "\n## "+string(c.Code)+"\n") && strings.Contains(findings, "| ["+string(c.Code)+"](#")
		if explained != (c.Severity != "") {
			t.Errorf("%s (%s): explained %v", c.Code, c.Severity, explained)
		}
	}
	code := regexp.MustCompile(`\b[SDEPG]\d\d\b`)
	for _, name := range []string{"findings.md", "vendor-page.md", "mapping.md", "configuration.md"} {
		for _, found := range code.FindAllString(read(t, name), -1) {
			if _, known := plan.CheckOf(plan.Code(found)); !known {
				t.Errorf("%s names %s", name, found)
			}
		}
	}
	for _, c := range plan.Checks() {
		waivable := strings.Contains(read(t, "mapping.md"), string(c.Code))
		if waivable != (c.Waiver != "") {
			t.Errorf("%s: mapping.md says it can be waived: %v", c.Code, waivable)
		}
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "docs", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
