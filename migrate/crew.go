package migrate

import (
	"context"
	"slices"
	"sync"
	"time"

	"ldap2scim/checkpoints"
	"ldap2scim/plan"
)

// crew sends marked steps, several at a time. Each worker that has an answer
// keeps it and takes the next step by itself, so that no step goes from one
// goroutine to another. The goroutine of [crew.run] decides what is marked and
// recorded, and one more at a time writes the journal, so that nobody waits for
// the disk.
type crew struct {
	*running
	// news tells run that there may be something for it to do.
	news chan struct{}
	// wrote has what is to be done after the write that is under way, if one is.
	wrote chan func() error

	// mu is held by whoever uses what follows, or what running has for one
	// goroutine.
	mu sync.Mutex
	// free is where workers wait that have nothing to send.
	free sync.Cond
	// queue holds marked steps that wait for a worker, in the order of the
	// plan; last is the newest that was marked.
	queue []*checkpoints.Marked
	last  int64
	ended bool // nothing is left to be marked
	// busy are the objects on which a step is under way, of the phase.
	busy    map[plan.ExternalID]bool
	phase   int
	writing bool
	// over: no more is handed out, for err if there is one.
	over bool
	err  error
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
		running: r, news: make(chan struct{}, 1), busy: map[plan.ExternalID]bool{},
		wrote: make(chan func() error, 1), last: first - 1, size: batch, marked: time.Now(),
	}
	c.free.L = &c.mu
	var workers sync.WaitGroup
	for range max(r.Concurrency, 2) { // see gate.places
		workers.Go(func() { c.work(ctx) })
	}
	c.run(ctx)
	c.stop(ctx.Err())
	workers.Wait() // what is under way is finished and recorded
	err = c.err
	if c.writing {
		err = also(err, (<-c.wrote)())
	}
	for _, m := range c.queue {
		r.release(*m)
	}
	return also(err, r.record(ctx))
}

// work sends one step after the other until no more are handed out.
func (c *crew) work(ctx context.Context) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for {
		m := c.next()
		for ; m == nil && !c.over; m = c.next() {
			c.free.Wait()
		}
		if m == nil {
			return
		}
		if len(c.queue) > 0 {
			c.free.Signal() // there may be a place for one more
		}
		c.mu.Unlock()
		sent := c.resolved(ctx, m.Step)
		c.mu.Lock()
		delete(c.busy, m.Step.Object)
		if err := c.answered(*m, sent); err != nil {
			c.end(err)
		}
		if c.isDue() {
			c.tell()
		}
	}
}

// stop hands out no more, for err if there was no reason before.
func (c *crew) stop(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.end(err)
}

func (c *crew) end(err error) {
	if c.err == nil {
		c.err = err
	}
	c.over = true
	c.free.Broadcast()
}

// tell has run look whether there is something to do.
func (c *crew) tell() {
	select {
	case c.news <- struct{}{}:
	default: // it will
	}
}

// isDue tells whether run has something to do.
func (c *crew) isDue() bool { return c.over || c.isDone() || c.mustRecord() || c.mustMark() }

// run goes on until everything is handed out and answered, or an error ends it.
func (c *crew) run(ctx context.Context) {
	tick := time.NewTicker(moment / 2)
	defer tick.Stop()
	for ctx.Err() == nil && c.goOn(ctx) {
		select {
		case <-c.news:
		case settle := <-c.wrote:
			c.settle(settle)
		case <-tick.C:
			c.heed(ctx)
		case <-ctx.Done():
		}
	}
}

// goOn begins what is due, and tells whether anything is left.
func (c *crew) goOn(ctx context.Context) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.over || c.isDone() {
		return false
	}
	c.write(ctx)
	c.free.Signal() // there may be more places, as when nothing gets through
	return true
}

// settle ends a write.
func (c *crew) settle(settle func() error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.writing = false
	if err := settle(); err != nil {
		c.end(err)
	}
	c.free.Signal()
}

// heed does what the operator says.
func (c *crew) heed(ctx context.Context) {
	if time.Since(c.heeded) < 5*moment {
		return
	}
	c.heeded = time.Now()
	control, err := c.File.Control(ctx, c.running.run)
	if err != nil {
		c.stop(err)
	}
	if err != nil || control == c.control {
		return
	}
	c.control = control
	c.gate.set(control.Rate, control.Paused)
	c.Observe(Steered{Rate: control.Rate, Paused: control.Paused})
}

func (c *crew) isDone() bool { return len(c.queue)+len(c.busy) == 0 && c.ended && !c.writing }

// mustRecord: answers have waited for a moment, or a phase waits for them.
func (c *crew) mustRecord() bool {
	return !c.writing && len(c.answers) > 0 && (time.Since(c.since) >= moment || c.phaseEnds())
}

// mustMark: few steps are left to hand out.
func (c *crew) mustMark() bool { return !c.writing && !c.ended && len(c.queue) <= c.size/2 }

// write begins the next write to the journal: answers, and then the next steps
// that are marked.
func (c *crew) write(ctx context.Context) {
	switch {
	case c.mustRecord():
		answers, sent, at := c.answers, c.tally.soFar(), time.Now()
		c.answers = nil
		c.start(func() func() error {
			err := c.File.Record(context.WithoutCancel(ctx), c.plan.ID, c.running.run, answers, sent, at)
			return func() error { return c.recorded(answers, err) }
		})
	case c.mustMark():
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
	for i := range marked {
		c.queue = append(c.queue, &marked[i])
	}
	c.last = marked[len(marked)-1].Seq
	return nil
}

// phaseEnds: what is next refers to what this phase has made.
func (c *crew) phaseEnds() bool {
	return len(c.busy) == 0 && (len(c.queue) == 0 && c.ended || len(c.queue) > 0 && c.queue[0].Step.Phase != c.phase)
}

// next takes the first step of the queue that may be sent, if there is one: of
// the phase that is under way, on an object that no other step is about.
func (c *crew) next() *checkpoints.Marked {
	if c.over || len(c.queue) == 0 || len(c.busy) >= c.gate.places() {
		return nil
	}
	if c.queue[0].Step.Phase != c.phase {
		if len(c.busy) > 0 || len(c.answers) > 0 || c.writing {
			return nil
		}
		c.phase = c.queue[0].Step.Phase
	}
	i := slices.IndexFunc(c.queue, func(m *checkpoints.Marked) bool {
		return m.Step.Phase != c.phase || !c.busy[m.Step.Object]
	})
	if i < 0 || c.queue[i].Step.Phase != c.phase {
		return nil
	}
	m := c.queue[i]
	copy(c.queue[1:i+1], c.queue[:i]) // those before it are few
	c.queue = c.queue[1:]
	c.busy[m.Step.Object] = true
	return m
}
