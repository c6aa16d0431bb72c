package scimdst

import (
	"context"
	"encoding/json"
	"slices"
	"sync"

	"ldap2scim/plan"
)

// progress remembers, of steps on members that are done in part, who is left.
// It lives as long as its Writer. After a restart Look fills it again, as
// whoever starts again looks before sending.
type progress struct {
	mu   sync.Mutex
	left map[digest][]plan.ExternalID
	// guards are of removals whose outcome was not good.
	guards map[digest]guard
}

func (p *progress) of(step plan.Step) []plan.ExternalID {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.left) == 0 { // the key of a step on many members costs something
		return step.Members
	}
	if left, ok := p.left[stepKey(step)]; ok {
		return slices.Clone(left)
	}
	return step.Members
}

func (p *progress) set(step plan.Step, left []plan.ExternalID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.left == nil {
		p.left = map[digest][]plan.ExternalID{}
	}
	p.left[stepKey(step)] = slices.Clone(left)
}

func (p *progress) done(step plan.Step) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.left)+len(p.guards) == 0 {
		return
	}
	key := stepKey(step)
	delete(p.left, key)
	delete(p.guards, key)
}

func (p *progress) watch(step plan.Step, g guard) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.guards == nil {
		p.guards = map[digest]guard{}
	}
	p.guards[stepKey(step)] = g
}

func (p *progress) guard(step plan.Step) (guard, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.guards) == 0 {
		return guard{}, false
	}
	g, ok := p.guards[stepKey(step)]
	return g, ok
}

func stepKey(step plan.Step) digest {
	text, err := json.Marshal([]any{step.Action, step.Object, step.Remote, step.Members})
	if err != nil {
		return digest{} // unreachable: these are texts
	}
	return digestOf(string(text))
}

// Look is that of Reader. A removal that a Do of this Writer began must have
// taken nobody else. What it sees of a step on members that is done in
// part is remembered, so that Do sends only the rest.
func (w *Writer) Look(ctx context.Context, step plan.Step, ids map[plan.ExternalID]plan.RemoteID) (plan.Outcome, plan.Found, error) {
	h, found, err := w.look(ctx, step, ids)
	switch {
	case err != nil:
	case found == plan.AlreadySo:
		if g, ok := w.progress.guard(step); ok {
			if err := missed(step, g.request, g.before, h, ids); err != nil {
				return plan.Outcome{}, plan.NotSo, err
			}
		}
		w.progress.done(step)
		if step.Action != plan.Create {
			w.versions.set(outcomeOf(h))
		}
	case len(step.Members) > 0:
		w.progress.set(step, w.leftOf(step, step.Members, h, ids))
	}
	return outcomeOf(h), found, err
}

// leftOf are those of the members for whom the step has still to be done.
func (w *Writer) leftOf(step plan.Step, of []plan.ExternalID, h held, ids map[plan.ExternalID]plan.RemoteID) []plan.ExternalID {
	if !w.showsMembers(h) {
		return of
	}
	var left []plan.ExternalID
	for _, m := range of {
		if _, there := slices.BinarySearch(h.Members, ids[m]); there != (step.Action == plan.AddMembers) {
			left = append(left, m)
		}
	}
	return left
}
