package checkpoints

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"testing"

	"ldap2scim/plan"
)

// Records come in the order of their keys, those with one key in the order in
// which they were added, also where there are more than memory keeps, and where
// one is larger than what a run is read through.
func TestOrdered(t *testing.T) {
	t.Parallel()
	type pair struct{ key, value string }
	for name, tt := range map[string]struct{ records, size int }{"none": {0, 0}, "in memory": {1000, 10}, "in a file": {10_000, 2_000}, "large": {30, 2 * largestBuffer}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewPCG(1, 2))
			o := ordered{folder: t.TempDir()}
			filler := bytes.Repeat([]byte("x"), tt.size)
			var want []pair
			for i := range tt.records {
				// Some are the same, and some differ far behind only.
				p := pair{fmt.Sprintf("%0*d", 1+random.IntN(20), random.IntN(tt.records)), fmt.Sprint(i)}
				want = append(want, p)
				if err := o.add([]byte(p.key), append([]byte(p.value+" "), filler...)); err != nil {
					t.Fatal(err)
				}
			}
			slices.SortStableFunc(want, func(a, b pair) int { return bytes.Compare([]byte(a.key), []byte(b.key)) })
			var got []pair
			err := o.each(func(key, value []byte) error {
				number, rest, _ := bytes.Cut(value, []byte(" "))
				if !bytes.Equal(rest, filler) {
					return fmt.Errorf("the value of %s is another", key)
				}
				got = append(got, pair{string(key), string(number)})
				return nil
			})
			if err != nil || !slices.Equal(got, want) {
				t.Errorf("%d records, %v; want %d in order", len(got), err, len(want))
			}
			if err := o.close(); err != nil {
				t.Error(err)
			}
		})
	}
}

// A run that ends within a record is an error, not the end.
func TestRunIsCutOff(t *testing.T) {
	t.Parallel()
	o := ordered{folder: t.TempDir()}
	if err := o.add([]byte("key"), []byte("value")); err != nil {
		t.Fatal(err)
	}
	for n := range o.data {
		r := run{in: bytes.NewReader(o.data[:n]), size: smallestBuffer}
		if err := r.next(); n == 0 && (err != nil || !r.ended) || n > 0 && !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("after %d bytes: %v, ended %v", n, err, r.ended)
		}
	}
}

// Records are in the order of the objects, and the objects come back.
func FuzzObjectKey(f *testing.F) {
	f.Add("person", "a", "", "person", "b", "")
	f.Add("person", "a\x00", "", "person", "a", "\x00")
	f.Add("person", "a\x00\xff", "b", "person", "a\x00", "\xffb")
	f.Add("group", "a\x00\x00", "b", "group", "a", "\x00b")
	f.Fuzz(func(t *testing.T, aKind, aID, aRemote, bKind, bID, bRemote string) {
		a := objectKey{plan.Kind(aKind), plan.ExternalID(aID), plan.RemoteID(aRemote)}
		b := objectKey{plan.Kind(bKind), plan.ExternalID(bID), plan.RemoteID(bRemote)}
		if got, want := bytes.Compare(a.append(nil), b.append(nil)), a.compare(b); got != want {
			t.Errorf("%q and %q compare as %d, want %d", a, b, got, want)
		}
		if got, err := readObjectKey(a.append(nil)); err != nil || got != a {
			t.Errorf("got %q, want %q, %v", got, a, err)
		}
	})
}
