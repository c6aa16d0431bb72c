package main

import (
	"fmt"
	"slices"
	"strings"

	"ldap2scim/plan"
)

// hazards reads the values of --allow.
func hazards(names []string) ([]plan.Hazard, error) {
	var allowed []plan.Hazard
	for _, name := range names {
		h := plan.Hazard(name)
		if !slices.Contains(plan.Hazards(), h) {
			return nil, &adviceError{what: fmt.Sprintf("--allow %s: there is no such hazard", name), hint: "There are " + hazardNames() + "."}
		}
		allowed = append(allowed, h)
	}
	return allowed, nil
}

func hazardNames() string {
	var names []string
	for _, h := range plan.Hazards() {
		names = append(names, string(h))
	}
	return strings.Join(names, ", ")
}
