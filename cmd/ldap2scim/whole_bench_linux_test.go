package main

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
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
mapping:
  person: {displayName: displayName}
groups:
  collision: suffix-ou
guards: {blocked_percent: -1}
`

// BenchmarkWhole takes the whole road from slapd into elimity, each command as
// a process of its own, with LDAP2SCIM_BENCH_PEOPLE people (10,000): snapshot,
// plan, apply with its journal and report, and then snapshot and plan once more,
// when nothing is left to do. It reports the time of each, of all, and of a run
// without changes, and the largest resident memory.
//
// The best open peer takes 20.9 s and 393 MB for 100,000 people and 1,867 groups,
// and 4.2 s for a run without changes, on two cores.
func BenchmarkWhole(b *testing.B) {
	people, err := strconv.Atoi(cmp.Or(os.Getenv("LDAP2SCIM_BENCH_PEOPLE"), "10000"))
	if err != nil {
		b.Fatal(err)
	}
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
	took, peak := map[string]time.Duration{}, int64(0)
	stage := func(name string, args ...string) {
		begin := time.Now()
		cmd := exec.CommandContext(b.Context(), program, append([]string{"--config", filepath.Join(folder, "ldap2scim.yaml")}, args...)...)
		output, err := cmd.CombinedOutput()
		if err != nil {
			b.Fatalf("%s: %v\n%.4000s", name, err, output)
		}
		took[name] += time.Since(begin)
		peak = max(peak, cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss)
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
	whole := 0.0
	for _, name := range []string{"snapshot", "plan", "apply", "report"} {
		b.ReportMetric(took[name].Seconds()/n, "s-"+name)
		whole += took[name].Seconds() / n
	}
	b.ReportMetric(whole, "s-whole")
	b.ReportMetric(took["again"].Seconds()/n, "s-without-changes")
	b.ReportMetric(float64(peak)/(1<<10), "MiB-peak")
}
