package checkpoints_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"

	"ldap2scim/checkpoints"
	"ldap2scim/plan"
)

// BenchmarkRows reads every object of a plan with its steps and findings.
func BenchmarkRows(b *testing.B) {
	people := benchPeople(b)
	f, err := checkpoints.Open(b.Context(), filepath.Join(b.TempDir(), "s.db"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = f.Close() }) // the folder goes with the test
	p, err := f.SavePlan(b.Context(), savedSides(b, f), func(to plan.Sink) (plan.Summary, error) {
		for i := range people {
			id := plan.ExternalID(fmt.Sprintf("%08x", uint32(i)*2654435761))
			err := errors.Join(
				to.Decision(plan.Decision{Kind: plan.Person, Object: id, Name: "person" + strconv.Itoa(i), Class: plan.ToCreate}),
				to.Step(plan.Step{ID: plan.StepID(id), Action: plan.Create, Kind: plan.Person, Object: id, After: plan.Fields{plan.UserName: "person", plan.GivenName: "Ada", plan.FamilyName: "Lovelace"}}))
			if i%100 == 0 {
				err = errors.Join(err, to.Finding(plan.Finding{Code: plan.BadValue, Severity: plan.Warn, Kind: plan.Person, Object: id}))
			}
			if err != nil {
				return plan.Summary{}, err
			}
		}
		return plan.Summary{Digest: "b"}, nil
	})
	if err != nil {
		b.Fatal(err)
	}
	var most uint64
	for b.Loop() {
		n := 0
		for _, err := range f.Rows(b.Context(), p.ID)(plan.Person) {
			if err != nil {
				b.Fatal(err)
			}
			if n++; n%100000 == 0 {
				runtime.GC()
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				most = max(most, m.HeapAlloc)
			}
		}
		if n != people {
			b.Fatalf("%d of %d rows", n, people)
		}
	}
	b.ReportMetric(float64(people)*float64(b.N)/b.Elapsed().Seconds(), "people/s")
	b.ReportMetric(float64(most)/(1<<20), "MiB-live")
}

// benchPeople is the size of the benchmarks: LDAP2SCIM_BENCH_PEOPLE, or 20,000.
func benchPeople(b *testing.B) int {
	b.Helper()
	s := os.Getenv("LDAP2SCIM_BENCH_PEOPLE")
	if s == "" {
		return 20_000
	}
	people, err := strconv.Atoi(s)
	if err != nil {
		b.Fatal(err)
	}
	return people
}

// savedSides is the head of a plan between an empty directory and an empty
// destination.
func savedSides(b *testing.B, f *checkpoints.File) checkpoints.Plan {
	b.Helper()
	s, err1 := f.SaveSnapshot(b.Context(), "x", at, func(func(plan.Entry) error) (plan.Proof, error) { return plan.Proof{Complete: true}, nil })
	v, err2 := f.SaveInventory(b.Context(), "x", at, func(func(plan.Resource) error) (plan.Proof, error) { return plan.Proof{Complete: true}, nil })
	if err := errors.Join(err1, err2); err != nil {
		b.Fatal(err)
	}
	return checkpoints.Plan{Made: at, Snapshot: s.ID, Inventory: v.ID, Rules: plan.Rules{MembersPerRequest: 1}}
}
