package migrate

import (
	"errors"
	"iter"
	"slices"
	"testing"
	"testing/synctest"
)

// TestAhead: what is read ahead is all of it, in order, with its error; and
// nothing reads on when the loop has ended.
func TestAhead(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	numbers := func(n int, last error) iter.Seq2[int, error] {
		return func(yield func(int, error) bool) {
			for i := range n {
				if !yield(i, nil) {
					return
				}
			}
			if last != nil {
				yield(0, last)
			}
		}
	}
	for n, last := range map[int]error{0: nil, 1: broken, 64: nil, 65: broken, 1000: nil} {
		var got []int
		var err error
		for v, e := range ahead(numbers(n, last)) {
			if e != nil {
				err = e
				break
			}
			got = append(got, v)
		}
		if len(got) != n || !slices.IsSorted(got) || !errors.Is(err, last) {
			t.Errorf("%d of %d, %v", len(got), n, err)
		}
	}
	synctest.Test(t, func(*testing.T) { // fails when a goroutine is left
		for v, err := range ahead(numbers(1<<20, nil)) {
			if err != nil || v == 3 {
				break
			}
		}
	})
}
