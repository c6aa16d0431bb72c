package migrate

import (
	"iter"

	"ldap2scim/plan"
)

// ahead yields a sequence that is read beside the work on it: another goroutine
// reads on while a value is worked on, by some hundred values at the most. It
// has ended when the loop over the sequence has.
func ahead[T any](all iter.Seq2[T, error]) iter.Seq2[T, error] {
	type item struct {
		v   T
		err error
	}
	const size, waiting = 64, 4
	return func(yield func(T, error) bool) {
		batches := make(chan []item, waiting)
		stop := make(chan struct{})
		go func() {
			defer close(batches)
			batch := make([]item, 0, size)
			flush := func() bool {
				select {
				case batches <- batch:
					batch = make([]item, 0, size)
					return true
				case <-stop:
					return false
				}
			}
			for v, err := range all {
				if batch = append(batch, item{v, err}); len(batch) == size && !flush() {
					return
				}
			}
			flush()
		}()
		defer func() {
			close(stop)
			for range batches { // until the reading has ended
			}
		}()
		for batch := range batches {
			for _, i := range batch {
				if !yield(i.v, i.err) {
					return
				}
			}
		}
	}
}

// aheadOf is the same for a sequence of each kind.
func aheadOf[T any](all func(plan.Kind) iter.Seq2[T, error]) func(plan.Kind) iter.Seq2[T, error] {
	return func(k plan.Kind) iter.Seq2[T, error] { return ahead(all(k)) }
}
