package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"ldap2scim/ldapsrc/ldaptest"
	"ldap2scim/scimdst/scimtest"
)

// site is a folder with a configuration, for which the program is run.
type site struct {
	t      *testing.T
	folder string
}

// newSite writes a configuration. Its secrets are in files: an environment is
// shared by all tests.
func newSite(t *testing.T, files map[string]string) *site {
	t.Helper()
	s := &site{t: t, folder: t.TempDir()}
	for name, text := range files {
		s.write(name, text)
	}
	return s
}

func (s *site) path(name string) string { return filepath.Join(s.folder, name) }

func (s *site) write(name, text string) {
	s.t.Helper()
	if err := os.WriteFile(s.path(name), []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// demoSite is a site with the directory and the service of the demo, where the
// vendor's prerequisites are attested.
func demoSite(t *testing.T, o scimtest.Options) (*site, *demo) {
	t.Helper()
	d := &demo{folder: t.TempDir()}
	var err error
	if d.directory, err = ldaptest.Start(ldaptest.Directory{Entries: company()}); err != nil {
		t.Fatal(err)
	}
	if d.service, err = scimtest.Start(o); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(d.service.Close(), d.directory.Close()); err != nil {
			t.Error(err)
		}
	})
	if err := d.write(); err != nil {
		t.Fatal(err)
	}
	s := &site{t: t, folder: d.folder}
	for _, of := range []string{"ldap-disabled", "managed-apple-id", "invitations-off", "idp-attribute custAttr1"} {
		s.run(exitDone, append(append([]string{"attest"}, strings.Fields(of)...), "--by", "a test")...)
	}
	return s, d
}

func (s *site) read(name string) string {
	s.t.Helper()
	text, err := os.ReadFile(s.path(name))
	if err != nil {
		s.t.Fatal(err)
	}
	return string(text)
}

func (s *site) args(args []string) []string {
	return append([]string{"--config", s.path("ldap2scim.yaml")}, args...)
}

// run runs the program inside the test. It must end with code; its standard
// output is returned.
func (s *site) run(code int, args ...string) string {
	s.t.Helper()
	var out, errs bytes.Buffer
	if got := run(s.t.Context(), s.args(args), streams{in: strings.NewReader(""), out: &out, err: &errs}); got != code {
		s.t.Fatalf("%s exits with %d, want %d\n%s%s", strings.Join(args, " "), got, code, out.String(), errs.String())
	}
	return out.String()
}

// process is the program as a process of its own.
type process struct {
	t        *testing.T
	cmd      *exec.Cmd
	out, err transcript
	ended    chan struct{}
}

// start starts it. It is killed at the latest when the test is over.
func (s *site) start(args ...string) *process {
	s.t.Helper()
	return s.launch(exec.CommandContext(s.t.Context(), "ldap2scim", s.args(args)...))
}

func (s *site) launch(cmd *exec.Cmd) *process {
	s.t.Helper()
	p := &process{t: s.t, ended: make(chan struct{}), cmd: cmd}
	p.cmd.Stdout, p.cmd.Stderr = &p.out, &p.err
	p.cmd.Env = append(os.Environ(), "GORACE=atexit_sleep_ms=0") // or each lingers for a second
	if err := p.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	go func() {
		_ = p.cmd.Wait() // how it ended is in its state
		close(p.ended)
	}()
	s.t.Cleanup(func() { <-p.ended })
	return p
}

// process runs it to its end.
func (s *site) process(code int, args ...string) *process {
	s.t.Helper()
	p := s.start(args...)
	p.exits(code)
	return p
}

// exits waits for the end.
func (p *process) exits(code int) {
	p.t.Helper()
	<-p.ended
	if got := p.cmd.ProcessState.ExitCode(); got != code {
		p.t.Fatalf("%s exits with %d, want %d\n%s%s", p.cmd, got, code, p.out.String(), p.err.String())
	}
}

func (p *process) signal(sig os.Signal) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(sig); err != nil {
		p.t.Fatal(err)
	}
}

// kill ends it as a power cut would, and returns when it is gone.
func (p *process) kill() {
	_ = p.cmd.Process.Kill() // it may have ended by itself, which the test sees
	<-p.ended
}

// says waits until it has printed text to a stream.
func (p *process) says(stream *transcript, text string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), time.Minute)
	defer cancel()
	for {
		printed, grown := stream.look()
		if strings.Contains(printed, text) {
			return
		}
		select {
		case <-grown:
		case <-p.ended:
			if !strings.Contains(stream.String(), text) {
				p.t.Fatalf("%s ended and has not said %q\n%s%s", p.cmd, text, p.out.String(), p.err.String())
			}
		case <-ctx.Done():
			p.t.Fatalf("%s has not said %q\n%s%s", p.cmd, text, p.out.String(), p.err.String())
		}
	}
}

// transcript keeps what is printed and tells when there is more.
type transcript struct {
	mu    sync.Mutex
	text  []byte
	grown chan struct{}
}

func (w *transcript) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.text = append(w.text, p...)
	if w.grown != nil {
		close(w.grown)
		w.grown = nil
	}
	return len(p), nil
}

func (w *transcript) look() (string, <-chan struct{}) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.grown == nil {
		w.grown = make(chan struct{})
	}
	return string(w.text), w.grown
}

func (w *transcript) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return string(w.text)
}
