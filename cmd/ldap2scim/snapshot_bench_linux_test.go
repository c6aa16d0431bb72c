package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"ldap2scim/checkpoints"
	"ldap2scim/testservers"
	testcompany "ldap2scim/testservers/company"
)

const snapshotBenchConfig = `state: %[1]s/state.db
source:
  kind: openldap
  url: %[2]s
  bind_dn: %[3]s
  password: file:%[1]s/password
  base: %[4]s
destination:
  url: https://127.0.0.1:1/scim/v2
  token: file:%[1]s/none
mapping:
  person: {displayName: displayName, department: departmentNumber}
  custom: {costCode: employeeNumber}
`

// BenchmarkSnapshotProcess runs ldap2scim snapshot, as a process of its own,
// against slapd with LDAP2SCIM_BENCH_PEOPLE people (100,000) and
// LDAP2SCIM_BENCH_GROUPS groups (one for 50 people), and has ldapsearch print the
// same attributes by the lines that the snapshot's proof holds. It reports how
// many times as long the snapshot takes, the process's largest resident memory,
// and what processor time it took.
func BenchmarkSnapshotProcess(b *testing.B) {
	people := int(fromEnvironment(b, "LDAP2SCIM_BENCH_PEOPLE", 100_000))
	groups := int(fromEnvironment(b, "LDAP2SCIM_BENCH_GROUPS", uint64(people/50)))
	r, w := io.Pipe()
	go func() {
		_, err := testcompany.Company{People: people, Groups: groups, Seed: 1}.WriteLDIF(w)
		_ = w.CloseWithError(err) // slapadd sees it
	}()
	d := testservers.Slapd(b, r, testservers.SlapdOptions{})
	folder := b.TempDir()
	program := filepath.Join(folder, "ldap2scim")
	if output, err := exec.CommandContext(b.Context(), "go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		b.Fatalf("go build: %v\n%s", err, output)
	}
	config, state := filepath.Join(folder, "ldap2scim.yaml"), filepath.Join(folder, "state.db")
	if err := os.WriteFile(filepath.Join(folder, "password"), []byte(d.ReaderPassword), 0o600); err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(config, fmt.Appendf(nil, snapshotBenchConfig, folder, d.URL, d.ReaderDN, d.Suffix), 0o600); err != nil {
		b.Fatal(err)
	}
	var ours, theirs, cpu time.Duration
	var peak int64
	for b.Loop() {
		if err := os.RemoveAll(state); err != nil {
			b.Fatal(err)
		}
		begin := time.Now()
		cmd := exec.CommandContext(b.Context(), program, "--config", config, "snapshot")
		if output, err := cmd.CombinedOutput(); err != nil {
			b.Fatalf("snapshot: %v\n%s", err, output)
		}
		ours += time.Since(begin)
		cpu += cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
		peak = max(peak, cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss)
		theirs += printed(b, state, people)
	}
	b.ReportMetric(ours.Seconds()/theirs.Seconds(), "ldapsearches")
	b.ReportMetric(ours.Seconds()/float64(b.N), "s/snapshot")
	b.ReportMetric(cpu.Seconds()/float64(b.N), "cpu-s/snapshot")
	b.ReportMetric(float64(peak)/(1<<10), "MiB-peak")
}

// printed runs the searches of the newest snapshot as their proof has them, and
// returns how long that took.
func printed(b *testing.B, state string, people int) time.Duration {
	b.Helper()
	f, err := checkpoints.OpenReader(b.Context(), state)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // nothing was written
	s, err := f.LastSnapshot(b.Context())
	if err != nil || s.Entries["person"] != people || !s.Proof.Complete {
		b.Fatalf("%+v, %v", s, err)
	}
	begin := time.Now()
	for _, search := range s.Proof.Searches {
		line := strings.Replace(search.Request, "-W", "-y "+filepath.Join(filepath.Dir(state), "password"), 1) + " > /dev/null"
		if output, err := exec.CommandContext(b.Context(), "sh", "-c", line).CombinedOutput(); err != nil {
			b.Fatalf("%s: %v\n%s", search.Request, err, output)
		}
	}
	return time.Since(begin)
}
