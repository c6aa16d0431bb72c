package migrate

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

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

// PrerequisiteError: something that the plan needs is neither proven nor
// attested.
type PrerequisiteError struct{ Unmet []plan.Prerequired }

func (e *PrerequisiteError) Error() string {
	parts := make([]string, len(e.Unmet))
	for i, p := range e.Unmet {
		parts[i] = p.Subject()
		if p.Refuted() {
			parts[i] += " (" + p.Evidence.Sentence + ")"
		}
	}
	return "not known to be so, and nothing may be written before: " + strings.Join(parts, ", ")
}

// Hint says what to do about the first of them.
func (e *PrerequisiteError) Hint() string {
	first := e.Unmet[0]
	if first.Refuted() {
		return "Deselect Enable this LDAP Server, and do not delete the server, which would make its people local; then show it with ldap2scim tenant, or say so with ldap2scim attest " + first.Subject() + "."
	}
	return "See to it, then say so: ldap2scim attest " + first.Subject() + " --by YOUR-NAME."
}

// checkPrerequisites asks again: what the plan did not know may have been shown
// or attested since, and what it knew may have been overruled.
func (a Apply) checkPrerequisites(ctx context.Context, p checkpoints.Plan) error {
	if len(p.Summary.Prerequisites) == 0 {
		return nil
	}
	said, err1 := a.File.Attestations(ctx)
	seen, err2 := a.File.Evidence(ctx)
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	if unmet := p.Summary.StillUnmet(said, seen); len(unmet) > 0 {
		return &PrerequisiteError{Unmet: unmet}
	}
	return nil
}

// SettingError: something failed that the destination must have before the
// plan can go on.
type SettingError struct {
	Name string
	Err  error
}

func (e *SettingError) Error() string { return fmt.Sprintf("%s: %v", e.Name, e.Err) }

func (e *SettingError) Unwrap() error { return e.Err }

// Hint says how to go on.
func (e *SettingError) Hint() string {
	return "Mend the cause, then send it again: ldap2scim apply --retry-failed; or make a new plan."
}

// checkSettings returns a [SettingError] when a setting of the plan has failed
// in an earlier run and is not to be sent again by this one.
func (a Apply) checkSettings(ctx context.Context, p checkpoints.Plan) error {
	if a.Scope.Again || len(p.Rules.Settings) == 0 {
		return nil
	}
	l, err := a.File.FailedOf(ctx, p.ID, plan.Setting)
	if errors.Is(err, checkpoints.ErrNone) {
		return nil
	}
	if err != nil {
		return err
	}
	return &SettingError{Name: l.Step.Name, Err: errors.New(l.Error)}
}

// checkFresh returns a [StaleError] when p is no longer the plan to apply.
func (a Apply) checkFresh(ctx context.Context, p checkpoints.Plan) error {
	last, err1 := a.File.LastPlan(ctx)
	snap, err2 := a.File.LastSnapshot(ctx)
	own, err3 := a.File.Snapshot(ctx, p.Snapshot)
	if err := errors.Join(err1, err2, err3); err != nil {
		return err
	}
	age := time.Since(own.Taken)
	stale := func(what string) error { return &StaleError{Plan: p.Summary.Digest, What: what} }
	switch {
	case last.ID != p.ID:
		return stale(fmt.Sprintf("plan %s was made after it", last.Summary.Digest.Short()))
	case p.Undoes == 0 && snap.ID != p.Snapshot && snap.Digest != p.Summary.Snapshot:
		return stale("a newer snapshot shows the directory otherwise")
	case a.Settings != p.Settings:
		return stale("the configuration has changed")
	case p.Undoes == 0 && a.MaxAge > 0 && age > a.MaxAge:
		return stale(fmt.Sprintf("its snapshot is %s old, and %s is the limit", age.Round(time.Second), a.MaxAge))
	}
	return nil
}

// checkDestination returns a [StaleError] when the destination would get other
// requests now than the plan has. Once a request of the plan was sent, the
// destination has moved by that, and is not looked at.
func (a Apply) checkDestination(ctx context.Context, p checkpoints.Plan) error {
	states, err := a.File.States(ctx, p.ID)
	if err != nil || a.Lister == nil || states[checkpoints.Pending] != p.Summary.Requests() {
		return err
	}
	planned, err := a.File.Inventory(ctx, p.Inventory)
	if err != nil {
		return err
	}
	inv, err := takeInventory(ctx, a.File, a.Lister, p.Rules, planned.Destination, "", a.Observe)
	if err != nil {
		return err
	}
	if inv.Digest == planned.Digest {
		return nil
	}
	decide, err := decision(ctx, a.File, p, inv, plan.Decide)
	if err != nil {
		return err
	}
	now, err := decide(nowhere{})
	if err != nil {
		return err
	}
	if now.Content != p.Summary.Content {
		return &StaleError{Plan: p.Summary.Digest, What: "the destination has changed; what it needs now is not what the plan has"}
	}
	return nil
}

// nowhere is a sink for a plan of which only the summary is wanted.
type nowhere struct{}

func (nowhere) Step(plan.Step) error         { return nil }
func (nowhere) Finding(plan.Finding) error   { return nil }
func (nowhere) Decision(plan.Decision) error { return nil }

// checkHazards returns a [HazardError] that names what is not allowed. Nobody
// is invited once somebody has said that the setting is off.
func (a Apply) checkHazards(ctx context.Context, s plan.Summary) error {
	allowed := a.Allow
	if s.Hazards[plan.HazardInvite] > 0 {
		said, err := a.File.Attestations(ctx)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(said, func(at plan.Attestation) bool { return at.Of == plan.InvitationsOff }) {
			allowed = append(slices.Clone(allowed), plan.HazardInvite)
		}
	}
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
