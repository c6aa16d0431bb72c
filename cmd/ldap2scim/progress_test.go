package main

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap"

	"ldap2scim/migrate"
)

// TestProgressElsewhere: where there is no terminal, a line every ten seconds,
// also while nothing happens, and nothing to rewrite it.
func TestProgressElsewhere(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		p := &program{streams: streams{err: &out}, logger: zap.NewNop()}
		g := p.progress(3)
		<-time.After(4 * time.Second) // the clock is that of the bubble
		for _, id := range []string{"a", "b"} {
			g.observe(migrate.Sending{Step: stepOf(id), Attempt: 1})
			g.observe(migrate.Answered{Step: stepOf(id)})
		}
		<-time.After(31 * time.Second) // the clock is that of the bubble
		synctest.Wait()
		g.end()
		lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
		want := []string{
			"apply: 66% · 2 of 3 done · 0 failed · 0 waiting · 0.2/s · ETA 5s",
			"apply: 66% · 2 of 3 done · 0 failed · 0 waiting · 0.0/s",
			"apply: 66% · 2 of 3 done · 0 failed · 0 waiting · 0.0/s",
		}
		if strings.Join(lines, "\n") != strings.Join(want, "\n") {
			t.Errorf("got\n%s", out.String())
		}
	})
}

// TestProgressOnATerminal: one line that is rewritten, wiped at the end, and
// lines that stay.
func TestProgressOnATerminal(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		p := &program{streams: streams{err: &out}, logger: zap.NewNop(), noColor: true}
		g := p.progress(2)
		g.mu.Lock()
		g.every, g.columns = 100*time.Millisecond, func() int { return 100 }
		g.mu.Unlock()
		<-time.After(time.Second) // the clock is that of the bubble
		g.observe(migrate.Sending{Step: stepOf("a"), Attempt: 1})
		g.observe(migrate.Down{Err: os.ErrDeadlineExceeded, Until: time.Now()})
		g.end()
		const bar = "\r\x1b[Kapply [------------------------------]  0% · 0 of 2 done · 0 failed · 0 waiting · 1.0/s\r\x1b[K"
		if got := out.String(); !strings.HasPrefix(got, bar+"apply: nothing gets through") || !strings.HasSuffix(got, "\n") {
			t.Errorf("got %q", got)
		}
	})
}
