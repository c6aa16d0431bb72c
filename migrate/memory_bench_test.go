package migrate_test

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime/debug"
	"testing"

	"ldap2scim/checkpoints"
	"ldap2scim/migrate"
	"ldap2scim/plan"
)

// instant is a destination that takes everything at once.
type instant struct{}

func (instant) Do(_ context.Context, s plan.Step, _ map[plan.ExternalID]plan.RemoteID) (plan.Outcome, error) {
	return plan.Outcome{RemoteID: "5c1a" + plan.RemoteID(s.Object), Version: `W/"1"`}, nil
}

func (instant) Look(context.Context, plan.Step, map[plan.ExternalID]plan.RemoteID) (plan.Outcome, plan.Found, error) {
	return plan.Outcome{}, plan.NotSo, nil
}

// BenchmarkApplyMemory carries out plans of a hundredth, a tenth and all of
// LDAP2SCIM_BENCH_PEOPLE steps (100,000) at a destination that takes everything
// at once, and reports the largest resident memory of each.
func BenchmarkApplyMemory(b *testing.B) {
	most := people(b)
	for _, n := range []int{most / 100, most / 10, most} {
		b.Run(fmt.Sprintf("%d steps", n), func(b *testing.B) {
			kib := 0
			for b.Loop() {
				b.StopTimer()
				f, err := checkpoints.Open(b.Context(), filepath.Join(b.TempDir(), "state.db"))
				if err != nil {
					b.Fatal(err)
				}
				p := longPlan(b, f, n)
				debug.FreeOSMemory()
				resetPeak()
				b.StartTimer()
				a := migrate.Apply{File: f, Destination: instant{}, Settings: "settings", Observe: silent}
				if res, err := a.Run(b.Context(), p); err != nil || res.Done != n {
					b.Fatalf("%+v, %v", res, err)
				}
				kib = max(kib, peak(b))
				if err := f.Close(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(kib)/1024, "MiB-peak")
			b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "steps/s")
		})
	}
}
