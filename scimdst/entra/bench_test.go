package entra_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"ldap2scim/migrate"
	"ldap2scim/plan"
	"ldap2scim/scimdst/entra"
	"ldap2scim/scimdst/entra/entratest"
)

// BenchmarkInventory reads and matches everybody, and says in how many requests
// and with how much memory on top of what the directory's own keys take.
func BenchmarkInventory(b *testing.B) {
	for _, people := range []int{10000, 40000} {
		b.Run(fmt.Sprint(people), func(b *testing.B) {
			w := newWorld(b, people, entratest.Options{Limits: entratest.Limits{Units: -1, Writes: -1}})
			f := w.open()
			w.closing(f)
			if _, err := migrate.Snapshot(b.Context(), f, w, migrate.SnapshotOptions{}, silent); err != nil {
				b.Fatal(err)
			}
			requests, most := 0, uint64(0)
			for b.Loop() {
				w.tenant.Forget()
				n, before := 0, heap()
				_, err := w.reader(f, w.graph).List(b.Context(), plan.Person, func(plan.Resource) error {
					if n++; n%5000 == 0 {
						most = max(most, heap()-min(before, heap()))
					}
					return nil
				})
				if err != nil || n != people {
					b.Fatal(n, err)
				}
				requests = 0
				for _, r := range w.tenant.Requests() {
					if strings.HasPrefix(r.Path, "/users") {
						requests++
					}
				}
			}
			b.ReportMetric(float64(requests), "requests")
			b.ReportMetric(float64(people)*float64(b.N)/b.Elapsed().Seconds(), "people/s")
			b.ReportMetric(float64(most)/float64(people), "heap-B/person")
		})
	}
}

// heap is what is alive: the tenant is in this process, and what it holds does
// not count.
func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// BenchmarkWriteQuota carries out a plan under a write quota that is scaled to
// this machine, and says how much of it was used: the writes that were taken,
// of those that the quota has in the time.
func BenchmarkWriteQuota(b *testing.B) {
	const people, perSecond = 1000, 80
	used := 0.0
	for b.Loop() {
		b.StopTimer()
		w := newWorld(b, people, entratest.Options{Clock: time.Now, Limits: entratest.Limits{Units: -1, Writes: 3000, WritesIn: 3000 * time.Second / perSecond}})
		w.config.WritesPerSecond, w.config.Canary = perSecond, -1
		w.rules = w.config.Rules(plan.Rules{Person: w.rules.Person, Group: w.rules.Group})
		f := w.open()
		p := w.planned(f)
		counter := &counting{Graph: w.graph}
		a := w.apply(f, counter)
		a.Concurrency = 8
		b.StartTimer()
		began := time.Now()
		res, err := a.Run(b.Context(), p)
		took := time.Since(began)
		b.StopTimer()
		if err != nil || res.Failed > 0 {
			b.Fatalf("%+v, %v", res, err)
		}
		used += float64(counter.taken()) / (perSecond * took.Seconds())
		if err := f.Close(); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
	b.ReportMetric(100*used/float64(b.N), "%-of-quota")
}

var _ entra.Graph = (*counting)(nil)
