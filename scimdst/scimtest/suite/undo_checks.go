package suite

import (
	"context"
	"errors"
	"fmt"

	"ldap2scim/plan"
)

// clearing is the step that removes values from somebody who has them.
func clearing(s *subject, made plan.Step, before plan.Fields) plan.Step {
	step := s.change(made, nil)
	step.Before = before
	for path := range before.Sorted() {
		step.Clear = append(step.Clear, path)
	}
	return step
}

// clearValues takes away what somebody had not always.
func clearValues(ctx context.Context, s *subject) error {
	phone := `phoneNumbers[type eq "mobile"].value`
	had := plan.Fields{"title": "Dr.", plan.DisplayName: "Suite", phone: "+1", costCode: "1"}
	step := s.person("cleared", had)
	if err := s.do(ctx, step); err != nil {
		return err
	}
	clear := clearing(s, step, had)
	if err := s.do(ctx, clear); err != nil {
		return err
	}
	return s.mustBeSo(ctx, clear)
}

func clearExternalID(ctx context.Context, s *subject) error {
	step := s.person("released", nil)
	if err := s.do(ctx, step); err != nil {
		return err
	}
	clear := clearing(s, step, plan.Fields{plan.ExternalIDPath: string(step.Object)})
	if err := s.do(ctx, clear); err != nil {
		return err
	}
	return s.mustBeSo(ctx, clear)
}

// removal deletes a person and a group, which are then gone for a second time
// too.
func removal(ctx context.Context, s *subject) error {
	for _, made := range []plan.Step{s.person("removed", nil), s.group("removed")} {
		if err := s.do(ctx, made); err != nil {
			return err
		}
		step := plan.Step{Action: plan.Remove, Kind: made.Kind, Object: made.Object, Name: made.Name, Hazard: plan.HazardRemoveCreated}
		if _, found, err := s.writer.Look(ctx, step, s.ids); err != nil || found != plan.NotSo {
			return errors.Join(fmt.Errorf("look before: got %d, want NotSo", found), err)
		}
		for range 2 {
			if err := s.do(ctx, step); err != nil {
				return err
			}
		}
		if err := s.mustBeSo(ctx, step); err != nil {
			return err
		}
	}
	return nil
}
