package ldapsrc

import (
	"context"
	"errors"
	"sync"

	"ldap2scim/plan"
)

// readAtOnce reads as Config.read does, with several searches under way. It
// calls yield from one goroutine at a time.
func (s *Source) readAtOnce(ctx context.Context, yield func(plan.Entry) error) (plan.Proof, error) {
	var proof plan.Proof
	l, err := s.config.learn(s.pass(ctx), &proof)
	if err != nil {
		return proof, err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	searches := s.config.searches()
	a := &atOnce{
		source: s, links: l, cancel: cancel, yield: yield,
		records: make([]plan.Search, len(searches)), slots: make(chan struct{}, s.config.Connections),
	}
	var people, all sync.WaitGroup
	for i, search := range searches {
		all.Add(1)
		if search.kind == plan.Person {
			people.Add(1)
		}
		go func() {
			defer all.Done()
			if search.kind == plan.Person {
				defer people.Done()
			}
			if search.kind == plan.Group && l.needed() {
				people.Wait()
			}
			a.read(ctx, i, search.with(l))
		}()
	}
	all.Wait()
	for _, record := range a.records {
		if record.Name != "" {
			proof.Searches = append(proof.Searches, record)
		}
	}
	if a.err == nil {
		a.err = ctx.Err()
	}
	proof.Complete = a.err == nil && wasWhole(proof)
	return proof, a.err
}

// atOnce is what searches share that are under way at once.
type atOnce struct {
	source *Source
	links  *links
	cancel context.CancelCauseFunc
	// slots bounds the connections.
	slots chan struct{}
	// records has a place for each search, which is its own.
	records []plan.Search

	mu    sync.Mutex
	yield func(plan.Entry) error
	err   error // the first
}

// read reads one search over a connection of its own. The first error ends the
// others.
func (a *atOnce) read(ctx context.Context, i int, search named) {
	select {
	case a.slots <- struct{}{}:
		defer func() { <-a.slots }()
	case <-ctx.Done():
		return
	}
	source, err := Open(ctx, a.source.config)
	if err != nil {
		a.fail(err)
		return
	}
	p := newShape(a.source.config, search, a.links)
	a.records[i], err = source.readAgain(ctx, search, func(r record) error {
		e := p.entry(r)
		a.mu.Lock()
		defer a.mu.Unlock()
		if a.err != nil {
			return a.err // nobody wants more
		}
		return a.yield(e)
	})
	a.fail(errors.Join(err, source.Close()))
}

func (a *atOnce) fail(err error) {
	if err == nil {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.err == nil {
		a.err = err
		a.cancel(err)
	}
}
