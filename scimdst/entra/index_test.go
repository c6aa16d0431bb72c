package entra

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"ldap2scim/plan"
)

// TestIndex holds what is found against a reading of all people, where many
// have the same keys, also as keys of another kind.
func TestIndex(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same each time
	some := func() keys {
		var k keys
		for i := range k {
			if n := random.IntN(60); n > 0 {
				k[i] = fmt.Sprint(n)
			}
		}
		return k
	}
	var x index
	var all []keys
	for i := range 40 {
		all = append(all, some())
		if err := x.add(plan.ExternalID(fmt.Sprint(i)), all[i]); err != nil {
			t.Fatal(err)
		}
	}
	x.seal()
	slow := func(k keys) (int, int8) {
		for by, text := range k {
			found := []int{}
			for n, have := range all {
				if text != "" && have[by] == text {
					found = append(found, n)
				}
			}
			if len(found) == 1 {
				return found[0], int8(by)
			}
		}
		return -1, nobody
	}
	hits := map[int8]int{}
	for range 3000 {
		k := some()
		person, by := x.find(k)
		if n, want := slow(k); person != n || by != want {
			t.Fatalf("%q finds %d by %d, want %d by %d", k, person, by, n, want)
		}
		hits[by]++
	}
	if len(hits) != len(keys{})+1 {
		t.Errorf("found by %v", hits)
	}
}

// TestIdentities gives back each ID as it came.
func TestIdentities(t *testing.T) {
	t.Parallel()
	var s identities
	var all []plan.ExternalID
	for i := range 3*blockOfIDs + 1 {
		all = append(all, plan.ExternalID(fmt.Sprintf("00112233-4455-6677-8899-%012x", i)))
	}
	for i, odd := range []plan.ExternalID{"00112233-4455-6677-8899-AABBCCDDEEFF", "66446001-1dd211b2-66225011-2ee211db", "ada", "", "00112233445566778899aabbccddeeff", "0011223g-4455-6677-8899-aabbccddeeff"} {
		all[i*500] = odd
	}
	for _, id := range all {
		s.add(id)
	}
	for i, id := range all {
		if got := s.at(i); got != id {
			t.Errorf("%d is %q, want %q", i, got, id)
		}
	}
	if s.len() != len(all) || len(s.texts) != 6 {
		t.Errorf("%d IDs, %d of them as texts", s.len(), len(s.texts))
	}
}

// noise is a text that cannot be compressed to much less.
func noise(r *rand.Rand) string {
	b := make([]byte, 60)
	for i := range b {
		b[i] = byte(' ' + r.IntN(95))
	}
	return string(b)
}

// TestSpool gives back what was put, in its order and once, over many blocks.
func TestSpool(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(3, 4)) //nolint:gosec // the same each time
	var s spool[claim]
	none := func(c claim) error { return fmt.Errorf("there is %v", c) }
	if err := s.each(none); err != nil {
		t.Error(err)
	}
	const many = 2000
	for i := range many {
		if err := s.put(claim{plan.Resource{RemoteID: plan.RemoteID(strings.Repeat(fmt.Sprint(random.Uint64()), 2)), Version: noise(random), Fields: plan.Fields{"n": fmt.Sprint(i)}}, i, 3}); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(s.kept.list); n < 3 {
		t.Errorf("%d blocks", n)
	}
	n := 0
	if err := s.each(func(c claim) error {
		if c.Person != n || c.By != 3 || c.Resource.Fields["n"] != fmt.Sprint(n) {
			t.Fatalf("the %d. is %+v", n, c)
		}
		n++
		return nil
	}); err != nil || n != many {
		t.Errorf("%d came back, %v", n, err)
	}
	if err := s.each(none); err != nil || len(s.kept.list) != 0 {
		t.Errorf("%v, and %d blocks are left", err, len(s.kept.list))
	}
}
