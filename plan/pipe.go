package plan

import "errors"

// errConsumer ends a producer whose consumer has failed.
var errConsumer = errors.New("the consumer has failed")

// Values are handed on in batches of some, and some of these are under way.
const (
	pipeBatch = 64
	pipeAhead = 32
)

// PipeRoom is how many values may be under way in a pipe.
const PipeRoom = pipeBatch * pipeAhead

// textRoom is how many bytes of text may be under way in a pipe.
const textRoom = 1 << 20

// TextWeight is for [PipeWeighed], and values whose memory is mostly text of so
// many bytes: a mebibyte of it may be under way.
func TextWeight(bytes int) int { return bytes * PipeRoom / textRoom }

// Pipe runs consume on what produce puts, in the same order but beside it, so
// that reading, from a network or a file, and working on what was read do not
// wait for each other. At most [PipeRoom] values are under way. What was put
// before an error of produce is consumed. It returns the first error of either,
// when both have ended.
func Pipe[T any](produce func(put func(T) error) error, consume func(T) error) error {
	return PipeWeighed(func(T) int { return 1 }, produce, consume)
}

// PipeLarge is Pipe for values all of which take much memory: at most four are
// under way.
func PipeLarge[T any](produce func(put func(T) error) error, consume func(T) error) error {
	return PipeWeighed(func(T) int { return PipeRoom / 4 }, produce, consume)
}

// PipeWeighed is Pipe for values some of which take much memory: one counts as
// so many of those that may be under way as weigh says, but one alone always
// may.
func PipeWeighed[T any](weigh func(T) int, produce func(put func(T) error) error, consume func(T) error) error {
	// No more batches than these hold are under way, so that none of the two
	// waits to send.
	ready, used := make(chan batch[T], pipeAhead), make(chan batch[T], pipeAhead)
	failed, done := make(chan struct{}), make(chan error, 1)
	go func() {
		var err error
		for b := range ready {
			for _, v := range b.values {
				if err == nil {
					if err = consume(v); err != nil {
						close(failed)
					}
				}
			}
			used <- b
		}
		done <- err
	}()
	p := producer[T]{weigh: weigh, ready: ready, used: used, failed: failed}
	err := produce(p.put)
	if sent := p.send(); err == nil {
		err = sent
	}
	close(ready)
	if consumed := <-done; consumed != nil {
		return consumed
	}
	return err
}

// batch is what is handed on at once.
type batch[T any] struct {
	values []T
	weight int
}

// producer collects batches and sends them.
type producer[T any] struct {
	weigh       func(T) int
	ready, used chan batch[T]
	failed      chan struct{}
	next        batch[T]
	// away are the batches that were sent and have not come back, and weight
	// what they weigh.
	away, weight int
}

func (p *producer[T]) put(v T) error {
	p.next.values = append(p.next.values, v)
	if p.next.weight += p.weigh(v); p.next.weight < pipeBatch {
		return nil
	}
	return p.send()
}

// send sends the next batch as soon as there is room for it.
func (p *producer[T]) send() error {
	if len(p.next.values) == 0 {
		return nil
	}
	var empty []T
	for p.away > 0 && (p.away == pipeAhead || p.weight+p.next.weight > PipeRoom) {
		b := <-p.used
		p.away--
		p.weight -= b.weight
		clear(b.values)
		empty = b.values[:0]
	}
	select {
	case <-p.failed:
		return errConsumer
	default:
	}
	p.ready <- p.next
	p.away++
	p.weight += p.next.weight
	p.next = batch[T]{values: empty}
	return nil
}
