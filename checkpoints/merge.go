package checkpoints

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"ldap2scim/plan"
)

// each calls do on all objects in order.
func (o *ordered) each(do func(stored) error) error {
	runs := o.runs()
	for _, r := range runs {
		if err := r.next(); err != nil {
			return fmt.Errorf("put IDs in order: %w", err)
		}
	}
	for i := len(runs)/2 - 1; i >= 0; i-- {
		runs.down(i)
	}
	for ; !runs[0].ended; runs.down(0) {
		if err := do(runs[0].stored); err != nil {
			return err
		}
		if err := runs[0].next(); err != nil {
			return fmt.Errorf("put IDs in order: %w", err)
		}
	}
	return nil
}

// readerSize is the buffer for one run; there may be a thousand.
const readerSize = 4 << 10

func (o *ordered) runs() runs {
	all := runs{&run{rest: o.last}}
	begin := int64(0)
	for _, end := range o.ends {
		all = append(all, &run{in: bufio.NewReaderSize(io.NewSectionReader(o.file, begin, end-begin), readerSize)})
		begin = end
	}
	return all
}

// run is a sorted run while it is read, and its present object.
type run struct {
	stored
	in    *bufio.Reader
	rest  []stored // where in is nil
	ended bool
}

func (r *run) next() (err error) {
	switch {
	case r.in != nil:
		if r.stored, err = readStored(r.in); errors.Is(err, io.EOF) {
			r.ended, err = true, nil
		}
	case len(r.rest) > 0:
		r.stored, r.rest = r.rest[0], r.rest[1:]
	default:
		r.ended = true
	}
	return err
}

// runs is a heap: the one with the first object is on top.
type runs []*run

func (h runs) before(i, j int) bool {
	if h[i].ended || h[j].ended {
		return !h[i].ended
	}
	return h[i].compare(h[j].stored) < 0
}

// down moves a run down to its place.
func (h runs) down(i int) {
	for {
		first := i
		for child := 2*i + 1; child <= 2*i+2 && child < len(h); child++ {
			if h.before(child, first) {
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

// append appends the form of the file: each text after its length, the place,
// the digest.
func (s stored) append(b []byte) []byte {
	for _, text := range []string{string(s.kind), string(s.id), string(s.remote)} {
		b = binary.AppendUvarint(b, uint64(len(text)))
		b = append(b, text...)
	}
	b = binary.AppendUvarint(b, uint64(s.place))
	return append(b, s.sum[:]...)
}

// readStored reads that form. It returns io.EOF where there is no more.
func readStored(r *bufio.Reader) (s stored, err error) {
	if _, err := r.Peek(1); err != nil {
		return s, err
	}
	var text [3]string
	for i := range text {
		if text[i], err = readText(r); err != nil {
			return s, err
		}
	}
	place, err := binary.ReadUvarint(r)
	if err != nil {
		return s, noEnd(err)
	}
	s.objectKey = objectKey{plan.Kind(text[0]), plan.ExternalID(text[1]), plan.RemoteID(text[2])}
	s.place = int64(place)
	_, err = io.ReadFull(r, s.sum[:])
	return s, noEnd(err)
}

func readText(r *bufio.Reader) (string, error) {
	n, err := binary.ReadUvarint(r)
	if err != nil {
		return "", noEnd(err)
	}
	b := make([]byte, n)
	_, err = io.ReadFull(r, b)
	return string(b), noEnd(err)
}

// noEnd makes of the end of the file, where it may not be, an error that is not
// taken for the end of the run.
func noEnd(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
