package migrate_test

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"ldap2scim/checkpoints"
	"ldap2scim/ldapsrc"
	"ldap2scim/migrate"
	"ldap2scim/plan"
	"ldap2scim/testservers"
	"ldap2scim/testservers/company"
)

// people is the size of the benchmarks: LDAP2SCIM_BENCH_PEOPLE, or 100,000.
func people(b *testing.B) int {
	b.Helper()
	text := os.Getenv("LDAP2SCIM_BENCH_PEOPLE")
	if text == "" {
		return 100_000
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		b.Fatal(err)
	}
	return n
}

// BenchmarkSnapshot reads a company from slapd into the state file, and has
// ldapsearch print the same attributes beside it. It reports the ratio of the
// two times. BenchmarkSnapshotProcess of cmd/ldap2scim measures the memory.
func BenchmarkSnapshot(b *testing.B) {
	n := people(b)
	pr, pw := io.Pipe()
	go func() {
		_, err := company.Company{People: n, Groups: n / 50, Seed: 1}.WriteLDIF(pw)
		pw.CloseWithError(err)
	}()
	d := testservers.Slapd(b, pr, testservers.SlapdOptions{})
	search := func(filter, members string, attributes []string) ldapsrc.Search {
		return ldapsrc.Search{Base: d.Suffix, Filter: filter, ID: "entryUUID", Members: members, Attributes: attributes}
	}
	c := ldapsrc.Config{
		URL: d.URL, BindDN: d.ReaderDN, Password: func() (string, error) { return d.ReaderPassword, nil },
		Users:  search("(objectClass=inetOrgPerson)", "", rules().Attributes(plan.Person)),
		Groups: search("(objectClass=groupOfNames)", "member", rules().Attributes(plan.Group)),
	}
	var ours, theirs time.Duration
	for b.Loop() {
		start := time.Now()
		for _, s := range []ldapsrc.Search{c.Users, c.Groups} {
			printed := exec.CommandContext(b.Context(), "ldapsearch", append([]string{
				"-LLL", "-x", "-H", d.URL, "-D", d.ReaderDN, "-w", d.ReaderPassword, "-b", s.Base, "-E", "pr=1000/noprompt", s.Filter, s.ID, s.Members,
			}, s.Attributes...)...)
			if err := printed.Run(); err != nil {
				b.Fatal(err)
			}
		}
		theirs += time.Since(start)
		start = time.Now()
		snapshotOnce(b, c, n)
		ours += time.Since(start)
	}
	b.ReportMetric(ours.Seconds()/theirs.Seconds(), "ldapsearches")
	b.ReportMetric(float64(n)*float64(b.N)/ours.Seconds(), "people/s")
}

func snapshotOnce(b *testing.B, c ldapsrc.Config, n int) {
	b.Helper()
	f, err := checkpoints.Open(b.Context(), filepath.Join(b.TempDir(), "state.db"))
	if err != nil {
		b.Fatal(err)
	}
	src, err := ldapsrc.Open(b.Context(), c)
	if err != nil {
		b.Fatal(err)
	}
	s, err := migrate.Snapshot(b.Context(), f, src, migrate.SnapshotOptions{Source: "slapd"}, silent)
	if err != nil || s.Entries[plan.Person] != n || !s.Proof.Complete {
		b.Fatalf("%+v, %v", s.Entries, err)
	}
	if err := src.Close(); err != nil {
		b.Fatal(err)
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
}
