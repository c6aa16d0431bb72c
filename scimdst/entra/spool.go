package entra

import (
	"compress/flate"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
)

// spool keeps values in their order until all are there, in little memory: as
// JSON, compressed, which makes some fifty bytes of a person. The zero value is
// empty.
type spool[T any] struct {
	kept  blocks
	into  *flate.Writer
	codec *json.Encoder
}

// put adds a value.
func (s *spool[T]) put(v T) error {
	if s.into == nil {
		var err error
		if s.into, err = flate.NewWriter(&s.kept, flate.BestSpeed); err != nil {
			return err
		}
		s.codec = json.NewEncoder(s.into)
	}
	return s.codec.Encode(v)
}

// each takes all values out.
func (s *spool[T]) each(yield func(T) error) error {
	if s.into == nil {
		return nil
	}
	if err := s.into.Close(); err != nil {
		return err
	}
	from := json.NewDecoder(flate.NewReader(&s.kept))
	s.into, s.codec = nil, nil
	for {
		var v T
		if err := from.Decode(&v); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("take up what was kept: %w", err)
		}
		if err := yield(v); err != nil {
			return err
		}
	}
}

// blocks are bytes that are written and then read once. Unlike those of a
// bytes.Buffer they are not copied as they grow, and given back as they are
// read.
type blocks struct{ list [][]byte }

const blockSize = 64 << 10

func (b *blocks) Write(p []byte) (int, error) {
	for left := p; len(left) > 0; {
		if n := len(b.list); n == 0 || len(b.list[n-1]) == blockSize {
			b.list = append(b.list, make([]byte, 0, blockSize))
		}
		last := &b.list[len(b.list)-1]
		n := min(len(left), blockSize-len(*last))
		*last, left = append(*last, left[:n]...), left[n:]
	}
	return len(p), nil
}

func (b *blocks) Read(p []byte) (int, error) {
	if len(b.list) == 0 {
		return 0, io.EOF
	}
	n := copy(p, b.list[0])
	if b.list[0] = b.list[0][n:]; len(b.list[0]) == 0 {
		b.list = slices.Delete(b.list, 0, 1)
	}
	return n, nil
}
