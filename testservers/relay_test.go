package testservers_test

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"ldap2scim/testservers"
)

// TestRelay: what the weather does to an answer of 20,000 bytes.
func TestRelay(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("x", 20_000)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, text) }))
	t.Cleanup(server.Close)
	for name, tt := range map[string]struct {
		weather testservers.Weather
		least   time.Duration
		cuts    int
	}{
		"good":      {},
		"latency":   {weather: testservers.Weather{Latency: 50 * time.Millisecond}, least: 50 * time.Millisecond},
		"bandwidth": {weather: testservers.Weather{BytesPerSecond: 100_000}, least: 200 * time.Millisecond},
		"one cut":   {weather: testservers.Weather{CutAfter: 9000, Cuts: 1}, cuts: 1},
		"all cut":   {weather: testservers.Weather{CutAfter: 9000, Cuts: -1}, cuts: 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			relay := testservers.NewRelay(t, server.Listener.Addr().String(), tt.weather)
			for i := range 2 {
				began := time.Now()
				got, err := fetch(t, relay.Addr)
				if lost := i < tt.cuts; lost != (err != nil) || lost && (len(got) == 0 || len(got) > 9000) || !lost && got != text {
					t.Errorf("request %d: %d bytes, %v", i, len(got), err)
				}
				if took := time.Since(began); took < tt.least {
					t.Errorf("request %d took %s", i, took)
				}
			}
			if relay.Cut() != tt.cuts {
				t.Errorf("%d connections were cut, want %d", relay.Cut(), tt.cuts)
			}
			relay.Set(testservers.Weather{})
			if got, err := fetch(t, relay.Addr); err != nil || got != text {
				t.Errorf("in good weather: %d bytes, %v", len(got), err)
			}
		})
	}
}

// fetch gets the page over a connection of its own.
func fetch(t *testing.T, addr string) (string, error) {
	t.Helper()
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, "GET / HTTP/1.0\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	all, err := io.ReadAll(conn)
	_, body, _ := strings.Cut(string(all), "\r\n\r\n")
	return body, err
}
