package scimdst

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"ldap2scim/plan"
)

// guard watches over a group that members are taken from: some services take
// all when they are asked to take one.
type guard struct {
	request Request
	// before is the group as it was read last.
	before held
	// checked counts the checks of this step.
	checked int
}

// tookOthers is a removal after which people are gone who were not to go.
type tookOthers struct{ gone []plan.RemoteID }

func (e *tookOthers) Error() string {
	some := e.gone
	if len(some) > 5 {
		some = some[:5]
	}
	return fmt.Sprintf("%d other members are gone from the group too: %q", len(e.gone), some)
}

// TookOthers returns who is gone from a group, although the step was to take
// others from it, or nil.
func (e *Error) TookOthers() []plan.RemoteID {
	if t, ok := errors.AsType[*tookOthers](e.Err); ok {
		return t.gone
	}
	return nil
}

// watch reads the group before anybody is taken, and leaves out who is not in
// it.
func (m *memberStep) watch(ctx context.Context, req Request) error {
	before, err := m.writer.group(ctx, req.ID)
	if err != nil {
		return err
	}
	m.outcome = outcomeOf(before)
	if !m.writer.showsMembers(before) {
		return nil // it cannot be counted
	}
	m.left = m.writer.leftOf(m.step, m.left, before, m.ids)
	m.guard = &guard{request: req, before: before}
	return nil
}

// version is that of the group as it was seen last, so that nobody else
// changes it between that and the removal.
func (m *memberStep) version() string {
	if m.guard == nil || m.writer.profile.ETag == ETagIgnored {
		return ""
	}
	return m.outcome.Version
}

// check reads the group after a removal, and compares.
func (m *memberStep) check(ctx context.Context, part plan.Step) error {
	g := m.guard
	if g == nil || m.writer.profile.Members.Check == CheckedStep && g.checked > 0 && len(m.left) > 0 {
		return nil
	}
	after, err := m.writer.group(ctx, g.request.ID)
	if err != nil {
		return unverified(part, g.request, err)
	}
	g.checked++
	if err := missed(m.step, g.request, g.before, after, m.ids); err != nil {
		return err
	}
	for _, ext := range part.Members {
		if _, there := slices.BinarySearch(after.Members, m.ids[ext]); there {
			// It may be that the change is shown late.
			return unverified(part, g.request, &notTaken{what: fmt.Sprintf("%s is still a member", ext)})
		}
	}
	g.before, m.outcome = after, outcomeOf(after)
	return nil
}

// missed is the error of a step after which people are gone from the group who
// were not to go, or nil.
func missed(step plan.Step, req Request, before, after held, ids map[plan.ExternalID]plan.RemoteID) error {
	taken := map[plan.RemoteID]bool{}
	for _, ext := range step.Members {
		taken[ids[ext]] = true
	}
	gone := slices.DeleteFunc(slices.Clone(before.Members), func(id plan.RemoteID) bool {
		_, there := slices.BinarySearch(after.Members, id)
		return there || taken[id]
	})
	if len(gone) == 0 {
		return nil
	}
	return &Error{Op: opOf(step), Method: req.Method, Path: req.Path(), Status: http.StatusOK, Err: &tookOthers{gone: gone}}
}

// unverified is the error of a change that was taken and could not be seen: it
// may be shown late, or not have been made.
func unverified(step plan.Step, req Request, err error) error {
	e := &Error{Op: opOf(step) + ", and read it back", Method: req.Method, Path: req.Path(), Status: http.StatusOK, Err: err, unknown: true}
	if inner, ok := errors.AsType[*Error](err); ok {
		e.temporary, e.retryAfter = inner.temporary, inner.retryAfter
	}
	return e
}
