package migrate_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"syscall"
	"testing"
	"time"

	"ldap2scim/checkpoints"
	"ldap2scim/migrate"
	"ldap2scim/plan"
)

// million is a directory, and a destination that holds what a plan made of it.
type million struct {
	people, groups int
	there          bool // whether the destination has them yet
}

func (m million) id(i int) plan.ExternalID {
	return plan.ExternalID(fmt.Sprintf("%08x-0000-4000-8000-%012x", uint32(i)*2654435761, i))
}

func (m million) Read(_ context.Context, yield func(plan.Entry) error) (plan.Proof, error) {
	for i := range m.people {
		uid := "u" + strconv.Itoa(i)
		err := yield(plan.Entry{Kind: plan.Person, ID: m.id(i), DN: "uid=" + uid + ",ou=people,dc=example,dc=com", Key: "uid=" + uid + ",ou=people,dc=example,dc=com", Attrs: map[string][]string{
			"uid": {uid}, "givenname": {"Grace"}, "sn": {"Hopper"}, "mail": {uid + "@example.com"},
		}})
		if err != nil {
			return plan.Proof{}, err
		}
	}
	for g := range m.groups {
		e := plan.Entry{Kind: plan.Group, ID: m.id(m.people + g), DN: "cn=g" + strconv.Itoa(g), Key: "cn=g" + strconv.Itoa(g), Attrs: map[string][]string{"cn": {"g" + strconv.Itoa(g)}}}
		for i := g; i < m.people; i += m.groups {
			e.Members = append(e.Members, "uid=u"+strconv.Itoa(i)+",ou=people,dc=example,dc=com")
		}
		if err := yield(e); err != nil {
			return plan.Proof{}, err
		}
	}
	return plan.Proof{Complete: true, Searches: []plan.Search{{Name: "users", Pages: 1}}}, nil
}

// List gives one person of a hundred another name than was planned, and leaves
// one of a hundred out.
func (m million) List(_ context.Context, k plan.Kind, yield func(plan.Resource) error) (plan.Search, error) {
	remote := func(i int) plan.RemoteID { return plan.RemoteID(strconv.Itoa(1_000_000_000 + i)) }
	for i := 0; m.there && k == plan.Person && i < m.people; i++ {
		uid, given := "u"+strconv.Itoa(i), "Grace"
		switch i % 100 {
		case 7:
			given = "G."
		case 8:
			continue
		}
		err := yield(plan.Resource{Kind: k, ExternalID: m.id(i), RemoteID: remote(i), Fields: plan.Fields{
			plan.UserName: uid, plan.GivenName: given, plan.FamilyName: "Hopper", plan.WorkEmail: uid + "@example.com", plan.Active: "true",
		}})
		if err != nil {
			return plan.Search{}, err
		}
	}
	for g := 0; m.there && k == plan.Group && g < m.groups; g++ {
		r := plan.Resource{Kind: k, ExternalID: m.id(m.people + g), RemoteID: remote(m.people + g), Fields: plan.Fields{plan.DisplayName: "g" + strconv.Itoa(g)}}
		for i := g; i < m.people; i += m.groups {
			r.Members = append(r.Members, remote(i))
		}
		if err := yield(r); err != nil {
			return plan.Search{}, err
		}
	}
	return plan.Search{Name: string(k), Pages: 1}, nil
}

// applied is a state file with a plan all of whose steps are recorded as done.
func (m million) applied(b *testing.B, path string) (*checkpoints.File, checkpoints.Plan) {
	b.Helper()
	f, err := checkpoints.Open(b.Context(), path)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { f.Close() }) //nolint:errcheck // the folder goes with the test
	if _, err := migrate.Snapshot(b.Context(), f, m, migrate.SnapshotOptions{}, silent); err != nil {
		b.Fatal(err)
	}
	rs := rules()
	rs.MembersPerRequest = 100
	p, err := migrate.Plan(b.Context(), f, m, migrate.PlanOptions{Rules: rs}, silent)
	if err != nil {
		b.Fatal(err)
	}
	run, err := f.StartRun(b.Context(), p.ID, "bench", time.Now())
	for last := int64(0); err == nil; {
		var marked []checkpoints.Marked
		if marked, err = f.Begin(b.Context(), p.ID, run, last, 20000, checkpoints.Scope{}, time.Now()); len(marked) == 0 {
			break
		}
		var results []checkpoints.Result
		for _, s := range marked {
			last = s.Seq
			results = append(results, checkpoints.Result{Seq: s.Seq, State: checkpoints.Done, Attempts: 1, Outcome: plan.Outcome{RemoteID: "r"}})
		}
		err = f.Record(b.Context(), p.ID, run, results, checkpoints.Tally{}, time.Now())
	}
	if err != nil {
		b.Fatal(err)
	}
	return f, p
}

// BenchmarkReconcile reports on a directory of LDAP2SCIM_BENCH_PEOPLE people.
// It says how much longer a report takes than reading the destination into the
// state file does alone, and the most memory that the process had meanwhile,
// where the system tells, with the limit that the command report sets. Processor
// seconds are those of all threads. The figures are in docs/report.md.
func BenchmarkReconcile(b *testing.B) {
	m := million{people: people(b), groups: people(b) / 50}
	f, p := m.applied(b, filepath.Join(b.TempDir(), "state.db"))
	m.there = true
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(200 << 20))
	var alone, whole, aloneCPU, wholeCPU time.Duration
	var most int
	for b.Loop() {
		start, cpu := time.Now(), worked(b)
		_, err := f.SaveInventory(b.Context(), "alone", time.Now(), func(add func(plan.Resource) error) (plan.Proof, error) {
			_, err1 := m.List(b.Context(), plan.Person, add)
			_, err2 := m.List(b.Context(), plan.Group, add)
			return plan.Proof{Complete: true}, errors.Join(err1, err2)
		})
		if err != nil {
			b.Fatal(err)
		}
		alone, aloneCPU = alone+time.Since(start), aloneCPU+worked(b)-cpu
		debug.FreeOSMemory()
		resetPeak()
		start, cpu = time.Now(), worked(b)
		r, err := migrate.Reconcile(b.Context(), f, m, p, migrate.ReconcileOptions{}, silent)
		whole, wholeCPU = whole+time.Since(start), wholeCPU+worked(b)-cpu
		most = max(most, peak(b))
		if err != nil || r.Class(migrate.Drifted) < m.people/100 || r.Class(migrate.Missing) < m.people/100 || r.Steps["done"] != p.Summary.Requests() {
			b.Fatalf("%s, %v", r.Sentence, err)
		}
	}
	b.ReportMetric((whole-alone).Seconds()/float64(b.N), "s-over-reading")
	b.ReportMetric((wholeCPU-aloneCPU).Seconds()/float64(b.N), "cpu-s-over-reading")
	b.ReportMetric(whole.Seconds()/alone.Seconds(), "times-reading")
	b.ReportMetric(float64(most)/1024, "MiB-resident")
}

// worked is the processor time that the process has had.
func worked(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// resetPeak begins to count the most memory anew (proc(5), clear_refs).
func resetPeak() {
	_ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0o200) // without it, the peak is that of the whole process
}

// peak is the most memory that the process had, in KiB; 0 where nothing says.
func peak(b *testing.B) int {
	b.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	_, rest, _ := bytes.Cut(status, []byte("VmHWM:"))
	var kib int
	if _, err := fmt.Sscan(string(rest), &kib); err != nil {
		b.Fatal(err)
	}
	return kib
}
