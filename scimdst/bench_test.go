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

// together runs do for 0 to n-1 with the same concurrency for everybody, and
// returns how many it did in a second.
func together(n int, do func(i int)) float64 {
	next := make(chan int, n)
	for i := range n {
		next <- i
	}
	close(next)
	begin := time.Now()
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			for i := range next {
				do(i)
			}
		})
	}
	all.Wait()
	return float64(n) / time.Since(begin).Seconds()
}

// BenchmarkCreate compares creations through the client, with pacing off, with
// a bare loop that posts the same prepared bodies to the same service with the
// same concurrency over as many connections, and reads each answer to its end.
// They take turns, so that neither has the quieter machine, and each begins
// with a clean heap, so that neither sweeps up after the other. The ratio is
// the median of those of the rounds.
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
	bare := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 32, MaxConnsPerHost: 32}}
	const batch = 500
	var client, loop, ratio []float64
	for b.Loop() {
		round := len(ratio)
		steps := newcomers(batch, fmt.Sprintf("c%d-", round))
		bodies := prepare(b, newcomers(batch, fmt.Sprintf("b%d-", round)))
		byClient := func() {
			runtime.GC()
			client = append(client, together(batch, func(i int) {
				if _, err := w.Do(b.Context(), steps[i], nil); err != nil {
					b.Error(err)
				}
			}))
		}
		if round%2 == 0 {
			byClient()
		}
		runtime.GC()
		loop = append(loop, together(batch, func(i int) { post(b, bare, url, token, bodies[i]) }))
		if round%2 == 1 {
			byClient()
		}
		ratio = append(ratio, client[round]/loop[round])
	}
	b.ReportMetric(median(client), "client/s")
	b.ReportMetric(median(loop), "bare/s")
	b.ReportMetric(median(ratio), "client/bare")
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

// median: the machine may be busy with something else for a while.
func median(of []float64) float64 {
	slices.Sort(of)
	return of[len(of)/2]
}

func post(b *testing.B, c *http.Client, url, token string, body []byte) {
	req, err := http.NewRequestWithContext(b.Context(), http.MethodPost, url+"/Users", bytes.NewReader(body))
	if err != nil {
		b.Error(err)
		return
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", scim)
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
