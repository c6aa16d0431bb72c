package checkpoints

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// each calls do on all records in order. What do is given holds until it
// returns.
func (o *ordered) each(do func(key, value []byte) error) error {
	runs := o.runs()
	for _, r := range runs {
		if err := r.next(); err != nil {
			return fmt.Errorf("put in order: %w", err)
		}
	}
	for i := len(runs)/2 - 1; i >= 0; i-- {
		runs.down(i)
	}
	for ; !runs[0].ended; runs.down(0) {
		if err := do(runs[0].key, runs[0].value); err != nil {
			return err
		}
		if err := runs[0].next(); err != nil {
			return fmt.Errorf("put in order: %w", err)
		}
	}
	return nil
}

// All runs together are read through so much memory, but each through enough to
// be read in few pieces, and not more than is of use.
const (
	readBuffers    = 4 << 20
	smallestBuffer = 8 << 10
	largestBuffer  = 256 << 10
)

// runs are those of the file and, as the last, what is still kept.
func (o *ordered) runs() runs {
	o.sort()
	size := min(max(readBuffers/(len(o.ends)+1), smallestBuffer), largestBuffer)
	var all runs
	begin := int64(0)
	for i, end := range o.ends {
		all = append(all, &run{number: i, in: io.NewSectionReader(o.file, begin, end-begin), size: size})
		begin = end
	}
	return append(all, &run{number: len(o.ends), data: o.data, marks: o.marks})
}

// run is a sorted run while it is read, and its present record.
type run struct {
	number     int // in the order of adding
	begin      [2]uint64
	key, value []byte
	ended      bool

	// in is read through a buffer of this size; have is what was read and not
	// used yet.
	in        io.Reader
	size      int
	buf, have []byte
	// data and marks are the run that is not in the file, where in is nil.
	data  []byte
	marks []mark
}

func (r *run) next() error {
	if r.in == nil {
		if r.ended = len(r.marks) == 0; !r.ended {
			r.begin = r.marks[0].begin
			r.key, r.value = record(r.data[r.marks[0].at:])
			r.marks = r.marks[1:]
		}
		return nil
	}
	if err := r.need(recordHeader); err != nil {
		if r.ended = errors.Is(err, io.EOF); r.ended {
			return nil
		}
		return err
	}
	size := recordSize(r.have)
	if err := r.need(size); err != nil {
		return err
	}
	r.key, r.value = record(r.have)
	r.begin = beginOf(r.key)
	r.have = r.have[size:]
	return nil
}

// need reads on until n bytes are there. It returns io.EOF only where the run
// ends and nothing is left of it.
func (r *run) need(n int) error {
	if len(r.have) >= n {
		return nil
	}
	to := r.buf
	if size := max(n, r.size); cap(to) < n || cap(to) > size {
		to = make([]byte, size) // also after one large record
	}
	to = to[:cap(to)]
	kept := copy(to, r.have)
	read, err := io.ReadAtLeast(r.in, to[kept:], n-kept)
	if r.buf, r.have = to, to[:kept+read]; kept > 0 && errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// runs is a heap: the one with the first record is on top.
type runs []*run

func (h runs) before(a, b *run) bool {
	switch {
	case a.ended || b.ended:
		return !a.ended
	case a.begin[0] != b.begin[0]:
		return a.begin[0] < b.begin[0]
	case a.begin[1] != b.begin[1]:
		return a.begin[1] < b.begin[1]
	}
	c := bytes.Compare(a.key, b.key)
	return c < 0 || c == 0 && a.number < b.number
}

// down moves a run down to its place.
func (h runs) down(i int) {
	for {
		first := i
		for child := 2*i + 1; child <= 2*i+2 && child < len(h); child++ {
			if h.before(h[child], h[first]) {
				first = child
			}
		}
		if first == i {
			return
		}
		h[i], h[first] = h[first], h[i]
		i = first
	}
}
