package main

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"golang.org/x/term"

	"ldap2scim/migrate"
)

// progress shows how a command goes: a bar that is rewritten on a terminal, a
// line every ten seconds elsewhere. It is safe for concurrent use.
type progress struct {
	w     io.Writer
	every time.Duration
	// columns tells how wide the terminal is; nil where there is none.
	columns func() int
	paint   paint
	also    []migrate.Observer

	mu    sync.Mutex
	tally *tally
	text  string // of a reading; "" while steps are carried out
	shown time.Time
	dirty bool // a rewritten line stands on the terminal
	done  chan struct{}
}

// progress begins to show how so many steps are carried out, or how something
// is read where there are none. Whoever calls it calls end.
func (p *program) progress(total int) *progress {
	now := time.Now()
	g := &progress{w: p.err, every: 10 * time.Second, paint: p.paint(), also: p.observers(), tally: newTally(now), shown: now, done: make(chan struct{})}
	if isTerminal(p.err) && os.Getenv("TERM") != "dumb" {
		g.every, g.columns = 100*time.Millisecond, func() int { return columns(p.err) }
	}
	g.tally.total = total
	go g.tick(max(g.every, time.Second))
	return g
}

// paint is colour where a person has not said that there should be none (see
// no-color.org).
func (p *program) paint() paint {
	if p.noColor || os.Getenv("NO_COLOR") != "" {
		return monochrome
	}
	return coloured
}

// columns is how wide a terminal is.
func columns(v any) int {
	if file, ok := v.(*os.File); ok {
		if wide, _, err := term.GetSize(int(file.Fd())); err == nil && wide > 0 {
			return wide
		}
	}
	return 80
}

// tick shows it also while nothing happens: a run that waits is no run that
// hangs.
func (g *progress) tick(every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			g.mu.Lock()
			g.show()
			g.mu.Unlock()
		case <-g.done:
			return
		}
	}
}

// observe is a [migrate.Observer].
func (g *progress) observe(e migrate.Event) {
	for _, also := range g.also {
		also(e)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.tally.observe(time.Now(), e)
	switch e := e.(type) {
	case migrate.Read:
		g.text = fmt.Sprintf("read %d of kind %s", e.N, e.Kind)
	case migrate.Restarted:
		g.text = "the connection was lost; the reading begins again"
	case migrate.Settling:
		g.tell(fmt.Sprintf("plan: an earlier run ended with requests under way, which the destination may show late; it is read in %s", e.For.Round(time.Second)))
	case migrate.Again:
		g.tell(fmt.Sprintf("the destination could not be read (%v); once more in %s", e.Err, e.For.Round(100*time.Millisecond)))
	case migrate.Down:
		g.tell(downLine(e))
	case migrate.Back:
		g.tell("apply: the destination is back; the run goes on")
	default:
		g.text = ""
	}
	g.show()
}

// show shows where it stands, if that was not shown just now.
func (g *progress) show() {
	now := time.Now()
	if now.Sub(g.shown) < g.every || g.text == "" && g.tally.total == 0 {
		return
	}
	g.shown = now
	switch {
	case g.columns != nil && g.text != "":
		fmt.Fprintf(g.w, "\r\x1b[K%s", cut(g.text, g.columns()-1))
	case g.columns != nil:
		fmt.Fprintf(g.w, "\r\x1b[K%s", g.tally.bar(now, g.columns(), g.paint))
	case g.text != "":
		fmt.Fprintln(g.w, g.text)
	default:
		fmt.Fprintln(g.w, g.tally.line(now))
	}
	g.dirty = g.columns != nil
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
	g.clear()
	fmt.Fprintln(g.w, line)
}

// clear leaves the cursor at the beginning of an empty line.
func (g *progress) clear() {
	if g.dirty {
		fmt.Fprint(g.w, "\r\x1b[K")
	}
	g.dirty = false
}

// end shows no more.
func (g *progress) end() {
	close(g.done)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.clear()
}
