package migrate

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"ldap2scim/checkpoints"
	"ldap2scim/plan"
)

// StaleError: something moved since the plan was made.
type StaleError struct {
	Plan plan.Digest
	What string
}

func (e *StaleError) Error() string {
	return fmt.Sprintf("plan %s is stale: %s", e.Plan.Short(), e.What)
}

// Hint says what to do.
func (e *StaleError) Hint() string { return "Make and review a new one: ldap2scim plan." }

// HazardError: the plan has steps that need leave by name.
type HazardError struct{ Steps map[plan.Hazard]int }

func (e *HazardError) names() []string {
	var names []string
	for _, h := range plan.Hazards() {
		if e.Steps[h] > 0 {
			names = append(names, string(h))
		}
	}
	return names
}

func (e *HazardError) Error() string {
	var parts []string
	for _, name := range e.names() {
		parts = append(parts, fmt.Sprintf("%d to %s", e.Steps[plan.Hazard(name)], name))
	}
	return "the plan has steps that need leave: " + strings.Join(parts, ", ")
}

// Hint gives the option that allows exactly those.
func (e *HazardError) Hint() string {
	return "Read them at the end of ldap2scim show plan, then add --allow " + strings.Join(e.names(), ",") + "."
}

// checkFresh returns a [StaleError] when p is no longer the plan to apply.
func checkFresh(ctx context.Context, f *checkpoints.File, p checkpoints.Plan, settings plan.Digest) error {
	last, err := f.LastPlan(ctx)
	if err != nil {
		return err
	}
	snap, err := f.LastSnapshot(ctx)
	if err != nil {
		return err
	}
	stale := func(what string) error { return &StaleError{Plan: p.Summary.Digest, What: what} }
	switch {
	case last.ID != p.ID:
		return stale(fmt.Sprintf("plan %s was made after it", last.Summary.Digest.Short()))
	case snap.ID != p.Snapshot && snap.Digest != p.Summary.Snapshot:
		return stale("a newer snapshot shows the directory otherwise")
	case settings != p.Settings:
		return stale("the configuration has changed")
	}
	return nil
}

// checkHazards returns a [HazardError] that names what allowed leaves out.
func checkHazards(s plan.Summary, allowed []plan.Hazard) error {
	refused := map[plan.Hazard]int{}
	for h, n := range s.Hazards {
		if n > 0 && !slices.Contains(allowed, h) {
			refused[h] = n
		}
	}
	if len(refused) > 0 {
		return &HazardError{Steps: refused}
	}
	return nil
}
