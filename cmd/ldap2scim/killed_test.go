package main

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	mathrand "math/rand/v2"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ldap2scim/scimdst/scimtest"
	"ldap2scim/testservers"
	testcompany "ldap2scim/testservers/company"
)

// TestKilledAtRandom kills apply 200 times, or LDAP2SCIM_KILLS times, at random
// moments that LDAP2SCIM_SEED chooses.
func TestKilledAtRandom(t *testing.T) {
	t.Parallel()
	killAtRandom(t, fromEnvironment(t, "LDAP2SCIM_KILLS", 200))
}

// seedOf is LDAP2SCIM_SEED, or a new one. It is logged.
func seedOf(t *testing.T) uint64 {
	t.Helper()
	var b [4]byte
	_, _ = rand.Read(b[:]) // it returns no error
	seed := fromEnvironment(t, "LDAP2SCIM_SEED", uint64(binary.LittleEndian.Uint32(b[:])))
	t.Logf("LDAP2SCIM_SEED=%d chooses the same moments again", seed)
	return seed
}

// fromEnvironment is a number in the environment, or usual.
func fromEnvironment(t testing.TB, name string, usual uint64) uint64 {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return usual
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

// killAtRandom makes migrations, several at a time, until apply was killed so
// many times in all of them together.
func killAtRandom(t *testing.T, kills uint64) {
	seed := seedOf(t)
	var next, killed atomic.Uint64
	var workers sync.WaitGroup
	for range 4 {
		workers.Go(func() {
			for killed.Load() < kills && !t.Failed() {
				i := next.Add(1)
				t.Run(fmt.Sprintf("migration %d of seed %d", i, seed), func(t *testing.T) {
					migrationKilled(t, mathrand.New(mathrand.NewPCG(seed, i)), &killed)
				})
			}
		})
	}
	workers.Wait()
	t.Logf("%d kills in %d migrations", killed.Load(), next.Load())
}

// migrationKilled makes one migration whose runs are killed, twenty times at most.
// Then everybody is there once and in every group, nobody else was touched, and
// no request that had its effect was sent twice.
func migrationKilled(t *testing.T, random *mathrand.Rand, killed *atomic.Uint64) {
	k := &killer{choose: spare}
	r := newShortRoad(t, testcompany.Company{People: 24, Groups: 4, Seed: 5}, scimtest.Options{}, k.inFrontOf(t))
	r.strangers()
	r.run(exitDone, "snapshot")
	r.run(exitDone, "plan")
	steps := r.steps()
	runs := 1
	for ; k.watch(r.site, atRandom(random), "apply", "--yes"); runs++ {
		if killed.Add(1); runs == 20 {
			k.watch(r.site, spare, "apply", "--yes")
			runs++
			break
		}
	}
	writes := r.writes()
	reads := len(r.builtIn.Requests()) - writes
	// Nothing fails here, so what reached the service had its effect.
	if most := (runs + 1) * (2*steps + 6); writes != steps || reads > most {
		t.Errorf("%d writes and %d reads in %d runs for %d steps, want as many writes and at most %d reads", writes, reads, runs, steps, most)
	}
	r.untouched()
	r.arrived()
}

// atRandom chooses the moment of a kill: before or after one of the next
// requests, or a while after the first.
func atRandom(random *mathrand.Rand) func(*http.Request, *process) moment {
	request, when := random.IntN(24), moment(1+random.IntN(2))
	fuse := time.Duration(random.IntN(80_000)) * time.Microsecond
	if random.IntN(2) == 0 {
		return func(*http.Request, *process) moment {
			if request--; request == -1 {
				return when
			}
			return never
		}
	}
	begun := false
	return func(_ *http.Request, victim *process) moment {
		if !begun {
			begun = true
			time.AfterFunc(fuse, victim.kill)
		}
		return never
	}
}

// shortRoad goes from LDIF to the service inside the process, so that it takes
// little time.
type shortRoad struct {
	*road
	builtIn *scimtest.Server
	others  map[string]scimtest.Resource
}

func newShortRoad(t *testing.T, c testcompany.Company, o scimtest.Options, via func(*testservers.Service) string) *shortRoad {
	t.Helper()
	var ldif bytes.Buffer
	if _, err := c.WriteLDIF(&ldif); err != nil {
		t.Fatal(err)
	}
	builtIn, err := scimtest.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := builtIn.Close(); err != nil {
			t.Error(err)
		}
	})
	service := &testservers.Service{URL: builtIn.URL, Token: builtIn.Token}
	s := newSite(t, map[string]string{"directory.ldif": ldif.String(), "scim-token": service.Token})
	config := fmt.Sprintf(roadConfig, s.folder, "ldif: "+s.path("directory.ldif"), "", "", "dc=example,dc=com", via(service))
	config = regexp.MustCompile(`(?m)^  (ca_file|bind_dn|password|page_size):.*\n`).ReplaceAllString(config, "")
	s.write("ldap2scim.yaml", config+"retry: {patience: 20ms}\n")
	return &shortRoad{road: &road{site: s, service: service, want: expected(t, ldif.String())}, builtIn: builtIn}
}

// strangers puts a person and a group at the service that the directory does
// not know.
func (r *shortRoad) strangers() {
	r.t.Helper()
	id, err := r.builtIn.AddUser(map[string]any{"userName": "stranger", "emails": []any{map[string]any{"value": "s@example.org", "type": "work"}}})
	if err == nil {
		_, err = r.builtIn.AddGroup(map[string]any{"displayName": "Strangers", "members": []any{map[string]any{"value": id}}})
	}
	if err != nil {
		r.t.Fatal(err)
	}
	r.others = r.there()
}

// there is everything at the service by its path.
func (r *shortRoad) there() map[string]scimtest.Resource {
	all := map[string]scimtest.Resource{}
	for _, u := range r.builtIn.Users() {
		all["/Users/"+u.ID] = u
	}
	for _, g := range r.builtIn.Groups() {
		all["/Groups/"+g.ID] = g
	}
	return all
}

// untouched: the strangers are as they were. It then takes them away.
func (r *shortRoad) untouched() {
	r.t.Helper()
	there := r.there()
	for path, was := range r.others {
		if diff := cmp.Diff(was, there[path]); diff != "" {
			r.t.Errorf("somebody else (-was +is): %s", diff)
		}
		r.remove(path)
	}
}

// writes counts the requests that reached the service and were more than a look.
func (r *shortRoad) writes() int {
	n := 0
	for _, q := range r.builtIn.Requests() {
		if q.Method != http.MethodGet {
			n++
		}
	}
	return n
}

func (r *shortRoad) remove(path string) {
	r.t.Helper()
	req, err := http.NewRequestWithContext(r.t.Context(), http.MethodDelete, r.service.URL+path, strings.NewReader(""))
	if err != nil {
		r.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+r.service.Token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusNoContent {
		r.t.Fatalf("DELETE %s: %s", path, resp.Status)
	}
}
