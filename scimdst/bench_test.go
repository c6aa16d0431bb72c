package scimdst_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"ldap2scim/plan"
	"ldap2scim/scimdst"
	"ldap2scim/scimdst/scimtest"
	"ldap2scim/testservers"
)

const workers = 8

// newcomers are n creations with what a person usually has.
func newcomers(n int, tag string) []plan.Step {
	steps := make([]plan.Step, 0, n)
	for i := range n {
		name := tag + strconv.Itoa(i)
		steps = append(steps, plan.Step{
			Action: plan.Create, Kind: plan.Person, Object: plan.ExternalID("e-" + name), Name: name,
			After: plan.Fields{
				plan.UserName: name + "@example.com", plan.GivenName: "Ada", plan.FamilyName: "Lovelace", plan.DisplayName: "Ada Lovelace",
				plan.Active: "true", plan.WorkEmail: name + "@example.com", department: "Research", costCode: "4711",
			},
		})
	}
	return steps
}

// turn is what one turn of a benchmark took for each of its requests.
type turn struct{ wall, processor float64 } // seconds

// together runs do for 0 to n-1 with the same concurrency for everybody.
func together(b *testing.B, n int, do func(i int)) turn {
	next := make(chan int, n)
	for i := range n {
		next <- i
	}
	close(next)
	runtime.GC()
	used, begin := processor(b), time.Now()
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			for i := range next {
				do(i)
			}
		})
	}
	all.Wait()
	return turn{wall: time.Since(begin).Seconds() / float64(n), processor: (processor(b) - used) / float64(n)}
}

// processor is what this process has used of the processors, in seconds.
func processor(b *testing.B) float64 {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()).Seconds()
}

// BenchmarkCreate compares creations through the client, with pacing off, with
// a bare loop of net/http that posts the same prepared bodies to the same
// service with the same concurrency. The loop is what somebody would write who
// has the bodies: an http.Client with the same time limit for a request, over
// net/http's own transport with as many connections, the same headers, each
// answer read to its end so that its connection is used again, and a look at
// the status. It puts no body together, and does not look into the answer.
//
// They take short turns, so that neither has the quieter machine; who begins
// changes, and each turn begins with a clean heap, so that neither sweeps up
// after the other. The ratios are the medians of those of the rounds: of
// creations in a second, and of the processor time of this process, which
// another load on the machine disturbs less. With scimtest the service's is in
// it, as it runs in this process.
func BenchmarkCreate(b *testing.B) {
	b.Run("scimtest", func(b *testing.B) {
		s, err := scimtest.Start(scimtest.Options{})
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { _ = s.Close() })
		compare(b, s.URL, s.Token)
	})
	b.Run("SCIMMY", func(b *testing.B) {
		s := testservers.SCIMMY(b)
		compare(b, s.URL, s.Token)
	})
	b.Run("elimity", func(b *testing.B) {
		url, token := testservers.Elimity(b)
		compare(b, url, token)
	})
}

func compare(b *testing.B, url, token string) {
	w, err := scimdst.NewWriter(scimdst.Config{URL: url, Token: func() (string, error) { return token, nil }})
	if err != nil {
		b.Fatal(err)
	}
	way, ok := http.DefaultTransport.(*http.Transport)
	if !ok {
		b.Fatal("net/http has another way to a service than it had")
	}
	way = way.Clone()
	way.MaxIdleConnsPerHost, way.MaxConnsPerHost = 32, 32
	bare := &http.Client{Timeout: 30 * time.Second, Transport: way}
	const batch = 250
	var client, loop []turn
	for b.Loop() {
		round := len(loop)
		steps := newcomers(batch, fmt.Sprintf("c%d-", round))
		bodies := prepare(b, newcomers(batch, fmt.Sprintf("b%d-", round)))
		byClient := func() {
			client = append(client, together(b, batch, func(i int) {
				if _, err := w.Do(b.Context(), steps[i], nil); err != nil {
					b.Error(err)
				}
			}))
		}
		if round%2 == 0 {
			byClient()
		}
		loop = append(loop, together(b, batch, func(i int) { post(b, bare, url, token, bodies[i]) }))
		if round%2 == 1 {
			byClient()
		}
	}
	rate := func(t turn) float64 { return 1 / t.wall }
	used := func(t turn) float64 { return 1e6 * t.processor }
	b.ReportMetric(medianOf(client, rate), "client/s")
	b.ReportMetric(medianOf(loop, rate), "bare/s")
	b.ReportMetric(medianRatio(client, loop, rate), "client/bare")
	b.ReportMetric(medianOf(client, used), "client-cpu-µs")
	b.ReportMetric(medianOf(loop, used), "bare-cpu-µs")
	b.ReportMetric(medianRatio(loop, client, used), "bare-cpu/client-cpu")
}

func prepare(b *testing.B, steps []plan.Step) [][]byte {
	var bodies [][]byte
	for _, step := range steps {
		r, err := scimdst.RequestOf(step, nil)
		if err != nil {
			b.Fatal(err)
		}
		bodies = append(bodies, r.Body)
	}
	return bodies
}

func medianOf(turns []turn, of func(turn) float64) float64 {
	all := make([]float64, 0, len(turns))
	for _, t := range turns {
		all = append(all, of(t))
	}
	slices.Sort(all)
	return all[len(all)/2]
}

// medianRatio is that of the pairs: the machine may be busy with something else
// for a while.
func medianRatio(above, below []turn, of func(turn) float64) float64 {
	all := make([]float64, 0, len(above))
	for i := range above {
		all = append(all, of(above[i])/of(below[i]))
	}
	slices.Sort(all)
	return all[len(all)/2]
}

func post(b *testing.B, c *http.Client, url, token string, body []byte) {
	req, err := http.NewRequestWithContext(b.Context(), http.MethodPost, url+"/Users", bytes.NewReader(body))
	if err != nil {
		b.Error(err)
		return
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", scim)
	req.Header.Set("Accept", scim+", application/json;q=0.9")
	resp, err := c.Do(req)
	if err != nil {
		b.Error(err)
		return
	}
	_, _ = io.Copy(io.Discard, resp.Body)
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusCreated {
		b.Errorf("status %d", resp.StatusCode)
	}
}

// BenchmarkDo is one creation against a service that answers at once: what the
// client itself costs.
func BenchmarkDo(b *testing.B) {
	answer := []byte(`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"1"}`)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", scim)
		w.WriteHeader(http.StatusCreated)
		_, _ = w.Write(answer)
	}))
	b.Cleanup(s.Close)
	w, err := scimdst.NewWriter(config(s.URL))
	if err != nil {
		b.Fatal(err)
	}
	step := newcomers(1, "x")[0]
	b.ReportAllocs()
	for b.Loop() {
		if _, err := w.Do(b.Context(), step, nil); err != nil {
			b.Fatal(err)
		}
	}
}
