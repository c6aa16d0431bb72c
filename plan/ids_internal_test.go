package plan

import (
	"fmt"
	"testing"
)

// TestIDs: whatever form they have, each is found by its number and has it.
func TestIDs(t *testing.T) {
	t.Parallel()
	guid := func(i int) ExternalID {
		return ExternalID(fmt.Sprintf("%08x-0000-4000-8000-%012x", i*4099, i*2654435761))
	}
	for name, idOf := range map[string]func(i int) ExternalID{
		"GUIDs":                   guid,
		"an odd number of digits": func(i int) ExternalID { return ExternalID(fmt.Sprintf("%09x", i*7)) },
		"one digit":               func(i int) ExternalID { return ExternalID(fmt.Sprintf("u%09d-x", i*3)) },
		"no digits":               func(i int) ExternalID { return ExternalID(fmt.Sprintf("zz-%c-%c", 'g'+i/100, 'A'+i%100)) },
		"one of another form": func(i int) ExternalID {
			if i == 5000 {
				return "00ffffff-FFFF-4000-8000-000000000000"
			}
			return guid(i)
		},
		"the first of another form": func(i int) ExternalID {
			if i == 0 {
				return ""
			}
			return guid(i)
		},
		"each longer": func(i int) ExternalID { return ExternalID(fmt.Sprintf("a%0*d", i+1, 1)) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := 3*idsInPiece + 1
			if name == "no digits" || name == "each longer" {
				n = 900
			}
			var l ids
			want := make([]ExternalID, n)
			for i := range want {
				want[i] = idOf(i)
				l.add(want[i])
			}
			for i, id := range want {
				if got := l.at(uint32(i)); got != id {
					t.Fatalf("number %d is %q, want %q", i, got, id)
				}
			}
		})
	}
}

func TestIDsByName(t *testing.T) {
	t.Parallel()
	var l ids
	for i := range 1000 {
		l.add(ExternalID(fmt.Sprintf("%08x-0000", 2*i)))
	}
	for i := range 1000 {
		if n, found := l.number(ExternalID(fmt.Sprintf("%08x-0000", 2*i))); !found || n != uint32(i) {
			t.Errorf("the number of ID %d is %d, %v", i, n, found)
		}
		if n, found := l.number(ExternalID(fmt.Sprintf("%08x-0000", 2*i+1))); found {
			t.Errorf("an ID that there is not has the number %d", n)
		}
	}
}

// TestTable: it has the values of a map in which the last of one key counts, and
// tells of each that came again.
func TestTable(t *testing.T) {
	t.Parallel()
	by := newKeys()
	for _, n := range []int{0, 1, 2, inPiece, 3*inPiece + 5} {
		var all table[uint32]
		want := map[key]uint32{}
		for i := range n {
			k := by.keyOf(fmt.Sprint(i % (n/2 + 1)))
			all.add(k, uint32(i))
			want[k] = uint32(i)
		}
		again := 0
		if all.close(func(key) { again++ }); again != n-len(want) {
			t.Errorf("of %d: %d came again, want %d", n, again, n-len(want))
		}
		for k, number := range want {
			if got, found := all.of(k); !found || got != number {
				t.Errorf("of %d: got %d, %v, want %d", n, got, found, number)
			}
		}
		for i := range 100 {
			if got, found := all.of(by.keyOf(fmt.Sprint("not there ", i))); found {
				t.Errorf("of %d: a key that is not there has the number %d", n, got)
			}
		}
	}
}
