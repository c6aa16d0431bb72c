package entra_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"ldap2scim/migrate"
	"ldap2scim/plan"
	"ldap2scim/scimdst/entra"
	"ldap2scim/scimdst/entra/entratest"
)

// BenchmarkInventory reads and matches everybody of three tenants, the largest
// of LDAP2SCIM_BENCH_PEOPLE (40,000) people, a hundredth as many groups with all
// of them in, and says in how many requests and with how much memory. Of the
// synced people each is found by the immutable ID, of those of the cloud by the
// userPrincipalName, though a surer key might yet be met.
func BenchmarkInventory(b *testing.B) {
	largest := 40_000
	if text := os.Getenv("LDAP2SCIM_BENCH_PEOPLE"); text != "" {
		var err error
		if largest, err = strconv.Atoi(text); err != nil {
			b.Fatal(err)
		}
	}
	for _, synced := range []bool{true, false} {
		smallest, least := largest/10, uint64(0)
		for _, people := range []int{smallest, largest * 2 / 5, largest} {
			b.Run(fmt.Sprintf("synced=%t/%d", synced, people), func(b *testing.B) {
				most := benchInventory(b, synced, people)
				b.ReportMetric(float64(most)/(1<<20), "heap-MiB")
				if people == smallest {
					least = most
					return
				}
				b.ReportMetric(float64(max(most, least)-least)/float64(people-smallest), "heap-B/person-more")
			})
		}
	}
}

// benchInventory returns the most that was alive at a time, beside the tenant.
func benchInventory(b *testing.B, synced bool, people int) (most uint64) {
	b.Helper()
	w := newWorld(b, 0, entratest.Options{Limits: entratest.Limits{Units: -1, Writes: -1}})
	w.entries = nil
	for i := range people {
		e, u := staff(b, i, synced)
		id, err := w.tenant.AddUser(u)
		if err != nil {
			b.Fatal(err)
		}
		w.entries = append(w.entries, e)
		if i%100 != 0 {
			continue
		}
		if _, err := w.tenant.AddGroup(entratest.Group{DisplayName: fmt.Sprint("g", i), Description: fmt.Sprint("ldap2scim:g", i), Members: []string{id}}); err != nil {
			b.Fatal(err)
		}
	}
	f := w.open()
	w.closing(f)
	if _, err := migrate.Snapshot(b.Context(), f, w, migrate.SnapshotOptions{}, silent); err != nil {
		b.Fatal(err)
	}
	w.entries = nil
	requests := 0
	for b.Loop() {
		w.tenant.Forget()
		found, before := 0, heap()
		for _, k := range []plan.Kind{plan.Person, plan.Group} {
			n := 0
			if _, err := w.reader(f, w.graph).List(b.Context(), k, func(r plan.Resource) error {
				if n++; n%(people/4) == 0 || k == plan.Group && n%(people/400) == 0 {
					most = max(most, heap()-min(before, heap()))
				}
				if k == plan.Person && r.ExternalID != "" {
					found++
				}
				return nil
			}); err != nil {
				b.Fatal(err)
			}
		}
		if found != people {
			b.Fatalf("%d found", found)
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
	return most
}

// staff is somebody of a directory with GUIDs: of Active Directory whom Entra
// Connect synchronises, or of another with an account of the cloud.
func staff(b *testing.B, i int, synced bool) (plan.Entry, entratest.User) {
	b.Helper()
	e, u := person(i), user(i)
	id := sha256.Sum256(fmt.Append(nil, i))
	text := hex.EncodeToString(id[:16])
	e.ID = plan.ExternalID(strings.Join([]string{text[:8], text[8:12], text[12:16], text[16:20], text[20:]}, "-"))
	if synced {
		sid := fmt.Sprint("S-1-5-21-123456789-987654321-491438053-", 1000+i)
		e.DN = "CN=" + e.First("uid") + ",OU=Staff," + suffix
		e.Attrs["objectsid"], e.Attrs["samaccountname"], e.Attrs["userprincipalname"] = []string{sid}, e.Attrs["uid"], e.Attrs["mail"]
		id[0], id[1], id[2], id[3], id[4], id[5], id[6], id[7] = id[3], id[2], id[1], id[0], id[5], id[4], id[7], id[6]
		u.OnPremises = &entratest.OnPremises{
			ImmutableID: base64.StdEncoding.EncodeToString(id[:16]), SecurityIdentifier: sid,
			SAMAccountName: e.First("uid"), DomainName: "corp.example", UserPrincipalName: e.First("mail"),
		}
	}
	return e, u
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
