package main

import (
	"fmt"
	"io"
	"time"

	"go.uber.org/zap"

	"ldap2scim/migrate"
	"ldap2scim/plan"
)

// progress shows how a command goes: a line that is rewritten on a terminal, a
// line every ten seconds elsewhere. It also writes the log.
type progress struct {
	w        io.Writer
	terminal bool
	log      *zap.Logger
	every    time.Duration
	started  time.Time
	shown    time.Time
	total    int
	done     int
	failed   int
	waiting  string
	dirty    bool // a rewritten line stands on the terminal
}

func (p *program) progress(total int) *progress {
	g := &progress{w: p.err, terminal: isTerminal(p.err), log: p.logger, every: 10 * time.Second, started: time.Now(), total: total}
	if g.terminal {
		g.every = 100 * time.Millisecond
	}
	g.shown = g.started
	return g
}

// observe is a [migrate.Observer].
func (g *progress) observe(e migrate.Event) {
	g.record(e)
	switch e := e.(type) {
	case migrate.Read:
		g.show(fmt.Sprintf("read %d of kind %s", e.N, e.Kind))
		return
	case migrate.Answered:
		g.done++
		g.waiting = ""
	case migrate.Refused:
		g.failed++
	case migrate.Waiting:
		g.waiting = fmt.Sprintf(" · waiting %s", e.For.Round(time.Second))
	case migrate.LookedUp:
		if e.Found == plan.AlreadySo {
			g.done++
		}
	case migrate.Restarted:
		g.show("the connection was lost; the reading begins again")
		return
	case migrate.Steered:
		g.waiting = ""
		if e.Paused {
			g.waiting = " · paused"
		}
	case migrate.Down:
		g.tell(downLine(e))
		g.waiting = " · waiting for the destination"
	case migrate.Back:
		g.tell("apply: the destination is back; the run goes on")
		g.waiting = ""
	case migrate.Marked, migrate.Sending, migrate.Recorded, migrate.Paced:
	}
	g.show(g.line())
}

func (g *progress) line() string {
	seconds := time.Since(g.started).Seconds()
	rate := float64(g.done) / max(seconds, 0.001)
	line := fmt.Sprintf("apply: %d/%d", g.done, g.total)
	if g.total > 0 {
		line += fmt.Sprintf(" %d%%", 100*g.done/g.total)
	}
	line += fmt.Sprintf(" · %d failed%s · %.0f/s", g.failed, g.waiting, rate)
	if g.done*100 > g.total && rate > 0 {
		left := time.Duration(float64(g.total-g.done-g.failed)/rate) * time.Second
		line += " · ETA " + max(left, 0).Round(time.Second).String()
	}
	return line
}

func (g *progress) show(line string) {
	now := time.Now()
	if now.Sub(g.shown) < g.every {
		return
	}
	g.shown = now
	if g.terminal {
		fmt.Fprintf(g.w, "\r\x1b[K%s", line)
		g.dirty = true
		return
	}
	fmt.Fprintln(g.w, line)
}

// downLine says that nothing gets through, and what a person can do.
func downLine(e migrate.Down) string {
	what, remedy := "nothing gets through to the destination", "one request at a time asks whether it is back"
	if e.Denied {
		what, remedy = "the destination does not take the token any more", "put one that it takes where the old one was"
	}
	return fmt.Sprintf("apply: %s (%v); %s, until %s", what, e.Err, remedy, e.Until.Format(time.TimeOnly))
}

// tell prints a line at once, and for good.
func (g *progress) tell(line string) {
	g.end()
	g.dirty = false
	fmt.Fprintln(g.w, line)
}

// end leaves the cursor at the beginning of an empty line.
func (g *progress) end() {
	if g.dirty {
		fmt.Fprint(g.w, "\r\x1b[K")
	}
}

// record logs an event by the IDs of its objects alone: names and values stay
// out of logs.
func (g *progress) record(e migrate.Event) {
	step := func(s plan.Step) []zap.Field {
		return []zap.Field{zap.String("step", string(s.ID)), zap.String("action", s.Action.Word()), zap.String("kind", string(s.Kind)), zap.String("object", string(s.Object))}
	}
	switch e := e.(type) {
	case migrate.Read:
		g.log.Info("read", zap.String("kind", string(e.Kind)), zap.Int("n", e.N))
	case migrate.Restarted:
		g.log.Warn("restarted")
	case migrate.Steered:
		g.log.Info("steered", zap.Float64("rate", e.Rate), zap.Bool("paused", e.Paused))
	case migrate.Paced:
		g.log.Info("paced", zap.Float64("rate", e.Rate), zap.Int("at a time", e.AtATime))
	case migrate.Down:
		g.log.Warn("down", zap.Bool("denied", e.Denied), zap.Time("until", e.Until))
	case migrate.Back:
		g.log.Info("back")
	case migrate.Marked:
		g.log.Info("marked", zap.Int("n", e.N))
	case migrate.Sending:
		g.log.Info("sending", append(step(e.Step), zap.Int("attempt", e.Attempt))...)
	case migrate.Answered:
		g.log.Info("answered", append(step(e.Step), zap.String("remote", string(e.Outcome.RemoteID)))...)
	case migrate.Waiting:
		g.log.Warn("waiting", append(step(e.Step), zap.Duration("for", e.For))...)
	case migrate.LookedUp:
		g.log.Info("looked up", append(step(e.Step), zap.Int("found", int(e.Found)))...)
	case migrate.Refused:
		g.log.Error("refused", step(e.Step)...)
	case migrate.Recorded:
		g.log.Info("recorded", zap.Int("n", e.N))
	}
}
