package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestDemoTwice: the whole road, its files, and once more in the same folder.
func TestDemoTwice(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	folder := s.path("demo")
	for range 2 {
		p := s.process(exitDone, "demo", "--folder", folder)
		for _, want := range []string{
			" done, 0 failed, 0 not sent, 0 unknown.\n",
			"225 in directory = 217 migrated + 4 blocked + 4 excluded\n",
			"ldap2scim: wave rest comes after pilot, which is not reconciled: it was not read back since its last step\n           Read it back: ldap2scim report.",
			"nothing may be written before: ldap-disabled (the LDAP server \"corp\" synced at 2026-01-05 08:30:00Z, and was not edited after that), managed-apple-id, idp-attribute custAttr1\n",
			"  proves        audit-trail: the LDAP server \"corp\" synced last at 2026-01-05 08:30:00Z, was edited at 2026-01-05 08:40:00Z, and no sync began in the 45m0s after that\n",
			"  source    before  after\n  LDAP         200      5\n  LOCAL          1      1\n  SCIM_AAD       0    195\n  in all       201    201\n",
			"None has changed: all 199 are as they were.\n",
			"$ ldap2scim plan --detailed-exitcode\nPlan ",
			"No change: the destination is as the plan wants it.",
		} {
			if !strings.Contains(p.out.String(), want) {
				t.Errorf("demo does not say %q", want)
			}
		}
		for line := range strings.Lines(p.err.String()) {
			if !strings.HasPrefix(line, "apply: ") && !strings.HasPrefix(line, "read ") { // progress, on a slow machine
				t.Errorf("demo says on standard error: %s", line)
			}
		}
		for _, name := range []string{"ldap2scim.yaml", "state.db", "plan.json", "plan.html", "runbook.html", "pilot.json", "report.txt", "report.html", "report.csv", "report.json", "ca.pem"} {
			if info, err := os.Stat(filepath.Join(folder, name)); err != nil || info.Size() == 0 {
				t.Errorf("demo left %s: %v", name, err)
			}
		}
	}
}

// TestDemoKeepsOthersFiles: a configuration or state file that is not a demo's
// is left alone.
func TestDemoKeepsOthersFiles(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"ldap2scim.yaml", "state.db"} {
		s := newSite(t, map[string]string{name: "mine"})
		p := s.process(exitFailed, "demo", "--folder", s.folder)
		if !strings.Contains(p.err.String(), name+" is not from a demo\n           Name another folder with --folder.\n") {
			t.Errorf("demo over %s says %q", name, p.err.String())
		}
		if text, err := os.ReadFile(s.path(name)); err != nil || string(text) != "mine" {
			t.Errorf("%s is now %q, %v", name, text, err)
		}
	}
}

// TestDemoInterrupted ends with the code of an interruption.
func TestDemoInterrupted(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var errs bytes.Buffer
	out := writerFunc(func(p []byte) (int, error) {
		if bytes.Contains(p, []byte("apply --yes")) {
			cancel()
		}
		return len(p), nil
	})
	code := run(ctx, []string{"demo", "--folder", filepath.Join(t.TempDir(), "demo")}, streams{in: strings.NewReader(""), out: out, err: &errs})
	if code != exitInterrupted || !strings.Contains(errs.String(), "interrupted") {
		t.Errorf("exits with %d: %s", code, errs.String())
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

// TestDemoServe: from another process, the commands work with what it prints.
func TestDemoServe(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	serve := s.start("demo", "--serve", "--folder", s.folder)
	serve.says(&serve.out, "  - {name: pilot, groups: [\"cn=Chess,ou=clubs,ou=groups,"+companySuffix+"\"]}\n")
	_, printed, _ := strings.Cut(serve.out.String(), "The configuration that reaches them:\n\n")
	if text, err := os.ReadFile(s.path("ldap2scim.yaml")); err != nil || string(text) != printed {
		t.Errorf("printed %q, and wrote %q, %v", printed, text, err)
	}
	for _, command := range []string{"check", "snapshot", "plan", "tenant", "attest managed-apple-id --by me", "attest invitations-off --by me", "attest idp-attribute custAttr1 --by me", "apply --yes --wave pilot"} {
		s.process(exitDone, strings.Fields(command)...)
	}
	s.process(exitPartly, "report", "--check")
	s.process(exitDone, "apply", "--yes")
	s.process(exitDone, "report", "--check")
	s.process(exitDone, "plan", "--detailed-exitcode")
	serve.signal(os.Interrupt)
	serve.exits(exitDone)
}
