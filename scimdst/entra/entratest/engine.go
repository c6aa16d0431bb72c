package entratest

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// engine is one cycle of a job.
type engine struct {
	w       *world
	p       *principal
	j       *job
	t       target
	scope   scope
	cycle   string
	now     time.Time
	run     *execution
	initial bool
	touched map[string]bool // what failed or was exported in this cycle
}

// Cycle lets every job that is active run one cycle: people, groups, and then
// memberships. An error is the context's; what the service refuses is in the
// job's escrows, its quarantine and its logs.
func (s *Server) Cycle(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.world.tick()
	for _, p := range s.world.principals {
		for _, j := range p.jobs {
			if err := s.run(ctx, p, j); err != nil {
				return fmt.Errorf("run the job %s: %w", j.id, err)
			}
		}
	}
	return nil
}

// run is a cycle of one job. A job in quarantine waits for its time.
func (s *Server) run(ctx context.Context, p *principal, j *job) error {
	now := s.world.now()
	if !j.active || j.quarantine != nil && now.Before(j.quarantine.next) {
		return nil
	}
	e, err := s.engine(p, j)
	if err == nil {
		err = e.everything(ctx)
	}
	var failed *cycleError
	if err != nil && !errors.As(err, &failed) {
		return err
	}
	e.close(failed, s.options.Quarantine)
	return nil
}

func (s *Server) engine(p *principal, j *job) (*engine, error) {
	w := s.world
	e := &engine{
		w: w, p: p, j: j, scope: w.scopeOf(p), cycle: w.newID("c7c1e000"), now: w.now(), initial: j.initial, touched: map[string]bool{},
	}
	e.run = &execution{id: e.cycle, began: e.now, ended: e.now, state: "Succeeded"}
	var err error
	e.t, err = targetOf(p.secrets)
	return e, err
}

func (e *engine) everything(ctx context.Context) error {
	if n, most := e.deletions(); !e.j.force && most > 0 && n > most {
		return &cycleError{code: "TooManyDeletes", message: fmt.Sprintf("%d accounts would be deleted or disabled, and the threshold is %d.", n, most)}
	}
	for _, r := range e.j.schema.rules {
		if m := mappingOf(r, "User"); m != nil {
			for _, u := range e.w.users {
				if err := e.object(ctx, m, subject{user: u}); err != nil {
					return err
				}
			}
		}
		m := mappingOf(r, "Group")
		if m == nil {
			continue
		}
		for _, g := range e.w.groups {
			if err := e.object(ctx, m, subject{group: g}); err != nil {
				return err
			}
		}
		for _, g := range e.w.groups {
			if err := e.members(ctx, m, g, nil); err != nil {
				return err
			}
		}
	}
	return nil
}

// mappingOf is the enabled mapping of a kind of object, or nil.
func mappingOf(r rule, kind string) *objectMapping {
	for i := range r.ObjectMappings {
		if m := &r.ObjectMappings[i]; m.Enabled && m.SourceObjectName == kind {
			return m
		}
	}
	return nil
}

// deletions are how many objects the cycle would take away, and the threshold,
// which is 0 when there is none.
//
// Source: learn.microsoft.com/entra/identity/app-provisioning/accidental-deletions
func (e *engine) deletions() (n, most int) {
	var set notification
	if decode([]byte(e.p.secrets["SyncNotificationSettings"]), &set) != nil || !set.DeleteThresholdEnabled {
		return 0, 0
	}
	for id, l := range e.j.links {
		s := e.w.subject(id)
		if !l.disabled && s.exists() && e.leaves(s) {
			n++
		}
	}
	return n, set.DeleteThresholdValue
}
