package scimdst

import (
	"context"
	"errors"
	"fmt"

	"ldap2scim/plan"
)

// memberStep is a step on members that is being carried out.
type memberStep struct {
	writer *Writer
	step   plan.Step
	ids    map[plan.ExternalID]plan.RemoteID
	// all is the request for all members at once.
	all  Request
	left []plan.ExternalID
	// size is the most of one request. halved says that the profile's or the
	// learnt limit was refused, and largest what was taken since.
	size, largest int
	halved        bool
	outcome       plan.Outcome
	// guard watches over a removal, or is nil.
	guard *guard
}

func (w *Writer) doMembers(ctx context.Context, step plan.Step, ids map[plan.ExternalID]plan.RemoteID) (plan.Outcome, error) {
	req, err := w.profile.RequestOf(step, ids)
	if err != nil {
		return plan.Outcome{}, err
	}
	if len(req.Waiting) > 0 {
		return plan.Outcome{}, fmt.Errorf("%s: %w", opOf(step), waitingError(req.Waiting))
	}
	m := memberStep{
		writer: w, step: step, ids: ids, all: req, left: w.progress.of(step), size: w.limits.of(w.profile, step.Action),
		outcome: plan.Outcome{RemoteID: req.ID},
	}
	if step.Action == plan.Take && w.profile.Members.Shown != ShownNowhere {
		if err := m.watch(ctx, req); err != nil {
			return plan.Outcome{}, err
		}
	}
	if err := m.run(ctx); err != nil {
		return plan.Outcome{}, m.partly(err)
	}
	w.progress.done(step)
	if m.halved {
		// Nobody was refused alone, so it was the number.
		w.limits.learn(step.Action, m.largest)
	}
	return m.outcome, nil
}

// run sends the members that are left, in order, as many as are taken at once.
func (m *memberStep) run(ctx context.Context) error {
	for len(m.left) > 0 {
		n := min(m.size, len(m.left))
		part := m.step
		part.Members = m.left[:n]
		outcome, err := m.send(ctx, part)
		if n > 1 && mayBeTooMany(err) {
			m.size, m.halved, m.largest = (n+1)/2, true, 0
			continue
		}
		if err != nil {
			return err
		}
		m.outcome, m.largest = outcome, max(m.largest, n)
		m.left = m.left[n:]
		if err := m.check(ctx, part); err != nil {
			return err
		}
	}
	return nil
}

func (m *memberStep) send(ctx context.Context, part plan.Step) (plan.Outcome, error) {
	if len(part.Members) == len(m.step.Members) {
		return m.writer.sendAs(ctx, part, m.all, m.ids, m.version())
	}
	return m.writer.send(ctx, part, m.ids, m.version())
}

// partly remembers who is left, and says how far it came.
func (m *memberStep) partly(err error) error {
	e, ok := errors.AsType[*Error](err)
	if !ok {
		return err
	}
	more := *e
	total := len(m.step.Members)
	if done := total - len(m.left); done > 0 {
		m.writer.progress.set(m.step, m.left)
		more.Op = fmt.Sprintf("%s, after %d of %d members", e.Op, done, total)
	}
	if m.guard != nil {
		m.writer.progress.watch(m.step, *m.guard)
		// Another change came between reading and taking: read again.
		more.temporary = more.temporary || e.Drifted()
	}
	return &more
}
