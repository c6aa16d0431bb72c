package migrate

import "iter"

// puller reads a sequence one value at a time. Its reading begins with the
// first value that is asked for.
type puller[T any] struct {
	pull func() (T, error, bool)
	stop func()
	head *T
	err  error
}

func pull[T any](seq iter.Seq2[T, error]) *puller[T] {
	next, stop := iter.Pull2(seq)
	return &puller[T]{pull: next, stop: stop}
}

// peek returns the next value without taking it.
func (p *puller[T]) peek() (T, bool, error) {
	var zero T
	if p.head == nil && p.err == nil {
		v, err, more := p.pull()
		if !more {
			return zero, false, nil
		}
		p.head, p.err = &v, err
	}
	if p.err != nil {
		return zero, false, p.err
	}
	return *p.head, true, nil
}

func (p *puller[T]) drop() { p.head = nil }

func (p *puller[T]) next() (T, bool, error) {
	v, more, err := p.peek()
	p.drop()
	return v, more, err
}

// take gives the values about one object to with. What comes before it is left
// out; both sides are in the order of the objects.
func take[T any, ID ~string](p *puller[T], object ID, idOf func(T) ID, with func(T)) error {
	for {
		v, more, err := p.peek()
		if err != nil || !more {
			return err
		}
		id := idOf(v)
		if id > object {
			return nil
		}
		p.drop()
		if id == object {
			with(v)
		}
	}
}
