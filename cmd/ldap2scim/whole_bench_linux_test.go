package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"ldap2scim/testservers"
	testcompany "ldap2scim/testservers/company"
)

const wholeBenchConfig = `state: %[1]s/state.db
source:
  kind: openldap
  url: %[2]s
  bind_dn: %[3]s
  password: file:%[1]s/password
  base: %[4]s
destination:
  url: %[5]s
  token: file:%[1]s/token
  members_per_request: 5000
  profile_overrides: {members: {add: 5000, remove: 5000}}
mapping:
  person: {displayName: displayName}
groups:
  collision: suffix-ou
guards: {blocked_percent: -1}
`

// BenchmarkWhole takes the whole road from slapd into elimity, each command as
// a process of its own, with LDAP2SCIM_BENCH_PEOPLE people (10,000): snapshot,
// plan, apply with its journal and report, and then snapshot and plan once more,
// when nothing is left to do ("again"). It reports the time of each and of the
// first four together, the time that the processors worked for it, without that
// of the two servers, and the largest resident memory.
//
// This service answers a change of a group with the whole group, so the members
// go in large requests; the peer sends a group in one.
//
// The best open peer takes 20.9 s and 393 MB for 100,000 people and 1,867 groups,
// and 4.2 s for a run without changes, on two cores.
func BenchmarkWhole(b *testing.B) {
	people := int(fromEnvironment(b, "LDAP2SCIM_BENCH_PEOPLE", 10_000))
	r, w := io.Pipe()
	go func() {
		_, err := testcompany.Company{People: people, Groups: people * 1867 / 100_000, Seed: 1}.WriteLDIF(w)
		_ = w.CloseWithError(err) // slapadd sees it
	}()
	d := testservers.Slapd(b, r, testservers.SlapdOptions{})
	folder := b.TempDir()
	program := filepath.Join(folder, "ldap2scim")
	if output, err := exec.CommandContext(b.Context(), "go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		b.Fatalf("go build: %v\n%s", err, output)
	}
	took, worked, peak := map[string]time.Duration{}, map[string]time.Duration{}, map[string]int64{}
	stage := func(name string, args ...string) {
		begin := time.Now()
		cmd := exec.CommandContext(b.Context(), program, append([]string{"--config", filepath.Join(folder, "ldap2scim.yaml")}, args...)...)
		output, err := cmd.CombinedOutput()
		if err != nil {
			b.Fatalf("%s: %v\n%.4000s", name, err, output)
		}
		took[name] += time.Since(begin)
		worked[name] += cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
		peak[name] = max(peak[name], cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss)
	}
	for b.Loop() {
		b.StopTimer()
		url, token := testservers.Elimity(b)
		for name, text := range map[string]string{
			"password": d.ReaderPassword, "token": token,
			"ldap2scim.yaml": fmt.Sprintf(wholeBenchConfig, folder, d.URL, d.ReaderDN, d.Suffix, url),
		} {
			if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
				b.Fatal(err)
			}
		}
		for _, name := range []string{"state.db", "state.db-wal", "state.db-shm"} {
			if err := os.RemoveAll(filepath.Join(folder, name)); err != nil {
				b.Fatal(err)
			}
		}
		b.StartTimer()
		stage("snapshot", "snapshot")
		stage("plan", "plan")
		stage("apply", "apply", "--yes")
		stage("report", "report")
		stage("again", "snapshot")
		stage("again", "plan")
	}
	n := float64(b.N)
	whole, work, most := time.Duration(0), time.Duration(0), int64(0)
	for _, name := range []string{"snapshot", "plan", "apply", "report", "again"} {
		b.ReportMetric(took[name].Seconds()/n, "s-"+name)
		b.ReportMetric(worked[name].Seconds()/n, "cpu-s-"+name)
		b.ReportMetric(float64(peak[name])/(1<<10), "MiB-"+name)
		most = max(most, peak[name])
		if name != "again" {
			whole, work = whole+took[name], work+worked[name]
		}
	}
	b.ReportMetric(whole.Seconds()/n, "s-whole")
	b.ReportMetric(work.Seconds()/n, "cpu-s-whole")
	b.ReportMetric(float64(most)/(1<<10), "MiB-peak")
}
