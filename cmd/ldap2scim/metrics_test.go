package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"ldap2scim/migrate"
	"ldap2scim/scimdst/scimtest"
)

// family is a metric as a strict reader of OpenMetrics 1.0.0 sees it.
type family struct {
	kind, unit, help string
	samples          int
}

// parseOpenMetrics reads an exposition of counters and gauges by the grammar of
// OpenMetrics 1.0.0, and returns its families, and its values by name and
// labels.
func parseOpenMetrics(text string) (map[string]*family, map[string]float64, error) {
	body, ok := strings.CutSuffix(text, "# EOF\n")
	if !ok {
		return nil, nil, fmt.Errorf("it does not end with # EOF and a line feed")
	}
	name := `[a-zA-Z_:][a-zA-Z0-9_:]*`
	metadata := regexp.MustCompile(`^# (TYPE|UNIT|HELP) (` + name + `) (\S.*)$`)
	sample := regexp.MustCompile(`^(` + name + `)((?:\{[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*"(?:,[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*")*\})?) (\S+)$`)
	families, values := map[string]*family{}, map[string]float64{}
	current := ""
	for line := range strings.Lines(body) {
		line = strings.TrimSuffix(line, "\n")
		if m := metadata.FindStringSubmatch(line); m != nil {
			f := families[m[2]]
			switch {
			case f == nil:
				f, current = &family{}, m[2]
				families[current] = f
			case current != m[2]:
				return nil, nil, fmt.Errorf("%q: the family is not in one piece", line)
			case f.samples > 0:
				return nil, nil, fmt.Errorf("%q stands after a sample", line)
			}
			field := map[string]*string{"TYPE": &f.kind, "UNIT": &f.unit, "HELP": &f.help}[m[1]]
			if *field != "" {
				return nil, nil, fmt.Errorf("%q is there twice", line)
			}
			*field = m[3]
			if f.unit != "" && !strings.HasSuffix(current, "_"+f.unit) {
				return nil, nil, fmt.Errorf("%q: the name does not end with the unit", line)
			}
			continue
		}
		m := sample.FindStringSubmatch(line)
		if m == nil {
			return nil, nil, fmt.Errorf("%q is neither metadata nor a sample", line)
		}
		f := families[current]
		want := map[string]string{"counter": current + "_total", "gauge": current}
		if f == nil || want[f.kind] != m[1] {
			return nil, nil, fmt.Errorf("%q does not belong to the family %q", line, current)
		}
		value, err := strconv.ParseFloat(m[3], 64)
		if err != nil || f.kind == "counter" && value < 0 {
			return nil, nil, fmt.Errorf("%q has no such value", line)
		}
		if _, twice := values[m[1]+m[2]]; twice {
			return nil, nil, fmt.Errorf("%q is there twice", line)
		}
		f.samples++
		values[m[1]+m[2]] = value
	}
	return families, values, nil
}

// TestOpenMetrics: the exposition is one, each metric of it is documented, and
// none is documented that it does not have.
func TestOpenMetrics(t *testing.T) {
	t.Parallel()
	g := newTally(aMoment)
	g.total, g.quota = 10, 20
	a, b := stepOf("a"), stepOf("b")
	for _, e := range []migrate.Event{
		migrate.Sending{Step: a, Attempt: 1},
		migrate.Answered{Step: a},
		migrate.Sending{Step: b, Attempt: 1},
		migrate.Waiting{Step: b, Err: refusal{throttled: true}},
		migrate.Paced{Rate: 17.5, AtATime: 3},
		migrate.Down{},
		migrate.Steered{Rate: 5, Paused: true},
	} {
		g.observe(aMoment, e)
	}
	text := g.openMetrics(aMoment.Add(1500 * time.Millisecond))
	families, values, err := parseOpenMetrics(text)
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	for name, want := range map[string]float64{
		`ldap2scim_steps_total{outcome="done"}`: 1, `ldap2scim_requests_total{result="throttled"}`: 1, `ldap2scim_steps_pending`: 9,
		`ldap2scim_steps_waiting`: 1, `ldap2scim_throttled_seconds_total`: 1.5, `ldap2scim_quota_rate`: 5, `ldap2scim_learnt_rate`: 17.5,
		`ldap2scim_concurrency_limit`: 3, `ldap2scim_paused`: 1, `ldap2scim_down`: 1, `ldap2scim_start_time_seconds`: float64(aMoment.Unix()),
	} {
		if got, has := values[name]; !has || got != want {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
	documented := map[string]string{}
	for _, row := range tableOf(t, "../../docs/watching.md", "| metric | type | meaning |") {
		name, _, _ := strings.Cut(strings.Trim(row[0], "`"), "{")
		documented[strings.TrimSuffix(name, "_total")] = row[1]
	}
	for name, f := range families {
		if f.kind != documented[name] || f.help == "" || f.samples == 0 {
			t.Errorf("%s is a %s with %d samples and the help %q, and documented as a %q", name, f.kind, f.samples, f.help, documented[name])
		}
	}
	for name := range documented {
		if families[name] == nil {
			t.Errorf("%s is documented and not there", name)
		}
	}
}

// TestMetricsOfARun reads the metrics of a run that is held, over HTTP.
func TestMetricsOfARun(t *testing.T) {
	t.Parallel()
	s, d := demoSite(t, scimtest.Options{})
	s.run(exitDone, "snapshot")
	s.run(exitDone, "plan")
	d.service.Inject(scimtest.Fault{Trouble: scimtest.StatusBefore, Status: http.StatusTooManyRequests, Match: nth(3, scimtest.To(http.MethodPost, "/Users"))})
	gate := holdNext(d.service, nth(50, scimtest.To(http.MethodPost, "/Users")))
	defer gate.open()
	apply := s.start("apply", "--yes", "--allow", "unreconciled-wave", "--metrics", "0")
	<-gate.arrived
	url := regexp.MustCompile(`Metrics at (http://127\.0\.0\.1:\d+/metrics)\n`).FindStringSubmatch(apply.err.String())
	if url == nil {
		t.Fatalf("the address is not told: %s", apply.err.String())
	}
	families, values, err := scrape(t.Context(), url[1])
	if err != nil {
		t.Fatal(err)
	}
	done, throttled := values[`ldap2scim_steps_total{outcome="done"}`], values[`ldap2scim_requests_total{result="throttled"}`]
	if done < 1 || throttled != 1 || values["ldap2scim_steps_sending"] < 1 || done+values["ldap2scim_steps_pending"] != float64(s.steps()) {
		t.Errorf("of %d steps: %v", s.steps(), values)
	}
	if len(families) == 0 || values["ldap2scim_retries_total"] < 1 || values["ldap2scim_request_rate"] <= 0 {
		t.Errorf("%v", values)
	}
	gate.open()
	apply.exits(exitDone)
	if _, _, err := scrape(t.Context(), url[1]); err == nil {
		t.Error("the metrics outlive the run")
	}
}

func scrape(ctx context.Context, url string) (map[string]*family, map[string]float64, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, nil, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, nil, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, nil, err
	}
	if got := resp.Header.Get("Content-Type"); got != "application/openmetrics-text; version=1.0.0; charset=utf-8" {
		return nil, nil, fmt.Errorf("the type is %q", got)
	}
	return parseOpenMetrics(string(text))
}

func TestLoopback(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{"9464": "127.0.0.1:9464", ":9464": "127.0.0.1:9464", "0.0.0.0:9464": "0.0.0.0:9464", "[::1]:0": "[::1]:0", "host:1": "host:1"} {
		if got := loopback(given); got != want {
			t.Errorf("%s is %s, want %s", given, got, want)
		}
	}
	s := newSite(t, nil)
	got := s.process(exitFailed, "apply", "--metrics", "no port")
	if !strings.Contains(got.err.String(), "serve metrics: ") || !strings.Contains(got.err.String(), "Give --metrics a port") {
		t.Errorf("%s", got.err.String())
	}
}

// TestStatusSaysWhatTheBarSays: of a run that is going, the rate and what it is
// held by, in the same words.
func TestStatusSaysWhatTheBarSays(t *testing.T) {
	t.Parallel()
	s, d := demoSite(t, scimtest.Options{})
	s.run(exitDone, "snapshot")
	s.run(exitDone, "plan")
	gate := holdNext(d.service, nth(50, scimtest.To(http.MethodPost, "/Users")))
	defer gate.open()
	apply := s.start("apply", "--yes", "--allow", "unreconciled-wave")
	<-gate.arrived
	s.run(exitDone, "throttle", "--rps", "5")
	status := s.start("status", "--watch")
	status.says(&status.out, "/s of 5.0") // at its second look; the run has heeded it by then
	gate.open()
	status.says(&status.out, " · ETA ")
	apply.signal(os.Interrupt)
	<-apply.ended
	status.exits(exitDone)
	if !regexp.MustCompile(`(?m)^Now \d+\.\d/s of 5\.0 · ETA \d+`).MatchString(status.out.String()) {
		t.Errorf("%s", status.out.String())
	}
}
