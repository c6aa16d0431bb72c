package migrate

import (
	"context"
	"errors"
	"slices"
	"time"

	"ldap2scim/checkpoints"
	"ldap2scim/plan"
)

// job is a marked step on its way to a worker, and back with how it went.
type job struct {
	marked checkpoints.Marked
	ids    map[plan.ExternalID]plan.RemoteID
	sent   sent
}

// crew sends marked steps, several at a time. One goroutine, that of [crew.run],
// marks, hands out and records; the workers only send.
type crew struct {
	*running
	todo, done chan job
	// queue holds marked steps that wait for a worker, in the order of the
	// plan; last is the newest that was marked.
	queue []checkpoints.Marked
	last  int64
	ended bool // nothing is left to be marked
	// held is the step that is handed out next.
	held *job
	// busy are the objects on which a step is under way, of the phase.
	busy  map[plan.ExternalID]bool
	phase int
	// control is what the operator has said last, and heeded when that was read.
	control checkpoints.Control
	heeded  time.Time
}

// steps sends what is pending, phase by phase.
func (r *running) steps(ctx context.Context) error {
	c := &crew{running: r, todo: make(chan job), done: make(chan job), busy: map[plan.ExternalID]bool{}}
	for range max(r.Concurrency, 2) { // see gate.places
		go func() {
			for j := range c.todo {
				j.sent = r.send(ctx, j.marked.Step, j.ids)
				c.done <- j
			}
		}()
	}
	err := c.run(ctx)
	close(c.todo)
	for len(c.busy) > 0 { // what is under way is finished and recorded
		if last := c.take(ctx, <-c.done); err == nil {
			err = last
		}
	}
	if c.held != nil {
		r.release(c.held.marked)
	}
	r.release(c.queue...)
	return errors.Join(err, r.record(ctx))
}

// run goes on until everything is handed out and answered, or an error ends it.
func (c *crew) run(ctx context.Context) error {
	tick := time.NewTicker(moment)
	defer tick.Stop()
	for ctx.Err() == nil {
		if err := c.mark(ctx); err != nil {
			return err
		}
		if len(c.queue) == 0 && len(c.busy) == 0 && c.held == nil {
			return nil
		}
		if err := c.next(ctx); err != nil {
			return err
		}
		var todo chan job
		var next job
		if c.held != nil && len(c.busy) < c.gate.places() {
			todo, next = c.todo, *c.held
		}
		select {
		case todo <- next:
			c.busy[next.marked.Step.Object], c.held = true, nil
		case j := <-c.done:
			if err := c.take(ctx, j); err != nil {
				return err
			}
		case <-tick.C:
			if time.Since(c.since) >= moment {
				if err := c.record(ctx); err != nil {
					return err
				}
			}
			if err := c.heed(ctx); err != nil {
				return err
			}
		case <-ctx.Done():
		}
	}
	return ctx.Err()
}

// heed does what the operator says.
func (c *crew) heed(ctx context.Context) error {
	if time.Since(c.heeded) < 5*moment {
		return nil
	}
	c.heeded = time.Now()
	control, err := c.File.Control(ctx, c.running.run)
	if err != nil || control == c.control {
		return err
	}
	c.control = control
	c.gate.set(control.Rate, control.Paused)
	c.Observe(Steered{Rate: control.Rate, Paused: control.Paused})
	return nil
}

// mark marks the next steps as sending when few are left to hand out.
func (c *crew) mark(ctx context.Context) error {
	if c.ended || len(c.queue) > batch/2 {
		return nil
	}
	marked, err := c.File.Begin(ctx, c.plan.ID, c.running.run, c.last, batch, c.Scope, time.Now())
	if err != nil {
		return err
	}
	if len(marked) == 0 {
		c.ended = true
		return nil
	}
	c.Observe(Marked{N: len(marked)})
	c.queue = append(c.queue, marked...)
	c.last = marked[len(marked)-1].Seq
	return nil
}

// next finds the first step of the queue that may be sent: of the phase that is
// under way, on an object that no other step is about.
func (c *crew) next(ctx context.Context) error {
	for c.held == nil && len(c.queue) > 0 {
		if c.queue[0].Step.Phase != c.phase {
			if len(c.busy) > 0 {
				return nil
			}
			// The next phase refers to what this one has made.
			if err := c.record(ctx); err != nil {
				return err
			}
			c.phase = c.queue[0].Step.Phase
		}
		i := slices.IndexFunc(c.queue, func(m checkpoints.Marked) bool {
			return m.Step.Phase != c.phase || !c.busy[m.Step.Object]
		})
		if i < 0 || c.queue[i].Step.Phase != c.phase {
			return nil
		}
		m := c.queue[i]
		ids, lack, err := c.resolve(ctx, &m.Step)
		if err != nil {
			return err
		}
		c.queue = slices.Delete(c.queue, i, i+1)
		if lack == nil {
			c.held = &job{marked: m, ids: ids}
		} else if err := c.keep(ctx, m, lack.result()); err != nil {
			return err
		}
	}
	return nil
}

// take keeps what became of a step. Its error ends the run.
func (c *crew) take(ctx context.Context, j job) error {
	delete(c.busy, j.marked.Step.Object)
	return c.answered(ctx, j.marked, j.sent)
}
