package testservers

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
)

func TestAMissingProgramFailsTheTest(t *testing.T) {
	t.Parallel()
	tb := &recorder{TB: t}
	done := make(chan struct{})
	go func() {
		defer close(done)
		requireProgram(tb, "some-package", "no-such-program", "/nowhere/no-such-program")
	}()
	<-done
	for _, want := range []string{"no-such-program is not installed", "make servers", "some-package"} {
		if !strings.Contains(tb.fatal, want) {
			t.Errorf("got %q, want it to say %q", tb.fatal, want)
		}
	}
	if strings.Contains(tb.fatal, "\n") {
		t.Errorf("got more than a line: %q", tb.fatal)
	}
}

// recorder keeps the message with which a test was ended.
type recorder struct {
	testing.TB
	fatal string
}

func (r *recorder) Helper() {}

func (r *recorder) Fatalf(format string, args ...any) {
	r.fatal = fmt.Sprintf(format, args...)
	runtime.Goexit()
}
