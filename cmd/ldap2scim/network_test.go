package main

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"ldap2scim/testservers"
	testcompany "ldap2scim/testservers/company"
)

// TestRoadInBadWeather: between OpenLDAP and SCIMMY there is a network that is
// slow, or narrow, or cuts connections in the middle of an answer, on both
// sides. What arrives is the same.
func TestRoadInBadWeather(t *testing.T) {
	t.Parallel()
	for name, weather := range map[string]testservers.Weather{
		"latency":   {Latency: 20 * time.Millisecond},
		"bandwidth": {BytesPerSecond: 200_000},
		"cuts":      {CutAfter: 12_000, Cuts: 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var relay *testservers.Relay
			r := newRoad(t, testcompany.Company{People: 120, Groups: 6, Seed: 8}, plain, func(s *testservers.Service) string {
				service, err := url.Parse(s.URL)
				if err != nil {
					t.Fatal(err)
				}
				relay = testservers.NewRelay(t, service.Host, testservers.Weather{})
				return "http://" + relay.Addr + service.Path
			})
			directory := r.inFrontOfDirectory(weather)
			r.run(exitDone, "snapshot")
			r.run(exitDone, "plan")
			relay.Set(weather)
			r.run(exitDone, "apply", "--yes")
			if directory.Cut() != weather.Cuts || relay.Cut() != weather.Cuts {
				t.Errorf("%d connections to the directory and %d to the service were cut, want %d", directory.Cut(), relay.Cut(), weather.Cuts)
			}
			relay.Set(testservers.Weather{})
			made, writes := 0, 0
			for request, n := range r.service.Counters().Requests {
				if !strings.HasPrefix(request, "GET ") {
					writes += n
				}
				if strings.HasPrefix(request, "POST ") {
					made += n
				}
			}
			// An answer that was lost costs a look, and no second creation.
			if all := len(r.want.People) + len(r.want.Groups); made != all || writes != r.steps() {
				t.Errorf("%d creations of %d, and %d writes for %d steps", made, all, writes, r.steps())
			}
			r.arrived()
		})
	}
}

// TestDirectoryCutAgainAndAgain: when each reading is cut, there is no snapshot,
// and when the network is back there is a whole one.
func TestDirectoryCutAgainAndAgain(t *testing.T) {
	t.Parallel()
	r := newRoad(t, testcompany.Company{People: 120, Groups: 6, Seed: 8}, plain, direct)
	relay := r.inFrontOfDirectory(testservers.Weather{CutAfter: 12_000, Cuts: -1})
	p := r.process(exitFailed, "snapshot")
	p.says(&p.err, "the connection was lost")
	p = r.process(exitFailed, "plan")
	p.says(&p.err, "Make one: ldap2scim snapshot")
	relay.Set(testservers.Weather{})
	if out := r.run(exitDone, "snapshot"); !strings.Contains(out, ": 120 people, 6 groups, 10 units; complete") {
		t.Errorf("snapshot says %s", out)
	}
}

// inFrontOfDirectory puts a relay between the program and the directory.
func (r *road) inFrontOfDirectory(w testservers.Weather) *testservers.Relay {
	r.t.Helper()
	config := r.read("ldap2scim.yaml")
	_, after, _ := strings.Cut(config, "url: ldap://")
	host, _, _ := strings.Cut(after, "\n")
	relay := testservers.NewRelay(r.t, host, w)
	r.write("ldap2scim.yaml", strings.Replace(config, "ldap://"+host, "ldap://"+relay.Addr, 1))
	return relay
}
