package testservers

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"testing"
	"time"
)

const (
	startTimeout = 30 * time.Second
	stopTimeout  = 10 * time.Second
	askEvery     = 10 * time.Millisecond
)

// program says what to run.
type program struct {
	name string
	path string
	args []string
	// env is added to the environment.
	env []string
	// tee gets a copy of the standard output, where it is not nil.
	tee io.Writer
}

// process is a server's process. Its end is known by the closing of exited.
type process struct {
	name   string
	cmd    *exec.Cmd
	log    *os.File
	exited chan struct{}
}

// launch starts a server and ends it when the test is over, after the clean-up
// functions that were registered later. What it prints goes to a file of the
// test's artifacts.
func launch(t testing.TB, prog program) *process {
	t.Helper()
	log, err := os.CreateTemp(t.ArtifactDir(), prog.name+"-*.log")
	if err != nil {
		t.Fatalf("make the log of %s: %v", prog.name, err)
	}
	// t.Context ends before the first clean-up function runs, which is too
	// early for one that asks the server something.
	ctx, end := context.WithCancel(context.WithoutCancel(t.Context()))
	cmd := exec.CommandContext(ctx, prog.path, prog.args...)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = stopTimeout
	cmd.Env = append(os.Environ(), prog.env...)
	cmd.Stdout, cmd.Stderr = log, log
	if prog.tee != nil {
		cmd.Stdout = io.MultiWriter(log, prog.tee)
	}
	endWithParent(cmd)
	p := &process{name: prog.name, cmd: cmd, log: log, exited: make(chan struct{})}
	started := make(chan error)
	go p.run(started)
	if err := <-started; err != nil {
		t.Fatalf("start %s: %v", p.name, err)
	}
	t.Cleanup(func() {
		end()
		<-p.exited
		p.finish(t)
	})
	return p
}

// run starts the process and waits for its end, all on one thread: Linux sends
// the signal of endWithParent when the thread that started the process ends.
func (p *process) run(started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	err := p.cmd.Start()
	started <- err
	if err != nil {
		return
	}
	// How it ended is of no interest: whoever waits for an answer sees that it
	// did, and otherwise it was told to.
	_ = p.cmd.Wait()
	close(p.exited)
}

func (p *process) finish(t testing.TB) {
	t.Helper()
	if t.Failed() {
		t.Logf("what %s printed:\n%s", p.name, p.printed())
	}
	if err := p.log.Close(); err != nil {
		t.Errorf("close the log of %s: %v", p.name, err)
	}
}

// printed returns what the process printed so far.
func (p *process) printed() []byte {
	text, err := os.ReadFile(p.log.Name())
	if err != nil {
		return []byte(err.Error())
	}
	return text
}

// await asks until there is an answer (nil), the process has ended, or it has
// taken too long.
func (p *process) await(ctx context.Context, ask func() error) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	tick := time.NewTicker(askEvery)
	defer tick.Stop()
	for {
		err := ask()
		if err == nil {
			return nil
		}
		select {
		case <-p.exited:
			return fmt.Errorf("%s ended before it answered: %s", p.name, p.printed())
		case <-ctx.Done():
			return fmt.Errorf("%s did not answer within %s: %w", p.name, startTimeout, err)
		case <-tick.C:
		}
	}
}
