//go:build unix

package main

import (
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"ldap2scim/scimdst/scimtest"
	testcompany "ldap2scim/testservers/company"
)

// TestDiskFull: apply runs out of room for the state file, with less and with
// more room. It says so and ends; when there is room again, it goes on, and
// what had its effect is not sent again.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	r := newShortRoad(t, testcompany.Company{People: 120, Groups: 6, Seed: 6}, scimtest.Options{}, direct)
	r.strangers()
	r.run(exitDone, "snapshot")
	r.run(exitDone, "plan")
	steps, before := r.steps(), r.writes()
	inVain, done := 0, 0
	for room := 32; ; room *= 2 { // in 512 bytes
		p := r.limited(room, "apply", "--yes")
		<-p.ended
		code := p.cmd.ProcessState.ExitCode()
		if code == exitDone {
			break
		}
		if code != exitFailed && code != exitPartly || strings.Count(p.err.String(), "disk I/O error") != 1 {
			t.Fatalf("with %d blocks it exits with %d and says %s", room, code, p.err.String())
		}
		p.says(&p.err, "Look at the disk of the state file: its room, its limits, its health. Then run the same command again")
		inVain++
		var now, failed, left, unknown int
		if n, _ := fmt.Sscanf(p.out.String(), "Applied: %d done, %d failed, %d not sent, %d unknown.", &now, &failed, &left, &unknown); n > 0 {
			if done += now; failed != 0 || done+left+unknown != steps {
				t.Errorf("with %d done in all of %d it says %s", done, steps, p.out.String())
			}
		}
	}
	if inVain < 2 || done == 0 {
		t.Errorf("%d runs had no room, and recorded %d steps", inVain, done)
	}
	if n := r.writes() - before; n != steps {
		t.Errorf("%d writes for %d steps", n, steps)
	}
	r.untouched()
	r.arrived()
}

// limited starts the program with a limit on the size of files, in 512 bytes.
func (s *site) limited(blocks int, args ...string) *process {
	s.t.Helper()
	shell := append([]string{"-c", `ulimit -f "$1" && shift && exec ldap2scim "$@"`, "sh", fmt.Sprint(blocks)}, s.args(args)...)
	return s.launch(exec.CommandContext(s.t.Context(), "sh", shell...))
}

// TestDamagedStateFile: a damaged page is found before anything is done, and the
// file is left as it is.
func TestDamagedStateFile(t *testing.T) {
	t.Parallel()
	r := newShortRoad(t, testcompany.Company{People: 24, Groups: 2, Seed: 6}, scimtest.Options{}, direct)
	r.run(exitDone, "snapshot")
	r.run(exitDone, "plan")
	whole := r.read("state.db")
	r.write("state.db", whole[:40960]+strings.Repeat("\xa5", 64)+whole[40960+64:])
	damaged := r.read("state.db")
	for _, command := range []string{"apply --yes", "plan", "snapshot", "report", "check"} {
		p := r.process(exitFailed, strings.Fields(command)...)
		said := p.out.String() + p.err.String()
		if !strings.Contains(said, "the state file is damaged: Tree ") || !strings.Contains(said, "begin with ldap2scim snapshot: what is at the service already is recognised") {
			t.Errorf("%s says %s", command, said)
		}
	}
	if r.read("state.db") != damaged || r.writes() != 0 {
		t.Errorf("the file has changed, or something was sent")
	}
	r.write("state.db", whole)
	r.run(exitDone, "apply", "--yes")
	r.arrived()
}
