package scimdst

import (
	"fmt"
	"strings"

	"ldap2scim/plan"
)

// clearFields has an operation for each attribute whose value is removed (RFC
// 7644 §3.5.2.2). Of a multi-valued attribute the value of the type goes
// whole: one without a value would be left.
func (p Profile) clearFields(paths []string) (array, error) {
	var ops array
	for _, path := range paths {
		a, err := parseAttribute(path)
		if err != nil {
			return nil, err
		}
		if a.kind != "" && p.Patch == DialectValues {
			return nil, fmt.Errorf("attribute %s: this service's form of PATCH cannot remove one of several values", path)
		}
		if a.kind != "" {
			path = strings.TrimSuffix(path, ".value")
		}
		ops = append(ops, operation{op: p.word("remove"), path: path})
	}
	return ops, nil
}

// cleared tells whether nothing is left of what the step removes.
func cleared(step plan.Step, h held) error {
	for _, path := range step.Clear {
		if value := fieldOf(h, path); value != "" {
			return &notTaken{what: fmt.Sprintf("%s is still %q", path, value)}
		}
	}
	return nil
}
