package company_test

import (
	"bytes"
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ldap2scim/testservers/company"
)

func TestSameCompanySameBytes(t *testing.T) {
	t.Parallel()
	c := company.Company{People: 500, Groups: 120, Seed: 1, FlawEvery: 10}
	first, counts := write(t, c)
	again, countsAgain := write(t, c)
	if !bytes.Equal(first, again) {
		t.Error("two writings of a company differ")
	}
	if diff := cmp.Diff(counts, countsAgain); diff != "" {
		t.Errorf("counts of two writings differ (-first +again):\n%s", diff)
	}
	c.Seed = 2
	if other, _ := write(t, c); bytes.Equal(first, other) {
		t.Error("another seed gives the same company")
	}
}

func TestMorePeopleLeaveTheOthersAsTheyAre(t *testing.T) {
	t.Parallel()
	small := company.Company{People: 10, Seed: 3}
	large := company.Company{People: 1000, Groups: 50, Seed: 3}
	for number := range small.People {
		if diff := cmp.Diff(small.Person(number), large.Person(number)); diff != "" {
			t.Errorf("person %d (-small +large):\n%s", number, diff)
		}
	}
}

func TestCounts(t *testing.T) {
	t.Parallel()
	for _, c := range []company.Company{
		{People: 1},
		{People: 10, Groups: 1},
		{People: 3, Groups: 200, Seed: 9},
		{People: 1000, Groups: 111, Seed: 4, FlawEvery: 7},
	} {
		text, counts := write(t, c)
		count := func(pattern string) int { return len(regexp.MustCompile("(?m)"+pattern).FindAll(text, -1)) }
		got := company.Counts{
			People:         count(`^objectClass: inetOrgPerson$`),
			Inactive:       count(`^corpActive: FALSE$`),
			NoMail:         count(`^objectClass: inetOrgPerson$`) - count(`^mail: `),
			SharedMail:     count(`^mail: shared\.mailbox@`),
			Units:          count(`^objectClass: organizationalUnit$`),
			Groups:         count(`^objectClass: groupOfNames$`),
			NoGroup:        counts.NoGroup,
			GroupsOfGroups: counts.GroupsOfGroups,
			GroupPeople:    count(`^member::? `) - counts.GroupGroups,
			GroupGroups:    counts.GroupGroups,
		}
		if diff := cmp.Diff(got, counts); diff != "" {
			t.Errorf("%+v: (-in the text +told):\n%s", c, diff)
		}
		if counts.People != c.People || counts.Groups != c.Groups {
			t.Errorf("asked for %d people in %d groups, got %d in %d", c.People, c.Groups, counts.People, counts.Groups)
		}
		if member, memberOf := count(`^member::? `), count(`^memberOf::? `); member != memberOf {
			t.Errorf("%+v: %d member values and %d memberOf values", c, member, memberOf)
		}
	}
}

func TestGroupsNest(t *testing.T) {
	t.Parallel()
	text, counts := write(t, company.Company{People: 100, Groups: 111, Seed: 5})
	if counts.GroupsOfGroups != 11 || counts.GroupGroups != 110 {
		t.Errorf("got %d groups of groups with %d groups, want 11 with 110", counts.GroupsOfGroups, counts.GroupGroups)
	}
	last := text[bytes.Index(text, []byte("dn: cn=team-000110,")):]
	if !strings.Contains(string(last), "\nmember: cn=team-000109,ou=groups,") {
		t.Errorf("the last group does not hold a group of groups:\n%s", last)
	}
}

func write(t *testing.T, c company.Company) ([]byte, company.Counts) {
	t.Helper()
	var b bytes.Buffer
	counts, err := c.WriteLDIF(&b)
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), counts
}

func BenchmarkWriteLDIF(b *testing.B) {
	c := company.Company{People: 100_000, Groups: 5_000, Seed: 1, FlawEvery: 500}
	for b.Loop() {
		if _, err := c.WriteLDIF(io.Discard); err != nil {
			b.Fatal(err)
		}
	}
}
