package plan_test

import (
	"fmt"
	"io"
	"iter"
	"os"
	"runtime"
	"strconv"
	"testing"

	"ldap2scim/plan"
)

// benchPeople is how many people the benchmarks of the views show.
func benchPeople(b *testing.B) int {
	b.Helper()
	if s := os.Getenv("LDAP2SCIM_BENCH_PEOPLE"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil {
			b.Fatal(err)
		}
		return n
	}
	return 20000
}

// madeUp is a plan of any size that is not in memory: each person is made up
// when the view asks. One of a hundred is blocked, one of ten updated.
func madeUp(people int) plan.View {
	v := newWritten().view()
	class := func(i int) plan.Class {
		switch {
		case i%100 == 0:
			return plan.Blocked
		case i%10 == 0:
			return plan.ToUpdate
		}
		return plan.ToCreate
	}
	v.Objects[plan.Person] = map[plan.Class]int{}
	for i := range people {
		v.Objects[plan.Person][class(i)]++
	}
	decision := func(i int) plan.Decision {
		return plan.Decision{Kind: plan.Person, Object: plan.ExternalID(fmt.Sprintf("%08d", i)), Name: "person" + strconv.Itoa(i), Class: class(i)}
	}
	v.Decisions = numbered(people, func(i int) (plan.Decision, bool) { return decision(i), true })
	v.Findings = numbered(people, func(i int) (plan.Finding, bool) {
		d := decision(i)
		return plan.Finding{Code: plan.BadEmail, Severity: plan.Block, Kind: d.Kind, Object: d.Object, Name: d.Name, Sentence: "no email address", Remedy: "fill it"}, d.Class == plan.Blocked
	})
	v.Steps = numbered(people, func(i int) (plan.Step, bool) {
		d := decision(i)
		s := plan.Step{ID: plan.StepID(d.Object), Action: plan.Create, Kind: d.Kind, Object: d.Object, Name: d.Name, Reason: plan.ReasonMissing, After: plan.Fields{plan.UserName: d.Name, plan.GivenName: "Ada", plan.FamilyName: "Lovelace"}}
		if d.Class == plan.ToUpdate {
			s.Action, s.Reason = plan.Update, plan.ReasonFieldsDiffer
		}
		return s, d.Class != plan.Blocked
	})
	v.Rows = func(k plan.Kind) iter.Seq2[plan.Row, error] {
		if k != plan.Person {
			return seq[plan.Row](nil)
		}
		return plan.Join(v.Decisions, v.Steps, v.Findings)
	}
	return v
}

func numbered[T any](n int, make func(int) (T, bool)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for i := range n {
			if v, there := make(i); there && !yield(v, nil) {
				return
			}
		}
	}
}

// BenchmarkViews writes each view of a plan. The heap that is in use at the end
// of each part is watched: it must not grow with the plan.
func BenchmarkViews(b *testing.B) {
	people := benchPeople(b)
	paged := func(v plan.View) plan.View {
		v.MostSteps, v.MostHazards, v.MostFindings, v.MostRows, v.MostExceptions = 100, 1000, 10000, 100, 20000
		return v
	}
	for _, bench := range []struct {
		name  string
		write func(io.Writer) error
	}{
		{"text", func(w io.Writer) error { return plan.WriteText(w, limited(madeUp(people))) }},
		{"text-all", func(w io.Writer) error { return plan.WriteText(w, madeUp(people)) }},
		{"json", func(w io.Writer) error { return plan.WriteJSON(w, madeUp(people)) }},
		{"csv", func(w io.Writer) error { return plan.WriteCSV(w, madeUp(people)) }},
		{"html", func(w io.Writer) error { return plan.WriteHTML(w, paged(madeUp(people))) }},
		{"html-all", func(w io.Writer) error { return plan.WriteHTML(w, madeUp(people)) }},
		{"diff", func(w io.Writer) error { return plan.WriteDifferences(w, madeUp(people), madeUp(people), 20) }},
	} {
		b.Run(bench.name, func(b *testing.B) {
			w := &watch{}
			for b.Loop() {
				if err := bench.write(w); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(people)*float64(b.N)/b.Elapsed().Seconds(), "people/s")
			b.ReportMetric(float64(w.most)/(1<<20), "MiB-live")
			b.ReportMetric(float64(w.written)/float64(b.N)/(1<<20), "MiB-written")
		})
	}
}

// watch looks at what is live in the heap once in a while.
type watch struct{ written, looked, most uint64 }

func (w *watch) Write(p []byte) (int, error) {
	w.written += uint64(len(p))
	if w.written-w.looked > 8<<20 {
		w.looked = w.written
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		w.most = max(w.most, m.HeapAlloc)
	}
	return len(p), nil
}
