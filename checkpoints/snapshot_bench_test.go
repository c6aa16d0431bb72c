package checkpoints_test

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"ldap2scim/checkpoints"
	"ldap2scim/plan"
)

// BenchmarkSnapshot stores people whose IDs come in no order, and reads them
// back in the order of their IDs. LDAP2SCIM_BENCH_PEOPLE says how many.
func BenchmarkSnapshot(b *testing.B) {
	n := benchPeople(b)
	var saved, read time.Duration
	for b.Loop() {
		f, err := checkpoints.Open(b.Context(), filepath.Join(b.TempDir(), "s.db"))
		if err != nil {
			b.Fatal(err)
		}
		begin := time.Now()
		s, err := f.SaveSnapshot(b.Context(), "x", at, func(add func(plan.Entry) error) (plan.Proof, error) {
			random := rand.New(rand.NewPCG(1, 2))
			for i := range n {
				if err := add(benchPerson(i, random)); err != nil {
					return plan.Proof{}, err
				}
			}
			return plan.Proof{Complete: true}, nil
		})
		if err != nil {
			b.Fatal(err)
		}
		saved += time.Since(begin)
		begin = time.Now()
		if got := countAll(b, f, s.ID); got != n {
			b.Fatalf("%d of %d people", got, n)
		}
		read += time.Since(begin)
		if err := f.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(saved.Microseconds())/float64(n*b.N), "µs/saved")
	b.ReportMetric(float64(read.Microseconds())/float64(n*b.N), "µs/read")
}

func countAll(b *testing.B, f *checkpoints.File, snapshot int64) int {
	b.Helper()
	n, before := 0, plan.ExternalID("")
	for e, err := range f.Entries(b.Context(), snapshot)(plan.Person) {
		if err != nil || e.ID <= before {
			b.Fatalf("%s after %s, %v", e.ID, before, err)
		}
		before = e.ID
		n++
	}
	return n
}

func benchPerson(i int, random *rand.Rand) plan.Entry {
	a, b, uid := random.Uint64(), random.Uint64(), "person"+strconv.Itoa(i)
	return plan.Entry{
		Kind: plan.Person,
		ID:   plan.ExternalID(fmt.Sprintf("%08x-%04x-%04x-%04x-%012x", uint32(a>>32), uint16(a>>16), uint16(a), uint16(b>>48), b&(1<<48-1))),
		DN:   "uid=" + uid + ",ou=Operations,ou=people,dc=corp,dc=example",
		Key:  "uid=" + uid + ",ou=operations,ou=people,dc=corp,dc=example",
		Attrs: map[string][]string{
			"cn": {"Håkon Björk"}, "departmentnumber": {"Operations"}, "employeenumber": {"CC-4039"},
			"givenname": {"Håkon"}, "mail": {uid + "@corp.example"}, "sn": {"Björk"}, "uid": {uid},
		},
	}
}
