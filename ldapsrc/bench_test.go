package ldapsrc_test

import (
	"io"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strconv"
	"testing"
	"time"

	"ldap2scim/ldapsrc"
	"ldap2scim/plan"
	"ldap2scim/testservers"
	generated "ldap2scim/testservers/company"
)

// benchPeople is the size of the benchmarks: LDAP2SCIM_BENCH_PEOPLE, or
// 100,000.
func benchPeople(b *testing.B) int {
	b.Helper()
	text := os.Getenv("LDAP2SCIM_BENCH_PEOPLE")
	if text == "" {
		return 100_000
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		b.Fatalf("LDAP2SCIM_BENCH_PEOPLE: %v", err)
	}
	return n
}

// BenchmarkReadSlapd reads a directory from OpenLDAP, and has ldapsearch print
// the same entries: "ratio" is how many times as long the read takes. "MB" is
// the largest heap of the process, which holds nothing else.
func BenchmarkReadSlapd(b *testing.B) {
	c := benchDirectory(b)
	split := c
	split.Connections, split.Users.Base, split.Users.Bases = 2, "", departments(b, c)
	two := c
	two.Connections = 2
	for _, way := range []struct {
		name   string
		config ldapsrc.Config
	}{{"one connection", c}, {"two", two}, {"two, people by unit", split}} {
		b.Run(way.name, func(b *testing.B) {
			c := way.config
			var read, printed time.Duration
			var peak uint64
			people := 0
			for b.Loop() {
				b.StopTimer()
				printed += ldapsearch(b, two)
				b.StartTimer()
				begin := time.Now()
				n, most := readAll(b, c)
				read += time.Since(begin)
				people, peak = n, max(peak, most)
			}
			b.ReportMetric(read.Seconds()/printed.Seconds(), "ratio")
			b.ReportMetric(float64(people)*float64(b.N)/read.Seconds(), "people/s")
			b.ReportMetric(float64(peak)/1e6, "MB")
		})
	}
}

func benchDirectory(b *testing.B) ldapsrc.Config {
	b.Helper()
	r, w := io.Pipe()
	n := benchPeople(b)
	go func() {
		_, err := generated.Company{People: n, Groups: n / 50, Seed: 5}.WriteLDIF(w)
		_ = w.CloseWithError(err) // slapadd sees it
	}()
	d := testservers.Slapd(b, r, testservers.SlapdOptions{})
	c := ldapsrc.Config{Kind: "openldap", URL: d.SocketURL, Bind: "external", Base: suffix, Timeout: time.Minute}
	c.Users.Attributes = []string{"uid", "mail", "givenName", "sn", "displayName", "departmentNumber", "employeeNumber"}
	c.Groups.Attributes = []string{"cn"}
	return c.WithDefaults()
}

// departments are the units that the people are in.
func departments(b *testing.B, c ldapsrc.Config) []string {
	b.Helper()
	c.Users.Filter = "(objectClass=none)"
	c.Units = ldapsrc.Search{Base: "ou=people," + suffix, Scope: "one"}
	entries, _, err := read(b, c)
	if err != nil {
		b.Fatal(err)
	}
	var dns []string
	for _, e := range entries {
		if e.Kind == plan.Unit {
			dns = append(dns, e.DN)
		}
	}
	return dns
}

// ldapsearch prints what the read asks for, and returns how long it took.
func ldapsearch(b *testing.B, c ldapsrc.Config) time.Duration {
	b.Helper()
	begin := time.Now()
	for _, s := range []ldapsrc.Search{c.Users, c.Groups} {
		cmd := exec.CommandContext(b.Context(), "sh", "-c", s.Command(c))
		if err := cmd.Run(); err != nil { // without Stdout it prints to the null device
			b.Fatalf("%s: %v", s.Command(c), err)
		}
	}
	return time.Since(begin)
}

// readAll returns how many people came, and the largest heap.
func readAll(b *testing.B, c ldapsrc.Config) (people int, peak uint64) {
	b.Helper()
	debug.FreeOSMemory()
	s, err := ldapsrc.Open(b.Context(), c)
	if err != nil {
		b.Fatal(err)
	}
	seen := 0
	proof, err := s.Read(b.Context(), func(e plan.Entry) error {
		if e.Kind == plan.Person {
			people++
		}
		if seen++; seen%20_000 == 0 {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			peak = max(peak, m.HeapSys-m.HeapReleased)
		}
		return nil
	})
	if err != nil || !proof.Complete {
		b.Fatalf("got %+v, %v", proof, err)
	}
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
	return people, peak
}
