package checkpoints

import (
	"context"
	"fmt"
	"iter"
)

// inEachBlock yields the objects of the blocks that a query has, as next reads
// them. Its columns are body and members.
func inEachBlock[T any](ctx context.Context, f *File, next func(*blockReader) (T, error), query string, args ...any) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var zero T
		for b, err := range each(ctx, f, scanBlock, query, args...) {
			for err == nil && !b.ended {
				var v T
				if v, err = next(&b); err != nil {
					err = fmt.Errorf("read what is stored as a %T: %w", zero, err)
				} else if !yield(v, nil) {
					return
				}
			}
			if err != nil {
				yield(zero, err)
				return
			}
		}
	}
}

// blockReader reads a block object by object.
type blockReader struct {
	objects cursor
	members *cursor // nil where there are none
	ended   bool    // after the last object
}

func scanBlock(row scanner) (b blockReader, err error) {
	var members any
	if err := row.Scan(&b.objects.rest, &members); err != nil {
		return b, err
	}
	b.objects.must('[')
	if list := text(members); list != "" {
		b.members = &cursor{rest: list}
		b.members.must('[')
	}
	return b, b.objects.err
}

// endOfMembers takes what stands behind the members of an object: they end where
// the objects do.
func (b *blockReader) endOfMembers() error {
	if ended := b.members.endOfItem(); ended != b.ended {
		b.members.fail()
	}
	return b.members.err
}
