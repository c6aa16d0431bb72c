package scimdst

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"ldap2scim/plan"
)

// Look asks the service whether the step is already so, for a step whose
// outcome is unknown. Ids is as for RequestOf.
//
// A creation is AlreadySo when exactly one object has our external id, and
// Foreign when more have, or when an object has the name but not the id. A
// change is AlreadySo when every field or member is as the step wants it, a
// removal when there is no such object. An adoption is Foreign when the object
// has got another external id.
func (r *Reader) Look(ctx context.Context, step plan.Step, ids map[plan.ExternalID]plan.RemoteID) (plan.Outcome, plan.Found, error) {
	h, found, err := r.look(ctx, step, ids)
	return outcomeOf(h), found, err
}

// look returns also what was found. That is empty for a creation that is not
// already so.
func (r *Reader) look(ctx context.Context, step plan.Step, ids map[plan.ExternalID]plan.RemoteID) (held, plan.Found, error) {
	h, found, err := r.find(ctx, step, ids)
	if err != nil {
		return held{}, plan.NotSo, fmt.Errorf("look whether %s %s is done: %w", step.Action.Word(), step.Name, err)
	}
	return h, found, nil
}

func (r *Reader) find(ctx context.Context, step plan.Step, ids map[plan.ExternalID]plan.RemoteID) (held, plan.Found, error) {
	if step.Action == plan.Create {
		return r.lookCreated(ctx, step)
	}
	resolve := resolver{ids: ids}
	id := resolve.object(step)
	members := make([]plan.RemoteID, 0, len(step.Members))
	for _, m := range step.Members {
		members = append(members, resolve.id(m))
	}
	if len(resolve.waiting) > 0 {
		return held{}, plan.NotSo, waitingError(resolve.waiting)
	}
	h, err := r.read(ctx, step, id)
	if step.Action == plan.Remove && (err == nil || isGone(err)) {
		if err == nil {
			return h, plan.NotSo, nil
		}
		return held{Resource: plan.Resource{RemoteID: id}}, plan.AlreadySo, nil
	}
	if err != nil {
		return held{}, plan.NotSo, err
	}
	return h, r.compare(step, h, members), nil
}

// read reads the object of a step, a group with its members where they matter.
func (r *Reader) read(ctx context.Context, step plan.Step, id plan.RemoteID) (held, error) {
	if len(step.Members) == 0 {
		return r.get(ctx, step.Kind, id)
	}
	if r.profile.Members.Shown == ShownNowhere {
		return held{}, errUnverifiable
	}
	return r.group(ctx, id)
}

func waitingError(waiting []plan.ExternalID) error {
	return fmt.Errorf("the id of %s is not known", waiting[0])
}

func outcomeOf(h held) plan.Outcome {
	return plan.Outcome{RemoteID: h.RemoteID, Version: h.Version}
}

// compare says whether the object is as the step leaves it.
func (r *Reader) compare(step plan.Step, h held, members []plan.RemoteID) plan.Found {
	if step.Action == plan.Adopt && h.ExternalID != "" && h.ExternalID != step.Object {
		return plan.Foreign
	}
	for path, text := range wanted(step) {
		if fieldOf(h, path) != text {
			return plan.NotSo
		}
	}
	if cleared(step, h) != nil {
		return plan.NotSo
	}
	// Members that are not shown are gone only if this service shows members.
	if step.Action == plan.Take && len(members) > 0 && !r.showsMembers(h) {
		return plan.NotSo
	}
	for _, m := range members {
		if _, there := slices.BinarySearch(h.Members, m); there != (step.Action == plan.AddMembers) {
			return plan.NotSo
		}
	}
	return plan.AlreadySo
}

func fieldOf(h held, path string) string {
	if path == plan.ExternalIDPath {
		return string(h.ExternalID)
	}
	return h.Fields[path]
}

// errEnough ends a search that has found what settles the question.
var errEnough = errors.New("enough")

// lookCreated searches by external id, then by name, and lists everything
// where the service refuses to search. Services that ignore filters exist, so
// each hit is held against both keys.
func (r *Reader) lookCreated(ctx context.Context, step plan.Step) (held, plan.Found, error) {
	key, name := plan.UserName, step.After[plan.UserName]
	if step.Kind == plan.Group {
		key, name = plan.DisplayName, step.After[plan.DisplayName]
	}
	if name == "" {
		name = step.Name
	}
	var missing string
	byID := equals{attribute: plan.ExternalIDPath, value: string(step.Object)}.String()
	searches := []string{
		byID,
		equals{attribute: key, value: name}.String(),
		"", // reached only if the search by name is refused
	}
	if use := r.profile.externalID(step.Kind); use == ExternalIDKept || use == ExternalIDNone {
		searches = searches[1:]
	}
	for _, filter := range searches {
		hits := created{step: step, name: name, profile: r.profile}
		search, err := r.walk(ctx, step.Kind, filter, hits.take)
		if err != nil && !errors.Is(err, errEnough) && (filter == "" || !isRefusedFilter(err)) {
			return held{}, plan.NotSo, err
		}
		if h, found := hits.verdict(); found != plan.NotSo {
			return h, found, nil
		}
		if missing == "" {
			missing = search.Missing
		}
		if err == nil && filter != byID {
			break
		}
	}
	if missing != "" {
		return held{}, plan.NotSo, fmt.Errorf("the search was not complete: %s", missing)
	}
	return held{}, plan.NotSo, nil
}

// isRefusedFilter: the service cannot search like this, which says nothing
// about what it holds.
func isRefusedFilter(err error) bool {
	var e *Error
	return errors.As(err, &e) && (e.Status == http.StatusBadRequest || e.Status == http.StatusNotImplemented)
}

// created gathers what bears on the creation of one object.
type created struct {
	step    plan.Step
	name    string
	profile Profile
	ours    []held
	named   int
}

func (c *created) take(h held) error {
	switch {
	case h.ExternalID == c.step.Object, c.isNamed(h) && c.isLike(h):
		c.ours = append(c.ours, h)
	case c.isNamed(h):
		c.named++
	}
	if len(c.ours) > 1 {
		return errEnough
	}
	return nil
}

func (c *created) isNamed(h held) bool {
	key := plan.UserName
	if h.Kind == plan.Group {
		key = plan.DisplayName
	}
	if slices.Contains(c.profile.ExactCase, key) {
		return h.Name() == c.name
	}
	return plan.Fold(h.Name()) == plan.Fold(c.name)
}

// isLike: where no external id is kept, what has all that the step gives it is
// what the step made. The name was free when the step was planned.
func (c *created) isLike(h held) bool {
	if c.profile.externalID(h.Kind) != ExternalIDNone {
		return false
	}
	for path, text := range c.step.After {
		if plan.Fold(h.Fields[path]) != plan.Fold(text) {
			return false
		}
	}
	return true
}

func (c *created) verdict() (held, plan.Found) {
	switch {
	case len(c.ours) == 1:
		return c.ours[0], plan.AlreadySo
	case len(c.ours) > 1 || c.named > 0:
		return held{}, plan.Foreign
	}
	return held{}, plan.NotSo
}
