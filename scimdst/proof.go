package scimdst

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"ldap2scim/plan"
)

// proofs remembers which kinds of changes the service was seen to make. An
// answer without a body shows nothing, and some services change nothing.
type proofs struct {
	mu   sync.Mutex
	seen map[string]bool
}

// prove reads back the first change of each kind: of each attribute, and the
// first addition of members. Removals are always read back.
func (w *Writer) prove(ctx context.Context, step plan.Step, req Request, ids map[plan.ExternalID]plan.RemoteID) error {
	kinds := kindsOf(step)
	if step.Action == plan.Take && len(step.Members) > 0 || w.proofs.have(kinds) {
		return nil
	}
	h, err := w.read(ctx, step, req.ID)
	if errors.Is(err, errUnverifiable) {
		return nil
	}
	if err == nil {
		h.membersShown = w.showsMembers(h)
		err = verify(step, req.ID, h, ids)
	}
	if err != nil {
		return unverified(step, req, err)
	}
	w.versions.set(outcomeOf(h))
	w.proofs.keep(kinds)
	return nil
}

func kindsOf(step plan.Step) []string {
	if len(step.Members) > 0 {
		return []string{"members"}
	}
	var kinds []string
	for path := range wanted(step).Sorted() {
		kinds = append(kinds, fmt.Sprint(step.Kind, " ", path))
	}
	for _, path := range step.Clear {
		kinds = append(kinds, fmt.Sprint(step.Kind, " without ", path))
	}
	return kinds
}

func (p *proofs) have(kinds []string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, k := range kinds {
		if !p.seen[k] {
			return false
		}
	}
	return true
}

func (p *proofs) keep(kinds []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.seen == nil {
		p.seen = map[string]bool{}
	}
	for _, k := range kinds {
		p.seen[k] = true
	}
}
