package plan

import "errors"

// errConsumer ends a producer whose consumer has failed.
var errConsumer = errors.New("the consumer has failed")

// Pipe runs consume on what produce puts, in the same order but beside it, so
// that reading, from a network or a file, and working on what was read do not
// wait for each other. At most some two thousand values are under way. It returns the first
// error of either, when both have ended.
func Pipe[T any](produce func(put func(T) error) error, consume func(T) error) error {
	return pipe(64, 32, produce, consume)
}

// PipeLarge is Pipe for values that take much memory: at most four are under
// way.
func PipeLarge[T any](produce func(put func(T) error) error, consume func(T) error) error {
	return pipe(1, 2, produce, consume)
}

// pipe hands values on in batches of a size, of which some wait.
func pipe[T any](size, waiting int, produce func(put func(T) error) error, consume func(T) error) error {
	batches := make(chan []T, waiting)
	failed, done := make(chan struct{}), make(chan error, 1)
	go func() {
		var err error
		for batch := range batches {
			for _, v := range batch {
				if err == nil {
					if err = consume(v); err != nil {
						close(failed)
					}
				}
			}
		}
		done <- err
	}()
	batch := make([]T, 0, size)
	flush := func() error {
		select {
		case batches <- batch:
			batch = make([]T, 0, size)
			return nil
		case <-failed:
			return errConsumer
		}
	}
	err := produce(func(v T) error {
		if batch = append(batch, v); len(batch) < size {
			return nil
		}
		return flush()
	})
	if err == nil && len(batch) > 0 {
		err = flush()
	}
	close(batches)
	if consumed := <-done; consumed != nil {
		return consumed
	}
	return err
}
