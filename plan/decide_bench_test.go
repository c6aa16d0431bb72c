package plan_test

import (
	"fmt"
	"iter"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"testing"
	"time"

	"ldap2scim/plan"
)

// large is a directory that is made as it is read: n people and n/10 groups
// of a hundred people each, nested in chains of five.
type large struct{ n int }

func (l large) uid(i int) string { return "u" + strconv.Itoa(10_000_000+i) }

func (l large) people(yield func(plan.Entry, error) bool) {
	for i := range l.n {
		uid := l.uid(i)
		e := plan.Entry{Kind: plan.Person, ID: plan.ExternalID("id-" + uid), DN: "uid=" + uid, Key: "uid=" + uid, Attrs: map[string][]string{
			"uid": {uid}, "givenname": {"Given"}, "sn": {"Surname"}, "mail": {uid + "@example.com"}, "costcode": {"4711"},
		}}
		if !yield(e, nil) {
			return
		}
	}
}

const blockSize, chain = 100, 5

// block is the first of the people who are directly in a group.
func (l large) block(g int) int { return g * blockSize % l.n }

func (l large) heads(yield func(plan.Entry, error) bool) {
	for g := range l.n / 10 {
		cn := fmt.Sprintf("g%07d", g)
		e := plan.Entry{Kind: plan.Group, ID: plan.ExternalID("id-" + cn), DN: "cn=" + cn, Key: "cn=" + cn, Attrs: map[string][]string{"cn": {cn}}}
		if !yield(e, nil) {
			return
		}
	}
}

func (l large) groups(yield func(plan.Entry, error) bool) {
	for g := range l.n / 10 {
		cn := fmt.Sprintf("g%07d", g)
		e := plan.Entry{Kind: plan.Group, ID: plan.ExternalID("id-" + cn), DN: "cn=" + cn, Key: "cn=" + cn, Attrs: map[string][]string{"cn": {cn}}}
		for i := range blockSize {
			e.Members = append(e.Members, "uid="+l.uid(l.block(g)+i))
		}
		if g%chain != chain-1 {
			e.Members = append(e.Members, fmt.Sprintf("cn=g%07d", g+1))
		}
		if !yield(e, nil) {
			return
		}
	}
}

// headsOnly asks for groups without their members.
const headsOnly plan.Kind = "heads"

// migrated is the destination when everything is there.
func (l large) migrated(k plan.Kind) iter.Seq2[plan.Resource, error] {
	return func(yield func(plan.Resource, error) bool) {
		if k == plan.Person {
			for e := range l.people { //nolint:errcheck // always nil
				r := plan.Resource{Kind: k, RemoteID: plan.RemoteID("r" + e.ID), ExternalID: e.ID, Fields: plan.Fields{
					plan.UserName: e.First("uid"), plan.GivenName: "Given", plan.FamilyName: "Surname", plan.WorkEmail: e.First("mail"), custom: "4711", plan.Active: "true",
				}}
				if !yield(r, nil) {
					return
				}
			}
			return
		}
		g := 0
		for e := range l.heads { //nolint:errcheck // always nil
			r := plan.Resource{Kind: k, RemoteID: plan.RemoteID("r" + e.ID), ExternalID: e.ID, Fields: plan.Fields{plan.DisplayName: e.First("cn")}}
			r.Kind = plan.Group
			for within := g; k == plan.Group; within++ {
				for i := range blockSize {
					r.Members = append(r.Members, plan.RemoteID("rid-"+l.uid(l.block(within)+i)))
				}
				if within%chain == chain-1 {
					break
				}
			}
			g++
			if !yield(r, nil) {
				return
			}
		}
	}
}

func nothing(plan.Kind) iter.Seq2[plan.Resource, error] {
	return func(func(plan.Resource, error) bool) {}
}

type counting struct{ steps, decisions int }

func (c *counting) Step(plan.Step) error         { c.steps++; return nil }
func (c *counting) Finding(plan.Finding) error   { return nil }
func (c *counting) Decision(plan.Decision) error { c.decisions++; return nil }

// BenchmarkDecide plans for LDAP2SCIM_BENCH_PEOPLE people (100,000), a tenth
// as many groups and ten times as many direct memberships: a first migration,
// and one that finds everything in place.
func BenchmarkDecide(b *testing.B) {
	n := 100_000
	if text := os.Getenv("LDAP2SCIM_BENCH_PEOPLE"); text != "" {
		var err error
		if n, err = strconv.Atoi(text); err != nil {
			b.Fatal(err)
		}
	}
	// As the program does: see main.
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(900 << 20))
	l := large{n}
	for name, have := range map[string]func(plan.Kind) iter.Seq2[plan.Resource, error]{"first": nothing, "unchanged": l.migrated} {
		b.Run(name, func(b *testing.B) {
			in := plan.Input{
				Rules: rules(),
				Snapshot: plan.Snapshot{Digest: "s", Proof: proof(""), Entries: func(k plan.Kind) iter.Seq2[plan.Entry, error] {
					return map[plan.Kind]iter.Seq2[plan.Entry, error]{plan.Person: l.people, plan.Group: l.heads, plan.Unit: func(func(plan.Entry, error) bool) {}}[k]
				}, Groups: l.groups},
				Inventory: plan.Inventory{Digest: "i", Proof: proof(""), Owned: func(k plan.Kind) iter.Seq2[plan.Resource, error] {
					if k == plan.Group {
						k = headsOnly
					}
					return have(k)
				}, Unowned: nothing, Groups: have(plan.Group)},
			}
			in.Rules.MembersPerRequest = 100
			heap := largestHeap()
			var got counting
			for b.Loop() {
				got = counting{}
				if _, err := plan.Decide(in, &got); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(heap())/(1<<20), "heap-MiB")
			b.ReportMetric(float64(got.steps), "steps")
			b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "people/s")
		})
	}
}

// largestHeap samples the heap until the function that it returns is called.
func largestHeap() func() uint64 {
	stop, done := make(chan struct{}), make(chan uint64)
	go func() {
		tick := time.NewTicker(50 * time.Millisecond)
		defer tick.Stop()
		largest := uint64(0)
		for {
			select {
			case <-stop:
				done <- largest
				return
			case <-tick.C:
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				largest = max(largest, m.HeapInuse)
			}
		}
	}()
	return func() uint64 {
		close(stop)
		return <-done
	}
}
