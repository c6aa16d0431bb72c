package migrate

import (
	"context"
	"slices"
	"time"

	"ldap2scim/checkpoints"
	"ldap2scim/plan"
)

// job is a marked step on its way to a worker, and back with how it went.
type job struct {
	marked checkpoints.Marked
	sent   sent
}

// crew sends marked steps, several at a time. One goroutine, that of [crew.run],
// decides what is marked, handed out and recorded; the workers only send, and
// one more goroutine at a time writes the journal, so that nobody waits for the
// disk.
type crew struct {
	*running
	todo, done chan job
	// queue holds marked steps that wait for a worker, in the order of the
	// plan; last is the newest that was marked.
	queue []checkpoints.Marked
	last  int64
	ended bool // nothing is left to be marked
	// held is the step that is handed out next.
	held *checkpoints.Marked
	// busy are the objects on which a step is under way, of the phase.
	busy  map[plan.ExternalID]bool
	phase int
	// wrote has what is to be done after the write that is under way, if one is.
	wrote   chan func() error
	writing bool
	// size is how many steps are marked at once, since when they were.
	size   int
	marked time.Time
	// control is what the operator has said last, and heeded when that was read.
	control checkpoints.Control
	heeded  time.Time
}

// steps sends what is pending, phase by phase.
func (r *running) steps(ctx context.Context) error {
	first, err := r.File.FirstPending(ctx, r.plan.ID)
	if err != nil {
		return err
	}
	c := &crew{
		running: r, todo: make(chan job), done: make(chan job), busy: map[plan.ExternalID]bool{},
		wrote: make(chan func() error, 1), last: first - 1, size: batch, marked: time.Now(),
	}
	for range max(r.Concurrency, 2) { // see gate.places
		go func() {
			for j := range c.todo {
				j.sent = r.resolved(ctx, j.marked.Step)
				c.done <- j
			}
		}()
	}
	err = c.run(ctx)
	close(c.todo)
	for len(c.busy) > 0 { // what is under way is finished and recorded
		if last := c.take(<-c.done); err == nil {
			err = last
		}
	}
	if c.writing {
		err = also(err, (<-c.wrote)())
	}
	if c.held != nil {
		r.release(*c.held)
	}
	r.release(c.queue...)
	return also(err, r.record(ctx))
}

// run goes on until everything is handed out and answered, or an error ends it.
func (c *crew) run(ctx context.Context) error {
	tick := time.NewTicker(moment)
	defer tick.Stop()
	for ctx.Err() == nil {
		c.next()
		c.write(ctx)
		if c.held == nil && len(c.queue)+len(c.busy) == 0 && c.ended && !c.writing {
			return nil
		}
		var todo chan job
		var next job
		if c.held != nil && len(c.busy) < c.gate.places() {
			todo, next = c.todo, job{marked: *c.held}
		}
		select {
		case todo <- next:
			c.busy[next.marked.Step.Object], c.held = true, nil
		case j := <-c.done:
			if err := c.take(j); err != nil {
				return err
			}
		case settle := <-c.wrote:
			c.writing = false
			if err := settle(); err != nil {
				return err
			}
		case <-tick.C:
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

// write begins the next write to the journal: the answers that have waited for a
// moment, or for which a phase waits, and then the next steps that are marked,
// when few are left to hand out.
func (c *crew) write(ctx context.Context) {
	switch {
	case c.writing:
	case len(c.answers) > 0 && (time.Since(c.since) >= moment || c.phaseEnds()):
		answers, sent, at := c.answers, c.tally.soFar(), time.Now()
		c.answers = nil
		c.start(func() func() error {
			err := c.File.Record(context.WithoutCancel(ctx), c.plan.ID, c.running.run, answers, sent, at)
			return func() error {
				return c.recorded(answers, err)
			}
		})
	case !c.ended && len(c.queue) <= c.size/2:
		now := time.Now()
		c.size = sizeOf(c.size, now.Sub(c.marked))
		n, last := c.size, c.last
		c.marked = now
		c.start(func() func() error {
			marked, err := c.File.Begin(ctx, c.plan.ID, c.running.run, last, n, c.Scope, now)
			return func() error { return c.begun(marked, err) }
		})
	}
}

// sizeOf is how many steps are marked the next time: as many as are sent in a
// quarter of a second, when so many were sent in that time.
func sizeOf(sent int, in time.Duration) int {
	n := int(float64(sent) * float64(time.Second/4) / float64(max(in, time.Millisecond)))
	return max(batch, min(n, 2*sent, largestBatch))
}

func (c *crew) start(write func() func() error) {
	c.writing = true
	go func() { c.wrote <- write() }()
}

func (c *crew) begun(marked []checkpoints.Marked, err error) error {
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

// phaseEnds: what is next refers to what this phase has made.
func (c *crew) phaseEnds() bool {
	return c.held == nil && len(c.busy) == 0 && (len(c.queue) == 0 && c.ended || len(c.queue) > 0 && c.queue[0].Step.Phase != c.phase)
}

// next finds the first step of the queue that may be sent: of the phase that is
// under way, on an object that no other step is about.
func (c *crew) next() {
	if c.held != nil || len(c.queue) == 0 {
		return
	}
	if c.queue[0].Step.Phase != c.phase {
		if len(c.busy) > 0 || len(c.answers) > 0 || c.writing {
			return
		}
		c.phase = c.queue[0].Step.Phase
	}
	i := slices.IndexFunc(c.queue, func(m checkpoints.Marked) bool {
		return m.Step.Phase != c.phase || !c.busy[m.Step.Object]
	})
	if i < 0 || c.queue[i].Step.Phase != c.phase {
		return
	}
	m := c.queue[i]
	copy(c.queue[1:i+1], c.queue[:i]) // those before it are few
	c.queue = c.queue[1:]
	c.held = &m
}

// take keeps what became of a step. Its error ends the run.
func (c *crew) take(j job) error {
	delete(c.busy, j.marked.Step.Object)
	return c.answered(j.marked, j.sent)
}
